"""The library of prompts: files that can be edited, compared, filled in and asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.prompts import BrokenPrompt, Prompt, Prompts, Version, differences
from tui_app.core.text import one_line, plain
from tui_app.ui.commands import bindings
from tui_app.ui.screens.fill import template_text
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.lines import Lines
from tui_app.ui.widgets.title_bar import TitleBar

_EMPTY = (
    "No prompt is kept yet.\n\n"
    "A prompt is a file with {{name}} where something is filled in. It can be asked in a chat, with "
    "`inferterm ask ID --prompt NAME --var x=…`, or over the rows of a file.\n\nThe files can lie under git. "
    "n makes one."
)


class PromptsScreen(Screen[None]):
    """All prompts on the left, the one under the cursor on the right."""

    CSS_PATH = "../batches.tcss"
    HELP = """
    Each prompt is a file of TOML in the folder prompts beside the endpoints, to be edited with any
    editor. What inferterm uses is kept as a version; v shows what changed.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompts")]

    lines = getters.query_one(Lines)

    def __init__(self, inference: Inference, prompts: Prompts, about: str | None = None) -> None:
        super().__init__()
        self._inference, self._prompts, self._about = inference, prompts, about
        self._found: Sequence[Prompt | BrokenPrompt] = ()

    def compose(self) -> ComposeResult:
        yield TitleBar("prompts")
        with Horizontal(id="prompts-body"):
            yield Lines(markup=False, compact=True)
            with VerticalScroll(id="prompt-view"):
                yield Static(id="prompt-text")
        yield Static(Content(_EMPTY), id="prompts-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        self.lines.focus()
        self.read()

    @work(group="read", exclusive=True)
    async def read(self, name: str = "") -> None:
        """Read the files anew; the cursor goes to `name`."""
        try:
            self._found = await self._prompts.all()
        except InfertermError as error:
            self._complain(error)
        marked = self.lines.highlighted or 0
        names = [each.name for each in self._found]
        self.lines.clear_options()
        self.lines.add_options(Option(_line(each), id=str(i)) for i, each in enumerate(self._found))
        if self._found:
            self.lines.highlighted = names.index(name) if name in names else min(marked, len(names) - 1)
        self.set_class(not self._found, "-empty")
        self.query_one(TitleBar).about = str(len(self._found))
        self._show()

    @property
    def selected(self) -> Prompt | BrokenPrompt | None:
        """The prompt under the cursor."""
        at = self.lines.highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        if action == "ask":
            return isinstance(self.selected, Prompt)
        return action not in {"edit", "versions", "delete"} or self.selected is not None

    def _show(self) -> None:
        view, each = self.query_one("#prompt-text", Static), self.selected
        if isinstance(each, Prompt):
            head = Content.styled(f"{each.template.description}\n{each.path}\n\n".lstrip(), "$text-muted")
            view.update(head + template_text(each.template))
        elif each is not None:
            line = f":{each.line}" if each.line else ""
            view.update(Content.styled(f"✗ {each.path}{line}: {plain(each.reason)}", "$text-error"))
        else:
            view.update("")
        self.refresh_bindings()

    def on_option_list_option_highlighted(self) -> None:
        self._show()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_ask()

    @work(group="ask", exclusive=True)
    async def action_ask(self) -> None:
        """Fill the prompt in and take it into a chat."""
        from tui_app.ui.prompt_flows import take_into_chat

        if isinstance(each := self.selected, Prompt):
            try:
                await take_into_chat(self.app, self._inference, self._prompts, each.name, self._about)
            except InfertermError as error:
                self._complain(error)

    @work(group="edit", exclusive=True)
    async def action_new(self) -> None:
        """Make a prompt and edit it."""
        from tui_app.ui.prompt_flows import create, edit

        try:
            name = await create(self.app, self._prompts)
            if name is not None:
                self.read(name)
                await edit(self.app, self._prompts, name)
                self.read(name)
        except InfertermError as error:
            self._complain(error)

    @work(group="edit", exclusive=True)
    async def action_edit(self) -> None:
        """Edit the file in the editor of $VISUAL or $EDITOR."""
        from tui_app.ui.prompt_flows import edit

        if (each := self.selected) is not None:
            try:
                await edit(self.app, self._prompts, each.name)
            except InfertermError as error:
                self._complain(error)
            self.read(each.name)

    @work(group="versions", exclusive=True)
    async def action_versions(self) -> None:
        """Show how the versions of the prompt differ."""
        if (each := self.selected) is None:
            return
        try:
            if isinstance(each, Prompt):
                await self._prompts.get(each.name)
            found = await self._prompts.versions(each.name)
        except InfertermError as error:
            self._complain(error)
            return
        self.query_one("#prompt-text", Static).update(versions_text(found))

    @work(group="delete", exclusive=True)
    async def action_delete(self) -> None:
        """Delete the file, if that is meant."""
        from tui_app.ui.screens.choice import Choice, ChoiceScreen

        if (each := self.selected) is None:
            return
        what = "Its versions stay, and git has it if it was put there."
        choices = (Choice("keep", "Keep it"), Choice("delete", "Delete the file", what, danger=True))
        if (
            await self.app.push_screen_wait(ChoiceScreen(f"Delete {each.name}?", each.path, choices))
            != "delete"
        ):
            return
        try:
            await self._prompts.delete(each.name)
        except InfertermError as error:
            self._complain(error)
        self.read()

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)

    def _complain(self, error: InfertermError) -> None:
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)


def versions_text(found: Sequence[Version]) -> Content:
    """What each version changed, the latest first."""
    if len(found) < 2:
        return Content("There is one version: nothing was changed since inferterm first used it.")
    parts = []
    for before, after in zip(found[-2::-1], found[:0:-1], strict=True):
        lines = [_diff_line(line) for line in differences(before, after)]
        parts.append(Content("\n").join(lines))
    return Content("\n\n").join(parts)


def _diff_line(line: str) -> Content:
    colour = {"+": "$text-success", "-": "$text-error", "@": "$text-muted"}.get(line[:1], "")
    return Content.styled(plain(line), colour)


def _line(each: Prompt | BrokenPrompt) -> Content:
    if isinstance(each, BrokenPrompt):
        return Content.assemble((f"✗ {each.name}", "$text-error"), ("\n  cannot be read", "$text-muted"))
    names = ", ".join(each.template.variables) or "no variables"
    return Content.assemble((each.name, "bold"), (f"\n  {one_line(names, limit=60)}", "$text-muted"))
