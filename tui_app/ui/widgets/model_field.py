"""The model's field: free text, with the service's own models suggested beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus, Key
from textual.reactive import reactive
from textual.widgets import Input, OptionList

from tui_app.core.models import known
from tui_app.core.service import ServiceModel
from tui_app.ui.widgets.field_row import FieldRow
from tui_app.ui.widgets.ways import Way, Ways

_MOST: Final = 40
_ID_WIDTH: Final = 20


class ModelField(FieldRow):
    """A field row whose `models` are suggested while it has the focus; down goes into them, enter picks."""

    models: reactive[Sequence[ServiceModel]] = reactive(())
    _picked = False
    """Whether suggestions keep away until something is typed."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Ways(id="suggestions")

    @property
    def _list(self) -> Ways:
        return self.query_one("#suggestions", Ways)

    def watch_models(self) -> None:
        if self.is_mounted:
            self._suggest()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        self._suggest()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        self.call_after_refresh(self._suggest)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._picked = False
        self._suggest()

    def on_key(self, event: Key) -> None:
        entry = self.query_one(Input)
        if event.key == "down" and entry.has_focus:
            event.stop()
            self._picked = False
            self._suggest()
            if self._list.display:
                self._list.focus()
                self._list.highlighted = 0
        elif event.key == "up" and self._list.has_focus and self._list.highlighted == 0:
            event.stop()
            entry.focus()
        elif event.key == "tab":
            self._close()
        elif event.key == "escape" and self._list.display:
            event.stop()
            self._picked = True
            entry.focus()
            self._suggest()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._close()  # then Textual runs what a field row does

    def take_focus(self, *, suggest: bool = True) -> None:
        """Put the cursor into the field; with `suggest` False nothing opens before down or a letter."""
        self._picked = not suggest
        super().take_focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        entry = self.query_one(Input)
        entry.value = event.option_id or ""
        entry.focus()
        self._picked = True
        self.call_after_refresh(self._close)

    def _close(self) -> None:
        self._picked = True
        self._list.display = False

    def _suggest(self) -> None:
        """Show what fits what is typed, unless that is whole already."""
        if not self.query("#suggestions"):  # the form is being taken down
            return
        wanted = self.query_one(Input).value.strip().lower()
        fitting = [each for each in self.models if wanted in each.id.lower()][:_MOST]
        whole = len(fitting) == 1 and fitting[0].id == wanted
        open_ = bool(fitting) and not whole and not self._picked and self.has_focus_within
        if open_ and [each.id for each in fitting] != [option.id for option in self._list.options]:
            self._list.set_options(Way(suggestion(each), each.id) for each in fitting)
        self._list.display = open_


def suggestion(model: ServiceModel) -> Content:
    """One line about a model: id, tokens in and out, USD per million of each, its end where near."""
    facts = known(model.id)
    pieces = []
    if context := model.max_input_tokens or (facts.context if facts else None):
        pieces.append(f"{_short(context)} in")
    if most := model.max_tokens or (facts.max_output if facts else None):
        pieces.append(f"{_short(most)} out")
    if facts:
        pieces.append(f"${facts.price.input:g}/${facts.price.output:g}")
    retires = model.retires_at[:10] or (facts.retires.isoformat() if facts and facts.retires else "")
    end = f"  ! until {retires}" if retires and (facts is None or facts.deprecated) else ""
    return Content.assemble(
        model.id.ljust(_ID_WIDTH), (", ".join(pieces), "$text-muted"), (end, "$text-warning")
    )


def _short(tokens: int) -> str:
    return f"{tokens // 1_000_000}M" if tokens >= 1_000_000 else f"{tokens // 1000}k"
