"""Waiting for something outside that may never come, with a way out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, TypeVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_app.core.errors import InfertermError
from tui_app.ui.commands import bindings
from tui_app.ui.typing_ahead import Interlude

T = TypeVar("T")
QUIET_S: Final = 0.4
"""What is done sooner than this is not announced."""


class GivenUp(InfertermError):
    """The person waited no longer."""


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    """How it ended: with a value, or with an error."""

    value: T | None = None
    error: InfertermError | None = None


class WaitingScreen(Interlude, ModalScreen[_Done[T] | None], Generic[T]):
    """Does `work` and returns how it ended; None when the person gave up. Shown only after a moment."""

    HELP = """
    Something takes its time: a window of the keyring may be asking, or a program be slow. Esc gives up
    waiting; nothing is changed by that.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialogue")]

    def __init__(self, work: Callable[[], Awaitable[T]], words: str, about: str) -> None:
        super().__init__(classes="-quiet")
        self._work, self._words, self._about = work, words, about

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content.assemble(("○ ", "$accent"), (self._words, "bold")))
            if self._about:
                yield Static(Content(self._about), classes="about")
            yield Static(Content.styled("esc gives up; nothing is lost", "$text-muted"))

    def on_mount(self) -> None:
        self.set_timer(QUIET_S, lambda: self.remove_class("-quiet"))
        self.run_worker(self._run(), group="waiting")

    async def _run(self) -> None:
        try:
            done: _Done[T] = _Done(value=await self._work())
        except InfertermError as error:
            done = _Done(error=error)
        self.dismiss(done)

    def action_leave(self) -> None:
        """Wait no longer."""
        self.dismiss(None)


async def waited(app: App[object], work: Callable[[], Awaitable[T]], words: str, about: str = "") -> T:
    """Do `work` under a sign that Esc removes. Raises GivenUp, and the InfertermErrors of `work`."""
    done = await app.push_screen_wait(WaitingScreen(work, words, about))
    if done is None:
        raise GivenUp(f"{words}: given up", "Nothing was changed.")
    if done.error is not None:
        raise done.error
    return done.value  # type: ignore[return-value]
