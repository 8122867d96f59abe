"""Halves of characters, which no file, request or terminal can carry."""

from __future__ import annotations


def mended(text: str) -> str:
    """Join halves that stand together, and put U+FFFD for one that stands alone."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
