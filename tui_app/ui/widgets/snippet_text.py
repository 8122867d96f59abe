"""Snippets as they are shown: names calm, values plain, what stands for the key set apart."""

from __future__ import annotations

import re
from typing import Final

from textual.content import Content
from textual.highlight import HighlightTheme, TokenType, highlight

from tui_app.core.snippets import KEY_PLACEHOLDER, Form

LONGEST: Final = 60_000
"""Characters that are shown in colours; more would hold up the screen."""
_LANGUAGES: Final = {
    Form.CONSOLE: "json",
    Form.CURL: "bash",
    Form.PYTHON: "python",
    Form.JAVASCRIPT: "javascript",
    Form.JSON: "json",
}
_NAMES: Final = re.compile(r"^ +(\"?\w+\"? ?[:=])", re.MULTILINE)
_REQUEST: Final = re.compile(r"^PUT (\S+)$", re.MULTILINE)


class _Calm(HighlightTheme):
    """A few colours that fit inferterm's themes, light and dark."""

    STYLES: dict[TokenType, str] = {  # noqa: RUF012 - as Textual declares it
        ("Comment",): "italic $text-warning",
        ("Keyword",): "$accent",
        ("Literal", "Number"): "$primary",
        ("Name", "Tag"): "$text-muted",
        ("Name", "Builtin"): "$accent",
    }


def snippet_text(text: str, form: Form, variable: str) -> Content:
    """Style a snippet; what stands for the key is `variable`'s name or the placeholder."""
    if len(text) > LONGEST:
        return Content(text)
    content = highlight(text.rstrip("\n"), language=_LANGUAGES[form], theme=_Calm)
    for name in _NAMES.finditer(text):
        content = content.stylize("$text-muted", *name.span(1))
    for request in _REQUEST.finditer(text) if form is Form.CONSOLE else ():
        content = content.stylize("not italic bold $accent", request.start(), request.start() + 3)
        content = content.stylize("bold $foreground", *request.span(1))
    for found in re.finditer(re.escape(variable or KEY_PLACEHOLDER), text):
        content = content.stylize("italic $text-warning", *found.span())
    return content
