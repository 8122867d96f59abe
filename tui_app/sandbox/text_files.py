"""Files that were put into a turn as text between tags, told from what was said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tui_app.sandbox.blocks import AnyBlock, TextBlock

_FILE: Final = re.compile(
    r"<(?P<tag>(?:file|document)(?:-\d+)?)(?: (?:name|title)=\"(?P<name>[^\"\n]*)\")?>\n"
    r"(?P<text>.*)</(?P=tag)>\s*",
    re.DOTALL,
)


def said(blocks: Iterable[AnyBlock]) -> str:
    """The text of a turn, without the files in it."""
    texts = (block.text for block in blocks if isinstance(block, TextBlock))
    return "\n".join(text for text in texts if not file_in(text))


def file_in(text: str) -> re.Match[str] | None:
    """The file that a text is, if it is nothing else."""
    if not text.startswith(("<file", "<document")):
        return None
    return _FILE.fullmatch(text)
