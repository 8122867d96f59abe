"""The prompt: some lines of text, sent with Enter; a key costs it next to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import TextArea

from tui_app.core.attachments import Attachment, facts
from tui_app.core.user_messages import UserMessage, refolded
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.folding import FoldingArea

MOST_ROWS: Final = 8
REST_S: Final = 0.5
"""How long nobody types before the draft is worth keeping."""
OPENING: Final = "Opening the conversation…"
HINT: Final = "Ask something. Enter sends, Ctrl+J makes a line."


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that belongs to a prompt: a file that is attached, or what is folded at a label."""

    label: str
    piece: str = ""
    attachment: Attachment | None = None

    @property
    def about(self) -> str:
        """What there is to say of it beside its label."""
        return facts(self.attachment) if self.attachment else ""

    @property
    def text(self) -> str:
        """What is in it; empty for an image."""
        return self.attachment.text if self.attachment else self.piece


class Prompt(FoldingArea):
    """Grows from one row to eight; it is laid out anew only when its number of rows changes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompt")]

    @dataclass
    class Submitted(Message):
        """The person sends this."""

        message: UserMessage

        @property
        def text(self) -> str:
            """Its text, whole."""
            return self.message.text

    @dataclass
    class Rested(Message):
        """The person stopped typing; this is what stands there."""

        message: UserMessage

    @dataclass
    class EditorWanted(Message):
        """The person wants to write in an editor; this is what stands there."""

        text: str

    @dataclass
    class AttachWanted(Message):
        """The person wants to attach a file."""

    @dataclass
    class ChipsWanted(Message):
        """The person wants to go to the chips."""

    @dataclass
    class ChipsChanged(Message):
        """Other files are attached, or other pieces folded."""

        chips: tuple[Chip, ...]

    attachments: reactive[tuple[Attachment, ...]] = reactive((), init=False)
    """What goes along."""

    earlier: tuple[UserMessage, ...] = ()
    """The prompts that `up` brings back on the first line, the oldest first."""

    handed_in = UserMessage()
    """What was submitted last, until whoever takes it forgets it: an app that ends delivers no message."""

    def __init__(self) -> None:
        super().__init__(OPENING)
        self.cursor_blink = False
        self._chips: tuple[Chip, ...] = ()
        self._resting: Timer | None = None
        self._rows = 1
        self._place: int | None = None
        self._unsent = UserMessage()

    def on_mount(self) -> None:
        self._resting = self.set_interval(REST_S, self._rest, pause=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave to the chat the function keys with which a text area selects."""
        if action == "chips":
            return bool(self._chips)
        if action in {"select_line", "select_all"}:
            return False
        return super().check_action(action, parameters)

    def invite(self) -> None:
        """Say that and how a prompt is sent."""
        self.placeholder = HINT

    @property
    def message(self) -> UserMessage:
        """What would be sent now."""
        found = self.folded_message()
        return UserMessage(found.text, found.folds, self.attachments)

    def put(self, given: UserMessage | str) -> None:
        """Replace what stands there and what goes along, with the cursor at the end."""
        message = UserMessage.of(given)
        self.load_message(message)
        self.attachments = message.attachments
        self.move_cursor(self.document.end)
        self._fit()
        self._note_chips()

    def put_text(self, text: str) -> None:
        """Replace what stands there; what goes along stays, and so do folds that still stand in the text."""
        folded = (piece for _, piece in self.pieces)
        found = refolded(text, folded)
        self.put(UserMessage(found.text, found.folds, self.attachments))

    def action_send(self) -> None:
        """Hand in what stands there, unless that is nothing; what is typed next is the next prompt."""
        message = self.message
        if message:
            self.handed_in = message
            self.post_message(self.Submitted(message))
            self.attachments = ()
            self.clear()

    def action_editor(self) -> None:
        """Ask for an editor."""
        self.post_message(self.EditorWanted(self.unfolded(self.text)))

    def action_attach(self) -> None:
        """Ask for a file."""
        self.post_message(self.AttachWanted())

    def action_chips(self) -> None:
        """Ask to go to the chips."""
        self.post_message(self.ChipsWanted())

    def watch_attachments(self) -> None:
        self._note_chips()
        self._stir()

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up; on the first line, to the prompt before."""
        if select or self._row > 0 or not self._recall(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down; on the last line, to the prompt after, and in the end to what was not sent."""
        last = self._row >= self.wrapped_document.height - 1
        if select or not last or not self._recall(1):
            super().action_cursor_down(select)

    @property
    def _row(self) -> int:
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    def _recall(self, step: int) -> bool:
        """Put an earlier prompt, or what was not sent; False where there is none that way."""
        here = self.message
        if self._place is not None and self.earlier[self._place : self._place + 1] != (here,):
            self._place = None
        if self._place is None:
            if step > 0 or not self.earlier:
                return False
            self._unsent, self._place = here, len(self.earlier)
        place = self._place + step
        if place < 0:
            return True
        self._place = place if place < len(self.earlier) else None
        self.put(self._unsent if self._place is None else self.earlier[place])
        return True

    def action_newline(self) -> None:
        """Begin a new line."""
        start, end = self.selection
        self._replace_via_keyboard("\n", start, end)

    async def _on_key(self, event: events.Key) -> None:
        """Let its own commands have their keys, in the order in which they were typed; alt types nothing."""
        alt = event.key.startswith("alt+")
        if alt or not event.is_printable:
            active = self.screen.active_bindings.get(event.key)
            if active is not None and active.node is self and (active.binding.id or "").startswith("prompt."):
                event.stop()
                event.prevent_default()
                await self.run_action(active.binding.action)
                return
        if alt and event.is_printable:
            event.prevent_default()  # a text area would take the letter alone
            return
        await super()._on_key(event)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._fit()
        self._note_chips()
        self._stir()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        rows = min(MOST_ROWS, max(1, self.wrapped_document.height))
        if rows != self._rows:
            self._rows = rows
            self.styles.height = rows

    def _rest(self) -> None:
        if self._resting is not None:
            self._resting.pause()
        self.post_message(self.Rested(self.message))

    def _stir(self) -> None:
        """Begin to wait anew until the person rests."""
        if self._resting is not None:
            self._resting.reset()
            self._resting.resume()

    def _note_chips(self) -> None:
        """Tell which chips there are, if they are others than before."""
        files = (Chip(each.name, attachment=each) for each in self.attachments)
        chips = (*files, *(Chip(name, text) for name, text in self.pieces))
        if chips != self._chips:
            self._chips = chips
            self.post_message(self.ChipsChanged(chips))
