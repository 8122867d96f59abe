"""The PUT body as it is shown: names calm, values plain, the key's placeholder set apart."""

from __future__ import annotations

import re

from textual.content import Content

from tui_app.core.snippets import KEY_PLACEHOLDER

_NAMES = re.compile(r'^\s*"[^"]+":', re.MULTILINE)


def body_preview(text: str) -> Content:
    """Style a request in Console's notation."""
    content = Content(text).stylize("bold $accent", 0, 3)
    for name in _NAMES.finditer(text):
        content = content.stylize("$text-muted", name.start(), name.end())
    at = text.find(f'"{KEY_PLACEHOLDER}"')
    return content if at < 0 else content.stylize("italic $text-warning", at, at + len(KEY_PLACEHOLDER) + 2)
