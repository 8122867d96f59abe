"""What came along with a prompt: images, and files that were put into it as text between tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Final

from tui_app.sandbox.blocks import AnyBlock, DocumentBlock, ImageBlock, TextBlock
from tui_app.sandbox.facts import excerpt, several
from tui_app.sandbox.pictures import picture
from tui_app.sandbox.text_files import file_in

_MOST: Final = 20


def descriptions(blocks: Iterable[AnyBlock]) -> list[str]:
    """What came along, a line each, as Markdown; of many only the first."""
    found = list(_descriptions(blocks))
    return found if len(found) <= _MOST else [*found[:_MOST], f"{len(found) - _MOST:,} more"]


def _descriptions(blocks: Iterable[AnyBlock]) -> Iterator[str]:
    for block in blocks:
        match block:
            case ImageBlock():
                yield _image(block)
            case DocumentBlock():
                yield f"a document {excerpt(block.title)}" if block.title else "a document"
            case TextBlock() if file := file_in(block.text):
                yield _text(file)


def _image(block: ImageBlock) -> str:
    found = picture(block)
    if found is None:
        return "an image that lies elsewhere, which the sandbox does not fetch"
    kind = found.media_type.partition("/")[2].upper().replace("WEBP", "WebP")
    shape = "square" if found.width == found.height else "wide" if found.width > found.height else "tall"
    sides = f"{found.width:,} by {found.height:,} pixels"
    return f"a {shape} image, {kind}, {sides}, {found.size:,} bytes"


def _text(file: re.Match[str]) -> str:
    text = file["text"]
    name = excerpt(unescape(file["name"] or "without a name"), 80)
    lines = several(text.count("\n") + (not text.endswith("\n")), "line")
    words = several(len(text.split()), "word")
    start = f", begins with {excerpt(text)}" if text.strip() else ""
    return f"the file {name}, {lines}, {words}{start}"
