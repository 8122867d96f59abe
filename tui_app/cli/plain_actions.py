"""What can be done in a plain chat, each through the Chat, each said."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from tui_app.cli.plain_attachments import PlainAttachments, attached_lines
from tui_app.cli.plain_columns import PlainColumns
from tui_app.cli.plain_commands import help_lines
from tui_app.cli.plain_keeping import PlainKeeping
from tui_app.cli.plain_prompts import PlainPrompts
from tui_app.cli.plain_settings import changed_setting, setting_lines
from tui_app.cli.plain_totals import PlainTotals
from tui_app.cli.plain_ways import Way
from tui_app.cli.plain_words import entry_words, hit_words, kept_words, turn_lines
from tui_app.cli.vault import open_vault_for
from tui_app.core.conversation import Answer
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, InvalidRequest, LedgerFailed
from tui_app.core.findings import folded, matches
from tui_app.core.models import known
from tui_app.core.quota_words import closure_words, headline, outlook, queue_words, trouble_words
from tui_app.core.remedies import Remedy, blamed, remedies

if TYPE_CHECKING:
    from tui_app.cli.plain_voice import Voice
    from tui_app.wiring import Workbench

_SHOWN: Final = 20


class PlainActions(PlainKeeping, PlainTotals, PlainAttachments, PlainPrompts, PlainColumns):
    """The actions; each raises InfertermError where it is not possible."""

    def __init__(self, bench: Workbench, voice: Voice) -> None:
        self.bench, self.voice = bench, voice
        self.inference = bench.inference
        self.ways: tuple[Way, ...] = ()
        self._actions: dict[str, Callable[[str], Awaitable[None]]] = {
            name.removeprefix("do_").replace("_", "-"): getattr(self, name)
            for name in dir(self)
            if name.startswith("do_")
        }

    @property
    def free(self) -> bool:
        """Whether nothing is paid for answers."""
        return self.endpoint.local.sandbox

    async def begin(self, inference_id: str, *, fresh: bool) -> None:
        """Open the conversation that the endpoint had last, or a new one. Raises as `Endpoints.get`."""
        self.endpoint = await self.inference.endpoints.get(inference_id)
        await open_vault_for(self.bench, self.endpoint)
        chats = self.inference.chats
        self.show(chats.new(inference_id) if fresh else await chats.latest(inference_id))
        await self.introduce()

    async def introduce(self) -> None:
        """Say who answers, in which conversation, and what is left."""
        self.endpoint = await self.inference.endpoints.get(self.chat.conversation.endpoint)
        conversation = self.chat.conversation
        turns = len(conversation.turns)
        what = kept_words(conversation.title, turns) if turns else "A new conversation"
        self.voice.say(f"{what} with {self.endpoint.inference_id}, model {self.endpoint.model}.")
        if conversation.draft.strip():
            self.voice.say("A prompt that was not sent waits: /send sends it, /edit changes it.")
        self.voice.say(*attached_lines(conversation.draft_attachments))
        await self.say_left()

    async def run_command(self, name: str, rest: str) -> None:
        """Run a command by its name."""
        await self._actions[name](rest)

    async def choose(self, text: str) -> None:
        """Take the choice with this number."""
        number = int(text)
        if not 1 <= number <= len(self.ways):
            raise InvalidRequest(f"there is no {number} to choose", f"There are 1 to {len(self.ways)}.")
        way, self.ways = self.ways[number - 1], ()
        await way.run()

    async def send(self, text: str) -> None:
        """Ask it, with what is attached."""
        await self.chat.send(self.with_attached(text))

    def ways_on(self, answer: Answer) -> tuple[Way, ...]:
        """What can be done about an answer that ended otherwise than hoped."""

        def way(remedy: Remedy) -> Way:
            match remedy:
                case Remedy.RETRY:
                    return Way("ask again", lambda: self.do_again(""))
                case Remedy.WITHOUT:
                    names = " and ".join(blamed(answer))
                    return Way(f"ask again without {names}", lambda: self.do_without(""))
                case Remedy.PROCEED:
                    return Way("continue", lambda: self.do_go_on(""))
                case Remedy.RAISE:
                    return Way(
                        f"allow {self._more_tokens():,} tokens an answer, and continue", self._raise_and_go
                    )

        return tuple(map(way, remedies(answer)))

    def _more_tokens(self) -> int:
        own = self.chat.settings.max_tokens or self.endpoint.task_settings.max_tokens or 1024
        model = known(self.endpoint.model)
        return min(own * 2, model.max_output) if model else own * 2

    async def _raise_and_go(self) -> None:
        await self.do_raise("")
        await self.chat.proceed()

    async def say_left(self) -> None:
        """Say what is left of the quota, if that can be told."""
        self.voice.say(await self._quota_words(brief=True))

    async def _quota_words(self, *, brief: bool) -> str:
        try:
            entry = await self.inference.endpoints.entry(self.chat.conversation.endpoint)
            queue = self.inference.queue
            quota, now = queue.quota(entry.group, entry.endpoint.limit), queue.clock.now()
        except LedgerFailed as failure:
            return trouble_words(str(failure))
        except InfertermError as error:
            return str(error)
        if brief:
            return headline(quota, now)
        closed = closure_words(quota, now, time.time())
        said = (headline(quota, now), *outlook(quota, now), queue_words(quota, now), closed)
        return "; ".join(filter(None, said))

    async def do_help(self, rest: str) -> None:
        """List the commands."""
        self.voice.say(*help_lines())

    async def do_open(self, rest: str) -> None:
        """List conversations, to choose from."""
        chats, words = self.inference.chats, rest.casefold().split()
        hits = await chats.search(rest) if rest else ()
        found = {hit.conversation_id for hit in hits}
        ways = [Way(hit_words(hit), self._opener(hit.conversation_id, hit.turn_id)) for hit in hits]
        ways += [
            Way(entry_words(each), self._opener(each.id))
            for each in await chats.entries()
            if each.id not in found and matches(words, folded(each))
        ]
        if not ways:
            self.voice.say("There are none with these words." if rest else "No conversation is kept yet.")
        self.offer(ways[:_SHOWN], "Conversations")

    def _opener(self, conversation_id: int, turn_id: int | None = None) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            chat = await self.inference.chats.open(conversation_id, turn_id)
            if chat is None:
                raise InvalidRequest("this conversation is gone", "/open lists those that are there.")
            self.show(chat)
            await self.introduce()
            turns = chat.conversation.turns
            self.voice.say(*turn_lines([each for each in turns if each.id == turn_id] or turns[-1:]))

        return run

    async def do_model(self, rest: str) -> None:
        """Say who answers, and offer the other endpoints."""
        self.voice.say(f"{self.endpoint.inference_id}, model {self.endpoint.model}, answers.")
        stored = [each for each in await self.inference.endpoints.stored() if isinstance(each, Endpoint)]
        others = [each for each in stored if each.inference_id != self.endpoint.inference_id]
        ways = [Way(f"{each.inference_id}, model {each.model}", self._mover(each)) for each in others]
        self.offer(ways, "Others to go on with")
        if rest.isdecimal():
            await self.choose(rest)

    def _mover(self, endpoint: Endpoint) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await open_vault_for(self.bench, endpoint)
            await self.chat.move(endpoint.inference_id)
            await self.introduce()

        return run

    async def do_settings(self, rest: str) -> None:
        """Say the settings of this chat, or change one."""
        if rest:
            await self.chat.configure(changed_setting(self.endpoint, self.chat.settings, rest))
        self.voice.say(*setting_lines(self.endpoint, self.chat.settings))

    async def do_go_on(self, rest: str) -> None:
        """Skip the wait of a retry, or let a cut answer continue."""
        progress, turns = self.chat.progress, self.chat.conversation.turns
        if progress is not None and progress.retrying:
            self.chat.skip_wait()
        elif not self.chat.busy and turns and Remedy.PROCEED in remedies(turns[-1].answer):
            await self.chat.proceed()
        else:
            raise InvalidRequest("there is nothing to go on with", "That is for cut answers and retries.")

    async def do_raise(self, rest: str) -> None:
        """Allow longer answers in this chat."""
        wanted = rest or str(self._more_tokens())
        await self.chat.configure(changed_setting(self.endpoint, self.chat.settings, f"max_tokens {wanted}"))
        self.voice.say(f"An answer may have {int(wanted):,} tokens in this chat from now on.")

    async def do_without(self, rest: str) -> None:
        """Ask again without the settings that were refused."""
        turns = self.chat.conversation.turns
        names = blamed(turns[-1].answer) if turns else ()
        if not names:
            raise InvalidRequest("no setting was refused", "/again sends the last prompt again.")
        await self.chat.configure(self.chat.settings.leaving_out(names))
        await self.chat.retry()

    async def do_stop(self, rest: str) -> None:
        """Stop the answer."""
        if not self.busy:
            self.voice.say("There is nothing to stop.")
        await self.halt()

    async def do_read(self, rest: str) -> None:
        """Say the last turns again."""
        count = int(rest) if rest.isdecimal() and int(rest) else 1
        lines = tuple(turn_lines(self.chat.conversation.turns[-count:]))
        self.voice.say(*(lines or ("Nothing was said yet.",)))

    async def do_send(self, rest: str) -> None:
        """Send the draft."""
        draft = self.chat.conversation.unsent
        if not draft:
            raise InvalidRequest("no prompt waits to be sent", "Type one.")
        await self.chat.send(draft)

    async def do_say(self, rest: str) -> None:
        """Send a text as it is."""
        await self.send(rest)

    async def do_quota(self, rest: str) -> None:
        """Say all of the quota."""
        self.voice.say(await self._quota_words(brief=False))
