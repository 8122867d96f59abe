"""Foreign text made fit for the screen."""

from __future__ import annotations

from tui_app.core.text import plain


def shown(text: str) -> str:
    """Make foreign text fit to be drawn: plain, and every kind of line end a line feed.

    Textual counts lines by `str.splitlines`, the Markdown parser by line feeds; a text in which
    the two differ would lose its end.
    """
    return plain(text).replace("\u2028", "\n").replace("\u2029", "\n\n")
