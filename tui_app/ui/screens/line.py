"""A question that is answered with one line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_app.ui.commands import bindings


class LineScreen(ModalScreen[str | None]):
    """Asks for one line; `check` says what is wrong with it, or nothing. Returns None when left.

    With `secret` the line is masked and never shown. `problem` is what was wrong with the line before.
    """

    HELP = """
    A line to type: enter goes on with it, esc leaves everything as it is. What is wrong with it is said
    below. In the name of a file `~` is your home folder.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialogue")]

    def __init__(
        self,
        question: str,
        about: str,
        *,
        value: str = "",
        secret: bool = False,
        placeholder: str = "",
        problem: str = "",
        check: Callable[[str], str] = lambda line: "" if line.strip() else "nothing was typed",
    ) -> None:
        super().__init__()
        self._question, self._about, self._check = question, about, check
        self._value, self._secret, self._placeholder = value, secret, placeholder
        self._problem = problem

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._question)
            yield Static(Content(self._about), classes="about")
            yield Input(self._value, password=self._secret, placeholder=self._placeholder, compact=True)
            yield Static(_told(self._problem), id="line-problem")
            yield Static(Content.styled("enter goes on, esc leaves everything as it is", "$text-muted"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        problem = self._check(event.value)
        if problem:
            self.query_one("#line-problem", Static).update(_told(problem))
        else:
            self.dismiss(event.value)

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


def _told(problem: str) -> Content:
    return Content.styled(f"✗ {problem}" if problem else "", "$text-error")
