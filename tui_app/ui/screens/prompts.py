"""The library of prompts: files that can be edited, compared, filled in and asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.prompts import BrokenPrompt, Prompt, Prompts
from tui_app.core.templates import Template
from tui_app.core.text import one_line, plain
from tui_app.ui.commands import bindings
from tui_app.ui.equipment import Testing
from tui_app.ui.kept_list import KeptListScreen
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
_NEEDS_ONE = {"edit", "versions", "delete"}
_NEEDS_SOUND = {"ask", "batch"}


class PromptsScreen(KeptListScreen[str | None]):
    """All prompts on the left, the one under the cursor on the right.

    With `picking` it returns the name of the one that is chosen instead of asking it. A new one begins as
    `first`.
    """

    CSS_PATH = "../batches.tcss"
    HELP = """
    Each prompt is a file of TOML in the folder prompts beside the endpoints, to be edited with any
    editor. What inferterm uses is kept as a version; v shows what changed.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompts")]

    filter_line = getters.query_one("#prompts-wanted", Input)

    def __init__(
        self,
        inference: Inference,
        prompts: Prompts,
        about: str | None = None,
        *,
        picking: bool = False,
        first: Template | None = None,
    ) -> None:
        super().__init__()
        self._inference, self._prompts, self._about, self._picking = inference, prompts, about, picking
        self._first = first
        self._found: Sequence[Prompt | BrokenPrompt] = ()

    def compose(self) -> ComposeResult:
        yield TitleBar("choose a prompt" if self._picking else "prompts")
        yield Input(id="prompts-wanted", placeholder="words in name, text or description", compact=True)
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
            self.complain(error)
        self._list(name)

    def _list(self, name: str = "") -> None:
        words = self.filter_line.value.casefold().split()
        found = [each for each in self._found if all(word in _text(each) for word in words)]
        self.fill([(each.name, _line(each)) for each in found], name)
        self.set_class(not self._found, "-empty")
        some = f"{len(found)} of " if words else ""
        self.query_one(TitleBar).about = f"{some}{len(self._found)}"
        self._show()

    def on_input_changed(self) -> None:
        self._list()

    def on_input_submitted(self) -> None:
        self.lines.focus()

    def on_key(self, event: events.Key) -> None:
        line = self.filter_line
        if event.key == "escape" and (line.value or line.has_focus):
            event.stop()
            event.prevent_default()
            line.value = ""
            line.remove_class("-open")
            self.lines.focus()
        elif event.key == "down" and line.has_focus:
            self.lines.focus()

    def action_filter(self) -> None:
        """Let the person type what prompts are to hold."""
        self.filter_line.add_class("-open")
        self.filter_line.focus()

    @property
    def selected(self) -> Prompt | BrokenPrompt | None:
        """The prompt under the cursor."""
        return next((each for each in self._found if each.name == self.selected_id), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        if action in _NEEDS_SOUND:
            return isinstance(self.selected, Prompt) and not (self._picking and action == "batch")
        return action not in _NEEDS_ONE or self.selected is not None

    def _show(self) -> None:
        view, each = self.query_one("#prompt-text", Static), self.selected
        if isinstance(each, Prompt):
            head = Content.styled(f"{each.template.description}\n{each.path}\n\n".lstrip(), "$text-muted")
            view.update(head + template_text(each.template))
        elif each is not None:
            view.update(Content.styled(f"✗ {each.place}: {plain(each.reason)}", "$text-error"))
        else:
            view.update("")
        self.refresh_bindings()

    def on_option_list_option_highlighted(self) -> None:
        self._show()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_ask()

    @work(group="ask", exclusive=True)
    async def action_ask(self) -> None:
        """Fill the prompt in and take it into a chat, or return it where one is picked."""
        from tui_app.ui.prompt_flows import take_into_chat

        if not isinstance(each := self.selected, Prompt):
            return
        if self._picking:
            self.dismiss(each.name)
            return
        try:
            await take_into_chat(self.app, self._inference, self._prompts, each.name, self._about)
        except InfertermError as error:
            self.complain(error)

    @work(group="edit", exclusive=True)
    async def action_new(self) -> None:
        """Make a prompt and edit it."""
        from tui_app.ui.prompt_flows import create, edit

        try:
            name = await create(self.app, self._prompts, self._first)
            if name is not None:
                self.read(name)
                await edit(self.app, self._prompts, name)
                self.read(name)
        except InfertermError as error:
            self.complain(error)

    @work(group="edit", exclusive=True)
    async def action_edit(self) -> None:
        """Edit the file in the editor of $VISUAL or $EDITOR."""
        from tui_app.ui.prompt_flows import edit

        if (each := self.selected) is not None:
            try:
                await edit(self.app, self._prompts, each.name)
            except InfertermError as error:
                self.complain(error)
            self.read(each.name)

    @work(group="versions", exclusive=True)
    async def action_versions(self) -> None:
        """Show how the versions of the prompt differ."""
        from tui_app.ui.screens.versions import VersionsScreen

        if (each := self.selected) is not None:
            await self.app.push_screen_wait(VersionsScreen(self._prompts, each.name))
            self.read(each.name)

    @work(group="batch", exclusive=True)
    async def action_batch(self) -> None:
        """Ask the prompt over a file, or a grid of settings."""
        from tui_app.ui.batch_flows import begin
        from tui_app.ui.screens.batch import BatchScreen

        batches = self.app.equipment.batches if isinstance(self.app, Testing) else None
        if isinstance(each := self.selected, Prompt) and batches is not None:
            try:
                begun = await begin(
                    self.app, self._inference, self._prompts, batches, self._about, prompt=each.name
                )
                if begun is not None:
                    await self.app.push_screen(BatchScreen(batches, await batches.get(begun)))
            except InfertermError as error:
                self.complain(error)

    @work(group="delete", exclusive=True)
    async def action_delete(self) -> None:
        """Delete the file, if that is meant."""
        if (each := self.selected) is None:
            return
        what = "Its versions stay, and git has it if it was put there."
        if await self.sure(f"Delete {each.name}?", each.path, "Delete the file", what):
            try:
                await self._prompts.delete(each.name)
            except InfertermError as error:
                self.complain(error)
            self.read()


def _line(each: Prompt | BrokenPrompt) -> Content:
    if isinstance(each, BrokenPrompt):
        return Content.assemble((f"✗ {each.name}", "$text-error"), ("\n  cannot be read", "$text-muted"))
    names = ", ".join(each.template.variables) or "no variables"
    return Content.assemble((each.name, "bold"), (f"\n  {one_line(names, limit=60)}", "$text-muted"))


def _text(each: Prompt | BrokenPrompt) -> str:
    """What is searched of a prompt, in which case does not matter."""
    return (f"{each.name} {each.text}" if isinstance(each, Prompt) else each.name).casefold()
