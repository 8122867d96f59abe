"""Small images of each type that the Messages API takes, made by hand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Final


def png(width: int, height: int) -> bytes:
    """A whole PNG, black."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * min(height, 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif(width: int, height: int) -> bytes:
    """A GIF with one pixel drawn."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + screen + b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00;"


def jpeg(width: int, height: int) -> bytes:
    """The head of a JPEG, with a thumbnail in front of its frame."""
    jfif = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    tables = b"\xff\xc4\x00\x04\0\0"
    frame = b"\xff\xc2\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + jfif + tables + frame + b"\xff\xda\x00\x02\xff\xd9"


def webp(width: int, height: int) -> bytes:
    """The head of an extended WebP."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + sides


def lossy_webp(width: int, height: int) -> bytes:
    """The head of a lossy WebP; a side has at most 16,383 pixels."""
    return b"RIFF\x1e\0\0\0WEBPVP8 \x12\0\0\0\x10\x02\0\x9d\x01\x2a" + struct.pack("<HH", width, height)


def lossless_webp(width: int, height: int) -> bytes:
    """The head of a lossless WebP; a side has at most 16,384 pixels."""
    bits = (width - 1) | (height - 1) << 14
    return b"RIFF\x1e\0\0\0WEBPVP8L\x12\0\0\0\x2f" + bits.to_bytes(4, "little") + b"\0" * 8


MAKERS: Final[dict[str, tuple[Callable[[int, int], bytes], ...]]] = {
    "image/png": (png,),
    "image/gif": (gif,),
    "image/jpeg": (jpeg,),
    "image/webp": (webp, lossy_webp, lossless_webp),
}
"""What makes images of each type."""
