"""Asking a ledger that another process may hold at this moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from tui_app.core.errors import LedgerBusy

T = TypeVar("T")
_TRIES: Final = 100
_PAUSE_S: Final = 0.01


async def once_free(ask: Callable[[], T]) -> T:
    """What `ask` tells; while it raises LedgerBusy it is asked again, for about a second."""
    for _ in range(_TRIES):
        try:
            return ask()
        except LedgerBusy:
            await asyncio.sleep(_PAUSE_S)
    return ask()
