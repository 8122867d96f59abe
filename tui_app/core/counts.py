"""Numbers of things in words."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """A number and what it counts: `1 row`, `1,200 rows`; `many` is for words that take no `s`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
