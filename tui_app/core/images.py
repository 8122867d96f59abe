"""What the first bytes of an image tell: its type and its size in pixels, by content and not by name."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_NO_FRAME: Final = frozenset({0x01, *range(0xD0, 0xDA)})
"""JPEG markers without a length, and those at which the picture itself begins."""
_NO_SIZE: Final = frozenset({0xC4, 0xC8, 0xCC})
"""JPEG markers among those of frames that are tables."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A type that the Messages API takes, and pixels; both are 0 where the file does not tell."""

    media_type: str
    width: int = 0
    height: int = 0


def picture_of(data: bytes) -> Picture | None:
    """The picture that the bytes are: PNG, JPEG, GIF or WebP; None for anything else."""
    if data.startswith(_PNG):
        return Picture("image/png", *_two(">II", data, 16 if data[12:16] == b"IHDR" else len(data)))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Picture("image/gif", *_two("<HH", data, 6))
    if data.startswith(b"\xff\xd8\xff"):
        return Picture("image/jpeg", *_jpeg(data))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Picture("image/webp", *_webp(data))
    return None


def _two(form: str, data: bytes, at: int) -> tuple[int, int]:
    """Two numbers at a place; 0 and 0 where the data ends before."""
    if at + struct.calcsize(form) > len(data):
        return 0, 0
    first, second = struct.unpack_from(form, data, at)
    return int(first), int(second)


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return 0, 0
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _NO_FRAME:
            return 0, 0
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = _two(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    form = data[12:16]
    if form == b"VP8X" and len(data) >= 30:
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if form == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = _two("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
