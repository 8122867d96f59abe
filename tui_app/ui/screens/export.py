"""The text that makes an endpoint elsewhere: for five clients, to be copied or saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Label, Static

from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import StoreFailed
from tui_app.core.snippets import KEY_PLACEHOLDER, Form, notes, snippet
from tui_app.ui.clipboard import copy
from tui_app.ui.commands import bindings
from tui_app.ui.text_files import save_text
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.pick import Pick
from tui_app.ui.widgets.snippet_text import snippet_text
from tui_app.ui.widgets.title_bar import TitleBar

_FORMS: Final = {
    Form.CONSOLE: "Console",
    Form.CURL: "curl",
    Form.PYTHON: "Python",
    Form.JAVASCRIPT: "JavaScript",
    Form.JSON: "JSON",
}
_SUFFIXES: Final = {
    Form.CONSOLE: "console.txt",
    Form.CURL: "sh",
    Form.PYTHON: "py",
    Form.JAVASCRIPT: "mjs",
    Form.JSON: "json",
}


class SnippetView(VerticalScroll, can_focus=True):
    """The snippet, moved with the arrows; wide lines move too."""

    DEFAULT_CSS = "SnippetView { overflow: auto auto; }"


class ExportScreen(Screen[None]):
    """Shows the snippet of `endpoint`, or of `everything`; changes nothing."""

    CSS_PATH = "../travel.tcss"
    HELP = """
    The text makes the same endpoint elsewhere: in Kibana's Console, with curl, with
    Elasticsearch's clients for Python and JavaScript, or as the bare body of a PUT.

    The key never goes out. A placeholder stands for it, or the environment variable that has it
    where the text is run. What is inferterm's own stays here and is said below the text.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("export")]

    form: reactive[Form] = reactive(Form.CONSOLE, init=False)
    variable: reactive[str] = reactive("", init=False)
    of_all: reactive[bool] = reactive(False, init=False)

    view = getters.query_one(SnippetView)

    def __init__(self, endpoint: Endpoint, everything: Sequence[Endpoint] = ()) -> None:
        super().__init__()
        self._endpoint, self._everything = endpoint, tuple(everything)

    def compose(self) -> ComposeResult:
        name, variable = self._endpoint.inference_id, self._endpoint.local.key.variable
        yield TitleBar(f"Export {name}", "what makes it elsewhere")
        with Vertical(id="export-choices"):
            with Horizontal():
                yield Label("For", classes="label")
                yield Pick({str(form): words for form, words in _FORMS.items()}, self.form, id="form")
            with Horizontal():
                yield Label("Key", classes="label")
                yield Pick({"none": KEY_PLACEHOLDER, "variable": f"from ${variable}"}, "none", id="key")
            if len(self._everything) > 1:
                with Horizontal():
                    yield Label("Of", classes="label")
                    yield Pick({"one": name, "all": f"all {len(self._everything)} endpoints"}, "one", id="of")
        with SnippetView(id="snippet"):
            yield Static(id="snippet-text")
        yield Static(id="export-notes")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#form").focus()
        self._show()

    @property
    def chosen(self) -> tuple[Endpoint, ...]:
        """The endpoints that are shown."""
        return self._everything if self.of_all else (self._endpoint,)

    @property
    def text(self) -> str:
        """The snippet."""
        return snippet(self.chosen, self.form, self.variable)

    def on_pick_changed(self, event: Pick.Changed) -> None:
        event.stop()
        self.form = Form(self.query_one("#form", Pick).value)
        named = self.query_one("#key", Pick).value == "variable"
        self.variable = self._endpoint.local.key.variable if named else ""
        self.of_all = any(pick.value == "all" for pick in self.query("#of").results(Pick))

    def watch_form(self) -> None:
        self._show()

    def watch_variable(self) -> None:
        self._show()

    def watch_of_all(self) -> None:
        self._show()

    def _show(self) -> None:
        self.query_one("#snippet-text", Static).update(snippet_text(self.text, self.form, self.variable))
        lines = [Content.styled(f"! {note}", "$text-warning") for note in notes(self.chosen, self.form)]
        self.query_one("#export-notes", Static).update(Content("\n").join(lines))
        self.view.scroll_home(animate=False)

    def action_next(self) -> None:
        """Show the text for the next client."""
        self.query_one("#form", Pick).action_turn(1)

    def action_key(self) -> None:
        """Change between the placeholder and the variable."""
        self.query_one("#key", Pick).action_turn(1)

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy the text, and say which way it went."""
        self.notify(await copy(self.app, self.text), markup=False)

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Write the text to a file; over an older one only after a question."""
        name = "endpoints" if self.of_all else self._endpoint.inference_id
        try:
            path = await save_text(self.app, self.text, f"~/{name}.{_SUFFIXES[self.form]}")
        except StoreFailed as error:
            self.notify(f"{error}\n{error.advice}", severity="error", markup=False, timeout=12)
        else:
            if path is not None:
                self.notify(f"Saved to {path}.", markup=False)

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)
