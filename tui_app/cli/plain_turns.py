"""One turn of a plain chat: changed, asked again, flipped, forked, inspected, taken out."""

from __future__ import annotations

from tui_app.cli.plain_copies import PlainCopies, edited_text, kept
from tui_app.cli.plain_inspection import all_lines, short_lines
from tui_app.cli.plain_ways import Way
from tui_app.cli.plain_words import answer_lines, short_turn
from tui_app.core.conversation import Turn
from tui_app.core.errors import InvalidRequest
from tui_app.core.records import Record, curl
from tui_app.core.user_messages import UserMessage


class PlainTurns(PlainCopies):
    """The actions on turns, which count from 1; without a number the last one is meant."""

    async def do_turns(self, rest: str) -> None:
        """Say all turns, a line each."""
        turns = self.chat.conversation.turns
        lines = (f"{number}. {short_turn(turn)}" for number, turn in enumerate(turns, 1))
        self.voice.say(*lines if turns else ("Nothing was said yet.",))

    async def do_again(self, rest: str) -> None:
        """Ask a prompt again."""
        if rest:
            await self.chat.again(self._turn(rest)[0].id)
        elif self.chat.conversation.turns:
            await self.chat.retry()
        else:
            raise _nothing()

    async def do_change(self, rest: str) -> None:
        """Ask something else in place of a prompt, which an editor changes if it does not follow."""
        turn, text = self._turn(rest)
        if not text:
            text = await edited_text(self.reader, turn.prompt)
            if not text.strip() or text.strip() == turn.prompt.strip():
                self.voice.say("Nothing was changed, and nothing is sent.")
                return
        await self.chat.edit(turn.id, UserMessage(text, (), turn.attachments))

    async def do_flip(self, rest: str) -> None:
        """Go over to the next version of a turn."""
        turns = self.chat.conversation.turns
        turn, _ = self._turn(rest)
        if not turn.versions:
            raise InvalidRequest("this turn has no other version", "/again and /change make one.")
        place = turns.index(turn)
        await self.chat.flip(turn.id, 1)
        turns = self.chat.conversation.turns
        now, after = turns[place], len(turns) - place - 1
        self.voice.say(f"version {now.versions.index(now.id) + 1} of {len(now.versions)}: {now.prompt}")
        self.voice.say(*answer_lines(now))
        if after:
            self.voice.say("1 more turn follows it." if after == 1 else f"{after} more turns follow it.")

    async def do_fork(self, rest: str) -> None:
        """Begin a new conversation with all that was said up to a turn."""
        turn, _ = self._turn(rest)
        self.show(await self.inference.chats.fork(self.chat.conversation, turn.id))
        await self.introduce()

    async def do_remove(self, rest: str) -> None:
        """Ask, then take a turn out."""
        turn, _ = self._turn(rest)

        async def remove() -> None:
            await self.chat.delete_turn(turn.id)
            self.voice.say("Taken out. What followed it stays.")

        self.offer(
            (Way("take it out", remove), Way("keep it", self.leave_it)), f"{short_turn(turn)}: take it out"
        )

    async def do_inspect(self, rest: str) -> None:
        """Say how an exchange went, or write all of it to a file."""
        turn, file = self._turn(rest)
        record = await self._record(turn)
        if file:
            self.voice.say(await kept(file, "\n".join(all_lines(record)) + "\n"))
        else:
            self.voice.say(*short_lines(record), "/inspect N FILE writes all of it, with every event.")

    async def do_curl(self, rest: str) -> None:
        """Copy a request as a curl command, or write it to a file."""
        turn, file = self._turn(rest)
        text = curl(await self._record(turn))
        if file:
            self.voice.say(await kept(file, text))
        else:
            await self.copier(text, f"/curl {rest or 'N'} FILE")()

    async def _record(self, turn: Turn) -> Record:
        record = await self.inference.chats.record(turn.id)
        if record is None:
            raise InvalidRequest("nothing is kept of this exchange", "Those of the latest 500 answers are.")
        return record

    def _turn(self, rest: str) -> tuple[Turn, str]:
        """The turn that a number names, the last one without a number, and what follows the number."""
        turns = self.chat.conversation.turns
        if not turns:
            raise _nothing()
        first, _, more = rest.partition(" ")
        if not first.isdecimal():
            return turns[-1], rest
        if not 1 <= int(first) <= len(turns):
            raise InvalidRequest(f"there is no turn {first}", f"There are 1 to {len(turns)}: /turns.")
        return turns[int(first) - 1], more.strip()


def _nothing() -> InvalidRequest:
    return InvalidRequest("nothing was asked yet", "Type a prompt.")
