"""The chips over a prompt: each a file that is attached, or a paste that is folded in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import HorizontalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_app.core.attachments import Attachment, facts
from tui_app.core.text import one_line
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.prompt import Chip

_NAME: int = 28


def chip_words(each: Attachment) -> Content:
    """An attached file as a chip says it: its sign, its name, its size."""
    sign = "▣" if each.is_image else "▤"
    name = one_line(each.name, limit=_NAME)
    return Content.assemble((f"{sign} ", "$accent"), name, (f" {facts(each)}", "$text-muted"))


class ChipView(Static, can_focus=True):
    """One chip."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("chip")]

    @dataclass
    class Wanted(Message):
        """The person wants something to be done with a chip: a command of the place `chip`."""

        chip: Chip
        what: str

    def __init__(self, chip: Chip) -> None:
        words = chip_words(chip.attachment) if chip.attachment else Content.styled(chip.label, "$accent")
        super().__init__(words)
        self.chip = chip

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is folded can be unfolded."""
        return self.chip.attachment is None if action == "unfold" else True

    def on_click(self) -> None:
        """See it whole."""
        self.action_open()

    def action_open(self) -> None:
        """See it whole."""
        self.post_message(self.Wanted(self.chip, "open"))

    def action_unfold(self) -> None:
        """Put its text into the prompt."""
        self.post_message(self.Wanted(self.chip, "unfold"))

    def action_remove(self) -> None:
        """Take it away."""
        self.post_message(self.Wanted(self.chip, "remove"))

    def action_leave(self) -> None:
        """Back to the prompt."""
        self.post_message(self.Wanted(self.chip, "leave"))

    def action_before(self) -> None:
        """Go to the chip before."""
        self._go(-1)

    def action_after(self) -> None:
        """Go to the chip after."""
        self._go(1)

    def _go(self, step: int) -> None:
        views = list(self.parent.query_children(ChipView)) if self.parent else []
        at = views.index(self) + step
        if 0 <= at < len(views):
            views[at].focus()


class Chips(HorizontalScroll, can_focus=False):
    """The row of them; it is not there while there are none."""

    DEFAULT_CSS = """
    Chips {
        height: 1; display: none; scrollbar-size: 0 0;
        &.-some { display: block; }
        ChipView { width: auto; height: 1; padding: 0 1; margin: 0 1 0 0; background: $panel; }
        ChipView:focus { background: $block-cursor-background; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="chips")

    async def show(self, chips: Sequence[Chip]) -> None:
        """Show these; those that stay are not touched, so that the cursor stays where it is."""
        missing, gone = list(chips), []
        for view in self.query_children(ChipView):
            if view.chip in missing:
                missing.remove(view.chip)
            else:
                gone.append(view)
        async with self.batch():
            await self.remove_children(gone)
            for place, chip in enumerate(chips):
                if chip in missing:
                    missing.remove(chip)
                    await self.mount(ChipView(chip), before=place if place < len(self.children) else None)
        self.set_class(bool(chips), "-some")

    def enter(self) -> None:
        """Go to the last of them."""
        views = self.query_children(ChipView)
        if views:
            views.last().focus()
