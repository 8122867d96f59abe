"""Images in a request: what they are by their content, what the API refuses of them, what they weigh."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui_app.sandbox.blocks import ImageBlock
from tui_app.sandbox.errors import ApiError

MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp")
MOST_BASE64: Final = 10 * 1024 * 1024
MOST_SIDE, MOST_SIDE_OF_MANY, MANY, MOST_IMAGES = 8_000, 2_000, 20, 100
_PATCH: Final = 28
_COARSE, _FINE = (1_568, 1_568), (2_576, 4_784)
"""Pixels of the longer side and tokens that are seen at most."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: its type, its bytes, its size in pixels (0 where the content does not tell)."""

    media_type: str
    size: int
    width: int
    height: int

    def tokens(self, *, fine: bool) -> int:
        """What it weighs: a token for each patch of 28 pixels by 28, of a large one when it is made smaller.

        `fine` is for models from 4.7 on, which see more of it.
        """
        longest, most = _FINE if fine else _COARSE
        for side in range(min(longest, max(self.width, self.height)), 0, -1):
            scale = side / max(self.width, self.height)
            if (found := _patches(self.width * scale) * _patches(self.height * scale)) <= most:
                return found
        return most


def picture(block: ImageBlock) -> Picture | None:
    """The picture that a block carries; None for one that lies elsewhere, or is none."""
    data = block.source.get("data")
    if block.source.get("type") != "base64" or not isinstance(data, str):
        return None
    return _looked_at(data)


def _patches(pixels: float) -> int:
    return -(-max(1, round(pixels)) // _PATCH)


def check_picture(block: ImageBlock, where: str, number: int) -> None:
    """Raise ApiError 400 for an image that the API would refuse; `number` is how many the request has."""
    source, where = block.source, f"{where}.image.source"
    kind = source.get("type")
    if kind not in ("base64", "url", "file"):  # it may be anything, which no set takes
        raise ApiError(400, f"{where}: Input tag '{kind}' found using 'type' does not match any of the "
                       "expected tags: 'base64', 'file', 'url'")  # fmt: skip
    if kind == "base64":
        _check_base64(source, block, f"{where}.base64", number)


def _check_base64(source: Mapping[str, object], block: ImageBlock, where: str, number: int) -> None:
    data, told = source.get("data"), source.get("media_type")
    if not isinstance(data, str) or not data:
        raise ApiError(400, f"{where}.data: Field required")
    if told not in MEDIA_TYPES:
        wanted = ", ".join(f"'{each}'" for each in MEDIA_TYPES)
        raise ApiError(400, f"{where}.media_type: Input should be {wanted}")
    if len(data) > MOST_BASE64:
        raise ApiError(400, f"{where}: image exceeds 10 MB maximum: {len(data)} bytes > {MOST_BASE64} bytes")
    found = picture(block)
    if found is None:
        raise ApiError(400, f"{where}.data: Could not process image")
    if found.media_type != told:
        words = f"The image was specified using the {told} media type, but the image appears to be a"
        raise ApiError(400, f"{where}: {words} {found.media_type} image")
    most = MOST_SIDE_OF_MANY if number > MANY else MOST_SIDE
    if max(found.width, found.height) > most:
        many = "for many-image requests: " if number > MANY else ": "
        words = f"At least one of the image dimensions exceed max allowed size{' ' if number > MANY else ''}"
        raise ApiError(400, f"{where}.data: {words}{many}{most} pixels")


def _looked_at(data: str) -> Picture | None:
    try:
        found = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    for media_type, sides in ((kind, read(found)) for kind, read in _READERS.items()):
        if sides is not None:
            return Picture(media_type, len(found), *sides)
    return None


def _png(data: bytes) -> tuple[int, int] | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 24:
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _gif(data: bytes) -> tuple[int, int] | None:
    if data[:6] not in {b"GIF87a", b"GIF89a"} or len(data) < 10:
        return None
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _webp(data: bytes) -> tuple[int, int] | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return 1 + bits % 0x4000, 1 + (bits >> 14) % 0x4000
        case b"VP8 ":
            sides = (int.from_bytes(data[at : at + 2], "little") % 0x4000 for at in (26, 28))
            return next(sides), next(sides)
        case _:
            return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


_READERS: Final = {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
