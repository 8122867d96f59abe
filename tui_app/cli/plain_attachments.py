"""Files attached to the next prompt of a plain chat; they are kept with its draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_app.cli.plain_session import PlainSession
from tui_app.core.attachments import Attachment, facts
from tui_app.core.errors import InvalidRequest
from tui_app.core.file_paths import dropped
from tui_app.core.user_messages import UserMessage
from tui_app.core.vision import check_images


class PlainAttachments(PlainSession):
    """Attaching and taking away."""

    def with_attached(self, text: str) -> UserMessage:
        """A text to send, with what is attached."""
        return UserMessage(text, (), self.chat.conversation.draft_attachments)

    async def do_attach(self, rest: str) -> None:
        """Attach a file, or say what is attached."""
        attached = self.chat.conversation.draft_attachments
        if not rest:
            self.voice.say(*(attached_lines(attached) or ("Nothing is attached.",)))
            return
        paths = [each.path for each in dropped(rest)] or [rest]
        found = [await self.bench.attached.read(path) for path in paths]
        if any(each.is_image for each in found):
            sight = await self.bench.inference.vision.of(self.endpoint)
            check_images((each for each in found if each.is_image), sight)
            if sight.why:
                self.voice.say(f"note: {sight.why}.")
        await self._keep(tuple(dict.fromkeys((*attached, *found))))
        self.voice.say(*attached_lines(self.chat.conversation.draft_attachments))

    async def do_detach(self, rest: str) -> None:
        """Take one away, or all."""
        attached = self.chat.conversation.draft_attachments
        if not attached:
            raise InvalidRequest("nothing is attached", "/attach PATH attaches a file.")
        if rest and not (rest.isdecimal() and 1 <= int(rest) <= len(attached)):
            raise InvalidRequest(f"there is no attachment {rest}", f"There are 1 to {len(attached)}.")
        gone = {int(rest) - 1} if rest else set(range(len(attached)))
        await self._keep(tuple(each for at, each in enumerate(attached) if at not in gone))
        self.voice.say(*(f"{attached[at].name} is taken away." for at in sorted(gone)))

    async def do_look(self, rest: str) -> None:
        """Say what is in one of them."""
        talk = self.chat.conversation
        found = talk.draft_attachments or (talk.turns[-1].attachments if talk.turns else ())
        if not found:
            raise InvalidRequest("nothing is attached", "/attach PATH attaches a file.")
        if not rest and len(found) > 1:
            self.voice.say(*attached_lines(found), "/look N says one of them.")
            return
        number = int(rest) if rest.isdecimal() else 1 if not rest else 0
        if not 1 <= number <= len(found):
            raise InvalidRequest(f"there is no attachment {rest}", f"There are 1 to {len(found)}.")
        chosen = found[number - 1]
        self.voice.say(f"{chosen.name}, {facts(chosen)}", *chosen.text.splitlines())

    async def _keep(self, attached: tuple[Attachment, ...]) -> None:
        unsent = self.chat.conversation.unsent
        await self.chat.keep_draft(UserMessage(unsent.text, unsent.folds, attached))


def attached_lines(found: Sequence[Attachment]) -> tuple[str, ...]:
    """Attachments by their numbers, a line each."""
    return tuple(_lines(found))


def _lines(found: Sequence[Attachment]) -> Iterator[str]:
    for number, each in enumerate(found, 1):
        yield f"attached {number}: {each.name}, {facts(each)}"
