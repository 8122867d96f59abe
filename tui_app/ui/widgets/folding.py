"""A text area in which large pastes are folded: a label stands for each, and is one thing to every key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from rich.text import Text
from textual import events
from textual.document._document import EditResult, Location, Selection
from textual.document._edit import Edit
from textual.message import Message
from textual.widgets import TextArea

from tui_app.core.attachments import size_words
from tui_app.core.user_messages import MOST_PASTED, Span, UserMessage, is_large, label

MOST_UNFOLDED: Final = 200_000
"""Characters of a piece that a text area shows without a stall."""


class FoldingArea(TextArea):
    """What is folded is known by its label, also when undo brings that back.

    The cursor stands before or after a label, never in it; what changes a part of one changes all of it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"folding-area--label"}
    DEFAULT_CSS = """
    FoldingArea > .folding-area--label { color: $accent; text-style: bold; }
    """

    @dataclass
    class PasteRefused(Message):
        """The person pasted more than is taken; `words` say so."""

        words: str

    def __init__(self, placeholder: str = "") -> None:
        self._pieces: dict[str, str] = {}
        self._labels: re.Pattern[str] | None = None
        super().__init__(
            compact=True, placeholder=placeholder, tab_behavior="focus", highlight_cursor_line=False
        )

    @property
    def pieces(self) -> tuple[tuple[str, str], ...]:
        """The labels that stand in the text, in their order, each with what is folded there."""
        if self._labels is None:
            return ()
        return tuple((found, self._pieces[found]) for found in self._labels.findall(self.text))

    def unfolded(self, text: str) -> str:
        """A text with what is folded in it in place of each label."""
        return text if self._labels is None else self._labels.sub(lambda each: self._pieces[each[0]], text)

    def folded_message(self) -> UserMessage:
        """What stands there, whole, with the places of what is folded."""
        if self._labels is None:
            return UserMessage(self.text)
        parts: list[str] = []
        folds: list[Span] = []
        at = length = 0
        for each in self._labels.finditer(self.text):
            piece = self._pieces[each[0]]
            parts += [self.text[at : each.start()], piece]
            length += each.start() - at
            folds.append((length, length + len(piece)))
            length, at = length + len(piece), each.end()
        return UserMessage("".join((*parts, self.text[at:])), tuple(folds))

    def load_message(self, message: UserMessage) -> None:
        """Replace what stands there, folds and all."""
        self._pieces, self._labels = {}, None
        words = [
            self._label(piece, message.text) if is_folded or len(piece) > MOST_UNFOLDED else piece
            for piece, is_folded in message.pieces()
        ]
        self.load_text("".join(words))

    def paste(self, text: str) -> None:
        """Put a text at the cursor, folded where it is large; one that is too large is refused."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        size = len(text.encode("utf-8", "replace"))
        if size > MOST_PASTED:
            most = size_words(MOST_PASTED)
            words = (
                f"The paste has {size_words(size)}; at most {most} are taken. Attach it as a file, in parts."
            )
            self.post_message(self.PasteRefused(words))
            return
        self._put(self._label(text, self.text) if is_large(text) else text)

    def unfold(self, wanted: str) -> bool:
        """Let the text stand there that a label stands for; False where it is too long for a text area."""
        piece = self._pieces.get(wanted, wanted)
        if len(piece) > MOST_UNFOLDED:
            return False
        self._swap(wanted, piece)
        return True

    def remove_piece(self, wanted: str) -> None:
        """Take a label with its text away."""
        self._swap(wanted, "")

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.paste(event.text)

    def action_paste(self) -> None:
        """Paste what was copied last."""
        self.paste(self.app.clipboard)

    @property
    def selected_text(self) -> str:
        """What is selected, unfolded."""
        return self.unfolded(super().selected_text)

    def action_cut(self) -> None:
        """Cut what is selected, unfolded."""
        super().action_cut()
        self.app.copy_to_clipboard(self.unfolded(self.app.clipboard))

    def edit(self, edit: Edit) -> EditResult:
        """Do an edit; a label of which it changes a part goes as a whole."""
        if self._labels is not None and edit.from_location != edit.to_location:
            top, bottom = sorted((edit.from_location, edit.to_location))
            top, bottom = self._edge(top, before=True), self._edge(bottom, before=False)
            edit = replace(edit, from_location=top, to_location=bottom)
        return super().edit(edit)

    def get_line(self, line_index: int) -> Text:
        """A line with its labels marked."""
        line = super().get_line(line_index)
        if self._labels is not None:
            style = self.get_component_rich_style("folding-area--label", partial=True)
            for begin, end in self._spans(line_index):
                line.stylize(style, begin, end)
        return line

    # Textual draws in the midst of these, when the line of the cursor may be gone already.
    def _undo_batch(self, edits: Sequence[Edit]) -> None:
        self._stand_safe(edits)
        super()._undo_batch(edits)

    def _redo_batch(self, edits: Sequence[Edit]) -> None:
        self._stand_safe(edits)
        super()._redo_batch(edits)

    def _stand_safe(self, edits: Sequence[Edit]) -> None:
        if edits and self.cursor_location[0]:
            self.selection = Selection.cursor((0, 0))

    def _validate_selection(self, selection: Selection) -> Selection:
        found = super()._validate_selection(selection)
        if self._labels is None:
            return found
        back = found.end < self.selection.end
        ends = (self._edge(each, before=back) for each in found)
        return Selection(*ends)

    def _edge(self, place: Location, *, before: bool) -> Location:
        """The place, or the edge of the label in which it is."""
        row, column = place
        for begin, end in self._spans(row):
            if begin < column < end:
                return row, begin if before else end
        return place

    def _spans(self, row: int) -> list[Span]:
        if self._labels is None or row >= self.document.line_count:
            return []
        return [each.span() for each in self._labels.finditer(self.document[row])]

    def _label(self, piece: str, text: str) -> str:
        """A label for a piece, which stands for nothing else and nowhere in the text."""
        first = name = label(piece)
        number = 1
        while self._pieces.get(name, piece) != piece or (name in text and name not in self._pieces):
            number += 1
            name = f"{first[:-1]}, no. {number}]"
        self._pieces[name] = piece
        self._labels = re.compile("|".join(map(re.escape, sorted(self._pieces, key=len, reverse=True))))
        return name

    def _put(self, text: str) -> None:
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)
            self.focus()

    def _swap(self, wanted: str, text: str) -> None:
        for row in range(self.document.line_count):
            at = self.document[row].find(wanted)
            if at >= 0:
                self.history.checkpoint()
                self.replace(text, (row, at), (row, at + len(wanted)), maintain_selection_offset=False)
                self.history.checkpoint()
                return
