"""The versions of one prompt, each with what it changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_app.core.durations import ago
from tui_app.core.errors import InfertermError, InvalidRequest
from tui_app.core.prompts import Prompts, Version, differences
from tui_app.core.text import plain
from tui_app.ui.commands import bindings
from tui_app.ui.kept_list import KeptListScreen
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.lines import Lines
from tui_app.ui.widgets.title_bar import TitleBar

_COLOURS = {"+": "$text-success", "-": "$text-error", "@": "$text-muted"}


class VersionsScreen(KeptListScreen[None]):
    """The versions on the left, the latest first; on the right what the one under the cursor changed."""

    CSS_PATH = "../batches.tcss"
    HELP = """
    A version is the text that a prompt's file had when inferterm used it. Each is compared with the one
    before it; space compares all with another one, and once more with the one before. r makes the file
    what a version was; what it was until then stays a version.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("versions")]

    def __init__(self, prompts: Prompts, name: str) -> None:
        super().__init__()
        self._prompts, self._prompt_name = prompts, name
        self._found: Sequence[Version] = ()
        self._base: Version | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar("versions", self._prompt_name)
        with Horizontal(id="prompts-body"):
            yield Lines(markup=False, compact=True)
            with VerticalScroll(id="prompt-view"):
                yield Static(id="prompt-text")
        yield Static("No version is kept yet: inferterm has not used this prompt.", id="prompts-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        self.lines.focus()
        self.read()

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Read the versions anew; the file as it stands now is the latest, unless it is broken."""
        try:
            self._found = await self._versions()
        except InfertermError as error:
            self.complain(error)
        self._fill()

    async def _versions(self) -> Sequence[Version]:
        try:
            await self._prompts.get(self._prompt_name)
        except InvalidRequest as error:
            self.complain(error)
        return (await self._prompts.versions(self._prompt_name))[::-1]

    def _fill(self) -> None:
        self.fill([(str(each.number), self._line(each)) for each in self._found])
        self._show()

    @property
    def selected(self) -> Version | None:
        """The version under the cursor."""
        return next((each for each in self._found if str(each.number) == self.selected_id), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        if action == "restore":
            return self.selected is not None and self.selected is not self._found[0]
        return action != "against" or len(self._found) > 1

    def _show(self) -> None:
        self.query_one("#prompt-text", Static).update(self._told(self.selected))
        self.refresh_bindings()

    def _told(self, version: Version | None) -> Content:
        if version is None:
            return Content("")
        before = self._before(version)
        if before is None:
            return Content.styled("the first version\n\n", "$text-muted") + Content(plain(version.text))
        lines = [_diff_line(line) for line in differences(before, version)]
        return Content("\n").join(lines) if lines else Content(f"The same as version {before.number}.")

    def _before(self, version: Version) -> Version | None:
        """What a version is compared with: the one that was chosen for that, or the one before it."""
        if self._base is not None:
            return self._base
        return next((each for each in self._found if each.number == version.number - 1), None)

    def _line(self, version: Version) -> Content:
        base = " · base" if version is self._base else ""
        before = self._before(version)
        lines = [line[:1] for line in differences(before, version)[2:]] if before else []
        changes = f"+{lines.count('+')} -{lines.count('-')}" if before else "the first"
        when = ago(max(0.0, time.time() - version.seen_at))
        return Content.assemble(
            (f"version {version.number}", "bold"),
            (base, "$accent"),
            (f"\n  {when}, {changes}", "$text-muted"),
        )

    def on_option_list_option_highlighted(self) -> None:
        self._show()

    def action_against(self) -> None:
        """Compare all with this version, or each with the one before it again."""
        self._base = None if self._base is self.selected else self.selected
        self._fill()

    @work(group="restore", exclusive=True)
    async def action_restore(self) -> None:
        """Make the file what this version was."""
        if (version := self.selected) is None:
            return
        try:
            await self._prompts.restore(self._prompt_name, version)
        except InfertermError as error:
            self.complain(error)
        else:
            self.notify(f"{self._prompt_name} is what version {version.number} was.", markup=False)
        self.read()


def _diff_line(line: str) -> Content:
    return Content.styled(plain(line), _COLOURS.get(line[:1], ""))
