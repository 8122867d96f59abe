"""What a person chooses for the whole app, and where the files lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import OptionList, Static

from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError
from tui_app.core.fields import DEFAULT_REQUESTS_PER_MINUTE
from tui_app.core.inference import Inference
from tui_app.core.preferences import Preferences
from tui_app.core.settings import SETTINGS
from tui_app.ui.clipboard import copy
from tui_app.ui.commands import bindings
from tui_app.ui.personal import PersonalApp
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.setting_row import LABEL, SettingRow
from tui_app.ui.widgets.title_bar import TitleBar
from tui_app.ui.widgets.ways import Way, Ways

_RULE = "A choice holds here at once, is kept, and holds in every other inferterm that runs or starts."


class SettingList(VerticalScroll, inherit_bindings=False, can_focus=False):
    """All of it; the arrows go from one thing to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
    ]


class SettingsScreen(Screen[None]):
    """Each choice is kept and then holds; `about` is the endpoint whose limit is the example."""

    HELP = """
    Each choice holds in this terminal at once, also for requests that wait already, and is kept in
    settings.json, which every inferterm reads anew as it changes, also by your editor.

    Arrows left and right, space or a click choose; tab and the arrows up and down go on.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("settings")]

    AUTO_FOCUS = "SettingRow Pick"

    status = getters.query_one("#settings-status", Static)

    def __init__(
        self,
        inference: Inference,
        preferences: Preferences,
        files: Sequence[tuple[str, str]],
        about: str | None = None,
    ) -> None:
        super().__init__()
        self._inference, self._preferences, self._files, self._about = inference, preferences, files, about

    def compose(self) -> ComposeResult:
        yield TitleBar("settings")
        yield Static(Content.styled(_RULE, "$text-muted"), id="settings-status")
        with SettingList(id="settings-body"):
            for setting in SETTINGS:
                yield SettingRow(setting, self._held(setting.name), DEFAULT_REQUESTS_PER_MINUTE)
            yield Static(Content.styled("Where files lie", "bold"), id="files-head")
            yield Ways(*(Way(_file(what, path), path) for what, path in self._files), id="files")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(TitleBar).aside = Content.styled("←/→ choose, tab goes on", "$text-muted")
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)
        self._look()

    @work(group="look")
    async def _look(self) -> None:
        """Find the example, and say what is wrong with the settings' file."""
        trouble = await self._preferences.trouble()
        if trouble is not None:
            words = f"{trouble}\n{trouble.advice}".strip()
            self.status.update(Content.styled(f"! {words}", "$text-warning"))
        try:
            endpoints = [
                each for each in await self._inference.endpoints.stored() if isinstance(each, Endpoint)
            ]
        except InfertermError:
            return
        near = [each for each in endpoints if each.inference_id == self._about] or endpoints
        if near:
            self.query_one(TitleBar).about = f"examples: {near[0].inference_id}, {near[0].limit} a minute"
            for row in self.query(SettingRow):
                row.limit = near[0].limit

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a path to copy where the cursor is on one."""
        if action == "copy":
            return isinstance(self.focused, Ways)
        return super().check_action(action, parameters)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the whole of what has the focus, with its explanation."""
        self.refresh_bindings()
        rows = [each for each in event.widget.ancestors if isinstance(each, SettingRow)]
        (rows[0] if rows else event.widget).scroll_visible(animate=False)

    @work(group="settings")
    async def on_setting_row_chosen(self, event: SettingRow.Chosen) -> None:
        """Keep what was chosen, then let it hold; where that fails, go back and say why."""
        setting = event.row.setting
        value = setting.read(event.value)
        try:
            if value is not None:
                await self._preferences.change(setting.name, value)
        except InfertermError as error:
            words = f"not kept, and nothing changed: {error}\n{error.advice}".strip()
            self.status.update(Content.styled(f"✗ {words}", "$text-error"))
        else:
            words = f"{setting.label}: holds here now, and is kept for every inferterm of yours."
            self.status.update(Content.styled(f"✓ {words}", "$text-success"))
            if isinstance(self.app, PersonalApp):
                self.app.hold()
        event.row.value = self._held(setting.name)

    def hold_anew(self) -> None:
        """Show what holds now."""
        for row in self.query(SettingRow):
            row.value = self._held(row.setting.name)

    def _held(self, name: str) -> str:
        """What holds here now of a setting."""
        return self.app.theme if name == "theme" else self._preferences.current.text(name)

    def _theme_changed(self, theme: Theme) -> None:
        self.query_one("#setting-theme", SettingRow).value = theme.name

    def on_option_list_option_selected(self) -> None:
        self.action_copy()

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy the path under the cursor."""
        chosen = self.query_one("#files", OptionList).highlighted_option
        if chosen is not None and chosen.id:
            self.notify(await copy(self.app, chosen.id), markup=False)

    def action_leave(self) -> None:
        """Back to where the person came from."""
        self.dismiss(None)


def _file(what: str, path: str) -> Content:
    return Content.assemble((f"{what:<{LABEL - 1}}", "$text-muted"), path)
