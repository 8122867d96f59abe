"""One setting of the app: its name, what can be chosen, and what follows from each choice."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Label, Static

from tui_app.core.pacing_words import drawing, drawing_words
from tui_app.core.quota import Pacing
from tui_app.core.settings import Setting
from tui_app.ui.widgets.columns import hung
from tui_app.ui.widgets.pick import Pick

LABEL = 20
"""Cells of the column of names."""
_OPTION = 14
_DRAWING = 40


class SettingRow(Widget):
    """Shows `value` of a setting; posts `Chosen` and waits for being given the new one.

    `limit` is the requests a minute in the words. A value that is no option is offered as it is.
    """

    value: reactive[str] = reactive("", init=False, always_update=True)
    limit: reactive[int] = reactive(0, init=False)

    class Chosen(Message):
        """A person chose a value of a setting."""

        def __init__(self, row: SettingRow, value: str) -> None:
            super().__init__()
            self.row, self.value = row, value

    def __init__(self, setting: Setting, value: str, limit: int) -> None:
        super().__init__(id=f"setting-{setting.name}")
        self.setting = setting
        self._names = {option.value: option.label for option in setting.options}
        if value:
            self._names.setdefault(value, value)
        self.set_reactive(SettingRow.value, value)
        self.set_reactive(SettingRow.limit, limit)

    def compose(self) -> ComposeResult:
        with HorizontalGroup():
            yield Label(Content.styled(self.setting.label, "bold"))
            yield Pick(self._names, self.value)
        yield Static(classes="about")

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def watch_value(self) -> None:
        pick = self.query_one(Pick)
        pick.offer(self.value, self.value)
        pick.value = self.value
        self._show()

    def watch_limit(self) -> None:
        self._show()

    def on_pick_changed(self, event: Pick.Changed) -> None:
        event.stop()
        self.post_message(self.Chosen(self, event.value))

    def _show(self) -> None:
        about = self.query_one(".about", Static)
        room = max(20, about.content_size.width - _OPTION)
        lines = [Content.styled(self.setting.help, "$text-muted")]
        for option in self.setting.options:
            if words := option.about(self.limit):
                style = "" if option.value == self.value else "$text-muted"
                line = Content.styled(f"{option.label:<{_OPTION}}{words}", style)
                lines.append(hung(line, _OPTION, room))
        if self.setting.name == "pacing":
            lines += [Content(""), *self._drawings(min(_DRAWING, room))]
        about.update(Content("\n").join(lines))

    def _drawings(self, cells: int) -> list[Content]:
        """Both pacings drawn, the chosen one in the accent."""
        lines = [Content.styled(f"{drawing_words(self.limit)} (a digit: so many start):", "$text-muted")]
        for pacing in Pacing:
            style = "$accent" if pacing == self.value else "$text-muted"
            drawn = drawing(pacing, self.limit, cells)
            lines.append(Content.assemble((f"{pacing:<{_OPTION}}", "$text-muted"), (drawn, style)))
        return lines
