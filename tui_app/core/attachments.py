"""What goes along with a prompt: text files and images, with the limits of the Messages API.

Limits of images from the Messages API's documentation, as of October 2026: 10 MB each as base64 (5 MB on
Bedrock and Google Cloud), 8,000 pixels a side, 2,000 where a request has more than 20.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from tui_app.core.counts import counted
from tui_app.core.errors import InvalidRequest
from tui_app.core.images import Picture, picture_of
from tui_app.core.jsons import JsonObject
from tui_app.core.text import one_line

MOST_TEXT: Final = 4_000_000
"""Bytes of a text file: about what fills a context of a million tokens."""
MOST_IMAGE: Final = 10 * 1024 * 1024 // 4 * 3
"""Bytes of an image whose base64 is 10 MB."""
MOST_SIDE: Final = 8_000
TEXT: Final = "text/plain"
NAME_MAX: Final = 255
_BINARY: Final = "it holds bytes that no text has"
_TAKEN: Final = "Text in UTF-8, and images as PNG, JPEG, GIF or WebP can be attached."


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Attachment:
    """A file as it was when it was attached: `digest` is the SHA-256 of `data`, sizes are pixels.

    Two are equal when name, type and digest are.
    """

    name: str
    media_type: str
    digest: str
    data: bytes = field(repr=False, compare=False)
    width: int = field(default=0, compare=False)
    height: int = field(default=0, compare=False)

    @property
    def is_image(self) -> bool:
        """Whether it is an image and not a text."""
        return self.media_type != TEXT

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.data)

    @property
    def text(self) -> str:
        """The text of a text file; empty for an image."""
        return "" if self.is_image else self.data.decode("utf-8-sig", "replace")

    def named(self, name: str) -> Attachment:
        """The same file under another name."""
        return self if name == self.name else replace(self, name=sound_name(name))


def attachment(name: str, data: bytes) -> Attachment:
    """A file to attach, by its content. Raises InvalidRequest for one that no model would be sent."""
    named = sound_name(name)
    picture = picture_of(data)
    if picture is None:
        _check_text(named, data)
        picture = Picture(TEXT)
    else:
        _check_image(named, data, picture)
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(named, picture.media_type, digest, data, picture.width, picture.height)


def sound_name(name: str) -> str:
    """A file's name on one line, without a folder."""
    return one_line(name.replace("/", "\u2215"), limit=NAME_MAX) or "file"


def too_large(name: str, size: int, most: int, what: str = "file") -> InvalidRequest:
    """The refusal of a file by its size."""
    return InvalidRequest(
        f"{name} has {size_words(size)}; {what}s of at most {size_words(most)} can be attached",
        "Take a part of it, or make it smaller.",
    )


def _check_image(name: str, data: bytes, picture: Picture) -> None:
    if len(data) > MOST_IMAGE:
        raise too_large(name, len(data), MOST_IMAGE, "image")
    if not picture.width or not picture.height:
        kind = picture.media_type.partition("/")[2].upper()
        raise InvalidRequest(f"{name} begins as {kind} and is no whole image", "Write it anew and try again.")
    if max(picture.width, picture.height) > MOST_SIDE:
        raise InvalidRequest(
            f"{name} is {picture.width}x{picture.height} pixels; a side may have {MOST_SIDE:,}",
            "Make it smaller: models see at most 2,576 pixels a side.",
        )


def _check_text(name: str, data: bytes) -> None:
    if not data:
        raise InvalidRequest(f"{name} is empty", "There is nothing to send of it.")
    if data.startswith(b"%PDF-"):
        raise InvalidRequest(
            f"{name} is a PDF, which cannot be attached", "Attach its text, or a picture of it."
        )
    if len(data) > MOST_TEXT:
        raise too_large(name, len(data), MOST_TEXT, "text file")
    if b"\0" in data:
        raise InvalidRequest(f"{name} is no text: {_BINARY}", _TAKEN)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1:,} is none of UTF-8"
        raise InvalidRequest(f"{name} cannot be read as text: {place}", _TAKEN) from None


def size_words(size: int) -> str:
    """A number of bytes in words: `812 bytes`, `9.1 kB`, `1.2 MB`."""
    if size < 1_000:
        return counted(size, "byte")
    return f"{size / 1_000:.1f} kB" if size < 999_950 else f"{size / 1_000_000:.1f} MB"


def line_words(text: str) -> str:
    """How many lines a text has, in words."""
    return counted(text.count("\n") + (not text.endswith("\n")), "line")


def facts(each: Attachment) -> str:
    """What there is to say of it beside its name: `214 lines, 9.1 kB`, `PNG, 640 by 480, 1.2 MB`."""
    if not each.is_image:
        return f"{line_words(each.text)}, {size_words(each.size)}"
    kind = each.media_type.partition("/")[2].upper().replace("WEBP", "WebP")
    return f"{kind}, {each.width}x{each.height}, {size_words(each.size)}"


def image_block(each: Attachment) -> JsonObject:
    """An image as a block of the Messages API."""
    data = base64.b64encode(each.data).decode("ascii")
    return {"type": "image", "source": {"type": "base64", "media_type": each.media_type, "data": data}}


def image_note(each: Attachment) -> JsonObject:
    """What stands for an image where the model takes none."""
    return {"type": "text", "text": f"[The image {each.name} was here; it is not sent to this model.]"}


def _tags() -> Iterator[str]:
    yield "file"
    yield from (f"file-{number}" for number in count(2))


def text_block(each: Attachment) -> JsonObject:
    """A text file as a block of the Messages API, between tags that stand nowhere in it."""
    text = each.text
    tag = next(name for name in _tags() if f"</{name}" not in text)
    name = each.name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    end = "" if text.endswith("\n") else "\n"
    return {"type": "text", "text": f'<{tag} name="{name}">\n{text}{end}</{tag}>'}
