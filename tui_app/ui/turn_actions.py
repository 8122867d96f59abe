"""What a person can do with one turn of a chat: change it, ask it again, flip, fork, take it out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Final

from textual import work
from textual.app import SystemCommand
from textual.content import Content
from textual.widgets import Static

from tui_app.core.chat import Chat
from tui_app.core.conversation import Turn
from tui_app.core.endpoints import Entry
from tui_app.core.errors import InfertermError
from tui_app.core.scales import Weight, weight_words
from tui_app.core.text import one_line
from tui_app.core.user_messages import UserMessage, label
from tui_app.ui.attach_actions import AttachActions
from tui_app.ui.chat_commands import CHAT_COMMANDS
from tui_app.ui.chat_totals import ChatTotals
from tui_app.ui.widgets.prompt import Chip
from tui_app.ui.widgets.transcript import Transcript
from tui_app.ui.widgets.turn import TurnView, possible

COUNT_AFTER_S: Final = 1.0
"""How much longer nobody types before the service is asked to count."""
_STEPS: Final = frozenset({"up", "down", "leave"})
"""Commands of a turn that do nothing but move the cursor."""


class TurnActions(ChatTotals, AttachActions):
    """The actions on the turns of the chat screen; `editing` is the turn whose prompt is being changed."""

    chat: Chat
    entry: Entry | None
    transcript: Transcript
    weight_line: Static
    editing: int | None = None
    _draft = UserMessage()
    _edited = UserMessage()
    _draft_trouble = ""
    _place: int | None = None

    def switch_to(self, chat: Chat, at: int | None = None) -> None:
        """Show another conversation, from its end or at a turn."""
        raise NotImplementedError

    async def keep_draft(self) -> None:
        """Keep the prompt that was not sent; what a prompt is being changed to only if there is no other."""
        draft = self.prompt.message
        if self.editing is not None and (self._draft or draft == self._edited):
            draft = self._draft
        try:
            await self.chat.keep_draft(self.prompt.handed_in.followed_by(draft))
        except InfertermError as error:
            if str(error) != self._draft_trouble:  # it is tried at each rest of who types
                self.complain(error)
            self._draft_trouble = str(error)
        else:
            self._draft_trouble = ""

    async def attempt(self, step: Awaitable[object]) -> bool:
        """Do something, and say what went wrong if it did."""
        raise NotImplementedError

    def more_commands(self) -> Iterator[SystemCommand]:
        """What can be done with the last turn, from wherever the cursor is; a turn offers this for itself."""
        turns = self.transcript.turns
        if not turns or isinstance(self.focused, TurnView):
            return
        last, view = turns[-1], self.transcript.view
        for command in CHAT_COMMANDS:
            what = command.id.partition(".")[2]
            if command.place == "turn" and what not in _STEPS and possible(last, what):
                run = partial(view.ask, last.id, what)
                yield SystemCommand(f"Last turn: {command.title}", command.help, run)

    async def action_turns(self) -> None:
        """Go to the last turn."""
        self.transcript.choose_last()

    def turn_at(self, turns: tuple[Turn, ...]) -> int | None:
        """The turn at which another way through the conversation is to be shown: where it was flipped."""
        place, self._place = self._place, None
        return turns[place].id if place is not None and place < len(turns) else None

    @work(group="turn", name="action_turn")
    async def on_turn_view_wanted(self, event: TurnView.Wanted) -> None:
        """Do with a turn what is wanted."""
        turn = next((each for each in self.chat.conversation.turns if each.id == event.turn_id), None)
        if turn is None:
            return
        ways: dict[str, Callable[[Turn], Awaitable[None]]] = {
            "edit": self._edit,
            "again": self._again,
            "earlier": lambda turn: self._flip(turn, -1),
            "later": lambda turn: self._flip(turn, 1),
            "up": lambda turn: self._go(turn, -1),
            "down": lambda turn: self._go(turn, 1),
            "inspect": self._inspect,
            "look": self._look,
            "fork": self._fork,
            "move": self._move,
            "copy": self._copy,
            "delete": self._delete,
            "leave": self._leave,
        }
        await ways[event.what](turn)

    @work(group="weigh", exclusive=True)
    async def weigh(self, message: UserMessage) -> None:
        """Say what a prompt weighs: an estimate at once, the service's count after a while."""
        entry, line = self.entry, self.weight_line
        self.set_class(bool(message), "-weighed")
        if entry is None or not message:
            line.update("")
            return
        scales, told, free = self.inference.scales, self.chat.conversation, entry.endpoint.local.sandbox
        if self.editing is not None:
            told = told.until(self.editing)

        def show(weight: Weight) -> None:
            line.update(Content.styled(weight_words(weight, free=free), "$text-muted"))

        show(scales.estimate(entry.endpoint, told, message))
        await asyncio.sleep(COUNT_AFTER_S)
        if counted := await scales.count(entry.endpoint, told, message):
            show(counted)

    async def _leave(self, turn: Turn) -> None:
        self.prompt.focus()

    async def _go(self, turn: Turn, step: int) -> None:
        if not self.transcript.go_beside(turn.id, step):
            self.prompt.focus()

    async def _again(self, turn: Turn) -> None:
        self.prompt.focus()
        await self.attempt(self.chat.again(turn.id))

    async def _flip(self, turn: Turn, step: int) -> None:
        self._place = [each.id for each in self.chat.conversation.turns].index(turn.id)
        if not turn.versions or not await self.attempt(self.chat.flip(turn.id, step)):
            self._place = None

    async def _edit(self, turn: Turn) -> None:
        if self.editing is None:
            self._draft = self.prompt.message
        self.begin_editing(turn.id, turn.message)

    def begin_editing(self, turn_id: int, message: UserMessage) -> None:
        """Let the prompt hold what is to be asked in place of a turn."""
        self.editing, self._edited = turn_id, message
        self.prompt.put(message)
        self.prompt.focus()
        words = "changing an earlier prompt · enter asks it, both are kept · esc leaves it"
        self.query_one("#prompt-note", Static).update(Content.styled(words, "$accent"))
        self.add_class("-editing")

    def end_editing(self) -> None:
        """Put back what stood in the prompt before."""
        if self.editing is None:
            return
        self.editing = None
        self.remove_class("-editing")
        self.show_lead()
        self.prompt.put(self._draft)

    def show_lead(self) -> None:
        """Say what a prompt waits for, or how the next answer is to begin, where a kept prompt says that."""
        lead = self.chat.lead if self.editing is None else ""
        words = f"the answer goes on from: {one_line(lead, limit=200)}" if lead else ""
        if self.chat.asks_sight and self.editing is None:
            words = "asking whether the model takes images · esc gives the prompt back"
        self.set_class(bool(words), "-led")
        if words:
            self.query_one("#prompt-note", Static).update(Content.styled(words, "$accent"))

    async def _inspect(self, turn: Turn) -> None:
        from tui_app.ui.screens.inspector import InspectorScreen

        try:
            record = await self.inference.chats.record(turn.id)
        except InfertermError as error:
            self.complain(error)
            return
        if record is None:
            self.notify("Nothing is kept of this exchange; those of the latest 500 answers are.")
        elif await self.app.push_screen_wait(InspectorScreen(record, turn.message.title)):
            await self._again(turn)

    async def _look(self, turn: Turn) -> None:
        from tui_app.ui.screens.choice import Choice, ChoiceScreen

        pasted = [piece for piece, is_folded in turn.message.pieces() if is_folded]
        chips = [
            *(Chip(each.name, attachment=each) for each in turn.attachments),
            *(Chip(label(piece), piece) for piece in pasted),
        ]
        chosen: str | None = "0"
        if len(chips) > 1:
            choices = [Choice(str(at), each.label, each.about) for at, each in enumerate(chips)]
            chosen = await self.app.push_screen_wait(ChoiceScreen("See which?", "", choices))
        if chips and chosen is not None:
            await self.open_chip(chips[int(chosen)], self.transcript.view.sought_in(turn.id))

    async def _fork(self, turn: Turn) -> None:
        try:
            chat = await self.inference.chats.fork(self.chat.conversation, turn.id)
        except InfertermError as error:
            self.complain(error)
            return
        await self.keep_draft()
        self.switch_to(chat)
        self.prompt.focus()
        self.notify(f"This is a new chat: {one_line(chat.title, limit=60)}.", markup=False)

    async def _move(self, turn: Turn) -> None:
        from tui_app.ui.screens.choice import Choice, ChoiceScreen

        try:
            stored = await self.inference.endpoints.stored()
        except InfertermError as error:
            self.complain(error)
            return
        here = self.chat.conversation.endpoint
        others = [each for each in stored if each.inference_id != here and hasattr(each, "model")]
        about = "What was said goes along. Thinking goes back only to the model that thought it."
        choices = [Choice(each.inference_id, each.inference_id, each.model) for each in others]
        if not choices:
            self.notify("There is no other endpoint.")
            return
        chosen = await self.app.push_screen_wait(ChoiceScreen("Go on with another endpoint", about, choices))
        if chosen is not None and await self.attempt(self.chat.move(chosen)):
            await self.keep_draft()
            self.switch_to(self.chat)
            self.prompt.focus()

    async def _copy(self, turn: Turn) -> None:
        from tui_app.ui.clipboard import copy
        from tui_app.ui.screens.copying import what_to_copy

        if text := await what_to_copy(self.app, turn.answer.text or turn.prompt):
            self.notify(await copy(self.app, text), markup=False)

    async def _delete(self, turn: Turn) -> None:
        from tui_app.ui.screens.choice import Choice, ChoiceScreen

        about = f"{one_line(turn.message.folded, limit=200)}\nWhat follows it stays."
        choices = (
            Choice("keep", "Keep it"),
            Choice("delete", "Delete it", "Prompt and answer. It cannot be brought back.", danger=True),
        )
        chosen = await self.app.push_screen_wait(ChoiceScreen("Delete this turn?", about, choices))
        if chosen == "delete":
            await self.attempt(self.chat.delete_turn(turn.id))
            self.prompt.focus()
