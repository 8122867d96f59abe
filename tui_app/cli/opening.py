"""Opening the app, where there is a terminal that it can draw on."""

from __future__ import annotations

import os
import sys
from typing import Final

from tui_app.cli.exits import NAME, Exit, complain, failed
from tui_app.cli.streams import is_terminal

_LINES_ONLY: Final = frozenset({"dumb", "unknown"})
"""Names of terminals that print what tells others to draw."""


def open_app(endpoint: str | None, instead: str) -> int:
    """Open the app, on the chat of an endpoint if one is named; `instead` is what works without a terminal.

    Raises Failed.
    """
    term = os.environ.get("TERM", "")
    if not _in_browser():
        if not is_terminal(sys.stdin, sys.stdout, sys.stderr):
            complain(
                "the app needs a terminal for standard input, output and error. "
                f"`{NAME} {instead}` works without one."
            )
            return Exit.BAD_INPUT
        if term in _LINES_ONLY:
            complain(
                f"the app draws, and this terminal only knows lines (TERM is {term}). "
                f"`{NAME} chat {endpoint or 'ID'} --plain` chats in lines."
            )
            return Exit.BAD_INPUT
    from tui_app import wiring
    from tui_app.core.errors import InfertermError

    try:
        return wiring.open_app(endpoint)
    except InfertermError as error:
        raise failed(error) from None


def _in_browser() -> bool:
    """Whether `inferterm web` started this for a page that is its terminal."""
    return os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")
