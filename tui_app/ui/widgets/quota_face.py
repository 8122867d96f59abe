"""The faces of the quota screen when there is no budget to show, and what stands beside its title."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from tui_app.core.errors import InfertermError
from tui_app.core.quota import Pacing

LOADING: Final = Content.styled("Reading the ledger …", "$text-muted")

EMPTY: Final = Content.assemble(
    ("No budget yet\n\n", "bold $accent"),
    "A budget begins with the first endpoint: one service, one key, one model, and how many "
    "requests may start in any 60 seconds.\n\n",
    (
        "Here you will see what is left of each, who started what in the last minute, in which "
        "terminal, who waits and when each will go, and what the service says of its own limits.\n\n"
        "esc goes back to the endpoints; n creates one there.",
        "$text-muted",
    ),
)


def failure(error: InfertermError, settings_key: str) -> Content:
    """What is wrong with the ledger, what to do, and what happens to requests meanwhile."""
    choice = f"{settings_key} opens the settings, where " if settings_key else "In the settings "
    return Content.assemble(
        ("✗ The quota cannot be read\n\n", "bold $text-error"),
        f"{error}\n",
        (f"{error.advice}\n\n" if error.advice else "\n", ""),
        (
            "Without the ledger nobody can count what all terminals send. Requests are refused until it "
            "works again, or each process keeps a limit of its own: never none at all.\n"
            f"{choice}you choose which. It is tried again by itself.",
            "$text-muted",
        ),
    )


def pacing_aside(pacing: Pacing, *, paused: bool, pause_key: str, settings_key: str) -> Content:
    """How starts are spread and where that is chosen; or that nothing starts."""
    if paused:
        return Content.assemble(("‖ paused", "bold $text-warning"), (f"  {pause_key} goes on", "$text-muted"))
    words = "starts: evenly spread" if pacing is Pacing.EVEN else "starts: as they come"
    return Content.styled(words + (f" · {settings_key} settings" if settings_key else ""), "$text-muted")
