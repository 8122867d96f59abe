"""One conversation that goes on whether or not somebody looks, each step kept as it happens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Final

from tui_app.core.chat_events import DraftReturned, Readied, TurnChanged
from tui_app.core.chat_state import ChatState
from tui_app.core.conversation import Answer, Conversation, Settings, Turn
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError
from tui_app.core.live_turn import LiveTurn, surface
from tui_app.core.preparing import check_sendable
from tui_app.core.readying import Readying
from tui_app.core.user_messages import NOTHING, UserMessage

CONTINUE: Final = "Continue exactly where you stopped."


class Chat(ChatState):
    """One conversation with one endpoint; its reply runs on while nobody watches.

    All that keeps something raises StoreFailed; all that asks raises InvalidRequest when there is
    nothing to ask or a reply is on its way.
    """

    async def send(self, prompt: UserMessage | str, draft: UserMessage = NOTHING) -> None:
        """Ask `prompt`, after all that was said; `draft` stays unsent. Raises GivenBack when stopped."""
        await self._send(Readying(UserMessage.of(prompt), draft, self.lead))

    async def proceed(self) -> None:
        """Let the model go on after `max_tokens`. Newer models take no prefill, so it is asked to."""
        await self._send(Readying(UserMessage(CONTINUE), self._conversation.unsent, new=False))

    async def retry(self) -> None:
        """Ask the last prompt again; an answer that has something is kept beside the new one.

        One that has nothing is replaced, but stays until the new request is sent.
        """
        if self.busy or not self._conversation.turns:
            return
        last = self._conversation.turns[-1]
        endpoint = await self._office.endpoints.get(self._conversation.endpoint)
        if not last.answer.bare:
            await self.again(last.id)
        elif (last.endpoint, last.model) == (endpoint.inference_id, endpoint.model):
            earlier = self._conversation.until(last.id)
            fresh = Answer().led_by(last.answer.lead)
            await self._ask(replace(last, answer=fresh), earlier, self._conversation)
        else:
            draft, lead = self._conversation.unsent, last.answer.lead
            await self._send(Readying(last.message, draft, lead, last.parent, gone=last, new=False))

    async def again(self, turn_id: int) -> None:
        """Ask a prompt again where it stands; its answer, and what followed, are kept beside it."""
        await self.edit(turn_id, self._turn(turn_id).message)

    async def edit(self, turn_id: int, prompt: UserMessage | str) -> None:
        """Ask something else in place of a prompt; that, and what followed it, are kept beside it."""
        turn, message = self._turn(turn_id), UserMessage.of(prompt)
        draft, lead = self._conversation.unsent, turn.answer.lead
        new = message != turn.message
        await self._send(Readying(message, draft, lead, turn.parent, instead=turn, new=new))

    async def flip(self, turn_id: int, step: int) -> None:
        """Go over to the version `step` after that of a turn, round and round, and to what followed it."""
        turn = self._turn(turn_id)
        if not turn.versions:
            return
        self._check_idle()
        place = (turn.versions.index(turn.id) + step) % len(turn.versions)
        await self._office.history.choose(self._conversation.id, turn.versions[place])
        await self._reread()

    async def delete_turn(self, turn_id: int) -> None:
        """Forget a turn; what followed it stays, and is asked without it from now on."""
        self._check_idle()
        await self._office.history.delete_turn(turn_id)
        await self._reread()

    async def move(self, endpoint: str) -> None:
        """Go on with another endpoint. Raises as `Endpoints.get`.

        What was said stays with who said it; thinking goes back only to the model that thought it.
        """
        self._check_idle()
        await self._office.endpoints.get(endpoint)
        if self._conversation.id:
            await self._office.history.move(self._conversation.id, endpoint)
        self._conversation = replace(self._conversation, endpoint=endpoint)

    async def stop(self) -> None:
        """Stop the reply; what came is kept and marked as stopped.

        A prompt that was not sent yet becomes the draft again, and an answer that it was to
        replace stays.
        """
        if self._readying is not None:
            await self._readying.give_up()
        if self._task is None or self._task.done():
            return
        if not self._stopping:
            self._stopping = True
            self._task.cancel()
        await asyncio.wait([self._task])

    async def settled(self) -> None:
        """Wait until no reply is on its way any more."""
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    def skip_wait(self) -> None:
        """Make a retry that is counted down to now."""
        if self._live:
            self._live.skip_wait()

    async def configure(self, settings: Settings) -> None:
        """Change the settings of this chat; the endpoint stays as it is."""
        await self._begin()
        await self._office.history.save_settings(self._conversation.id, settings)
        self._conversation = replace(self._conversation, settings=settings)

    async def keep_draft(self, draft: UserMessage | str) -> None:
        """Keep a prompt that was not sent."""
        message = UserMessage.of(draft)
        if message == self._conversation.unsent or (message == NOTHING and not self._conversation.id):
            return
        await self._begin()
        whole = self._readying.before(message) if self._readying else message
        await self._office.history.save_draft(self._conversation.id, whole)
        self._conversation = self._conversation.with_unsent(message)

    async def rename(self, title: str) -> None:
        """Give the conversation another title."""
        await self._begin()
        await self._office.history.rename(self._conversation.id, title)
        self._conversation = replace(self._conversation, title=title)

    async def refresh(self) -> bool:
        """Read again what another terminal may have added; True when something did."""
        if self.busy or not self._conversation.id:
            return False
        found = await self._office.history.load(self._conversation.id)
        if found is None or self.busy:
            return False
        mine = self._conversation
        theirs = replace(mine, turns=found.turns, title=found.title, settings=found.settings)
        if theirs == mine:
            return False
        self._conversation = theirs
        return True

    async def _reread(self) -> None:
        found = await self._office.history.load(self._conversation.id)
        self._go_over(found.turns if found else ())

    async def _send(self, asked: Readying) -> None:
        """Send a prompt; who waits for that may go, it goes on."""
        self._check_idle()
        self._readying = asked
        self._office.sending.add(self)
        self._conversation = self._conversation.with_unsent(asked.draft)
        await asyncio.shield(asyncio.create_task(self._ready(asked)))

    async def _ready(self, asked: Readying) -> None:
        try:
            endpoint = await self._office.endpoints.get(self._conversation.endpoint)
            await self._look(asked, endpoint)
            await self._place(asked, endpoint)
        except InfertermError:
            await self._give_back(asked.before(self._conversation.unsent))
            raise
        finally:
            self._readying = None
            self._office.sending.discard(self)
            asked.end()
            if asked.waits:
                self._tell(Readied(waits=False))

    async def _look(self, asked: Readying, endpoint: Endpoint) -> None:
        """Make sure that a prompt can be sent; it is a draft on disk while a service is asked that."""
        vision, earlier = self._office.vision, asked.earlier(self._conversation)
        whom = {"endpoint": endpoint.inference_id, "model": endpoint.model}
        if vision.asks(endpoint) and earlier.images(asked.message, **whom):
            await self._begin()
            asked.waits = True
            draft = asked.before(self._conversation.unsent)
            await self._office.history.save_draft(self._conversation.id, draft)
            self._tell(Readied(waits=True))
        await asked.look(check_sendable(vision, endpoint, earlier, asked.message))

    async def _give_back(self, draft: UserMessage) -> None:
        """Keep a prompt that is no turn as a draft, on disk where that takes it."""
        if draft == self._conversation.unsent:
            return
        with suppress(InfertermError):
            await self._begin()
            await self._office.history.save_draft(self._conversation.id, draft)
        self._conversation = self._conversation.with_unsent(draft)

    async def _place(self, asked: Readying, endpoint: Endpoint) -> None:
        """Keep a prompt as a turn, and ask it."""
        await self._begin(asked.message.title)
        before, new = self._conversation, asked.new
        parent = before.leaf if asked.parent is None else asked.parent
        whom = (self._office.clock(), endpoint.inference_id, endpoint.model)
        turn = Turn(0, "", *whom, answer=Answer().led_by(asked.lead), parent=parent).asking(asked.message)
        draft = before.unsent
        lead = "" if new and not asked.instead else before.lead
        gone = asked.gone.id if asked.gone else None
        asked.new = False  # what is typed while it is kept is a draft of its own
        try:
            turn = await self._office.history.add_turn(before.id, turn, draft=draft, lead=lead, gone=gone)
        except InfertermError:
            asked.new = new
            raise
        if gone is not None:
            self._forget(gone)
        self._conversation = replace(self._conversation.with_unsent(draft), lead=lead)
        if asked.instead:
            self._go_over(before.until(asked.instead.id).turns)
        await self._ask(turn, self._conversation, before if asked.instead else None)

    async def _ask(self, turn: Turn, earlier: Conversation, before: Conversation | None) -> None:
        earlier = replace(earlier, settings=self._conversation.settings)
        self._conversation = self._conversation.with_turn(turn)
        self._stopping = False
        self._live = LiveTurn(turn, earlier, self._office, self._tell)
        self._tell(TurnChanged(turn))
        self._task = asyncio.create_task(self._run(self._live, before))
        self._task.add_done_callback(surface)
        await asyncio.sleep(0)

    async def _begin(self, title: str = "") -> None:
        """See to it that the conversation is kept, and is called after its first prompt."""
        office = self._office
        async with self._beginning:
            current = self._conversation
            if not current.id:
                self._conversation = await office.history.create(
                    current.endpoint, title, current.settings, office.clock()
                )
                office.opened(self)
            elif title and not current.title:
                await office.history.rename(current.id, title)
                self._conversation = replace(current, title=title)

    async def _run(self, live: LiveTurn, before: Conversation | None) -> None:
        ended = await live.run()
        if ended is None:
            await self._take_back(live.turn, before)
            return
        self._live = None
        self._conversation = self._conversation.with_turn(ended)
        self._tell(TurnChanged(ended))
        self._office.ended(self, ended)

    async def _take_back(self, turn: Turn, before: Conversation | None) -> None:
        """Undo a turn that was not sent: what it was to replace comes back, else its prompt."""
        self._live = None
        if before is not None:
            if before.leaf != turn.id:
                with suppress(InfertermError):
                    await self._office.history.delete_turn(turn.id)
                    await self._office.history.choose(before.id, before.leaf)
            self._go_over(before.turns)
            return
        draft = turn.message.followed_by(self._conversation.unsent)
        lead = turn.answer.lead or self.lead
        with suppress(InfertermError):
            await self._office.history.save_draft(self._conversation.id, draft)
            await self._office.history.save_lead(self._conversation.id, lead)
            await self._office.history.delete_turn(turn.id)
        self._forget(turn.id)
        self._conversation = replace(self._conversation.with_unsent(draft), lead=lead)
        self._tell(DraftReturned(turn.message))
