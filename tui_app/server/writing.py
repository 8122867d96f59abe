"""Changes to what is kept: of one endpoint one after another, each to its end even if its client left."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from weakref import WeakValueDictionary

_Result = TypeVar("_Result")


class Writing:
    """Does changes whole: a file is never without its key because a client hung up between the two."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def do(self, inference_id: str, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do the work when nothing else changes the endpoint; who is cancelled waits for its end."""
        task = asyncio.create_task(self._in_turn(inference_id, work))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()
            raise

    async def _in_turn(self, inference_id: str, work: Coroutine[Any, Any, _Result]) -> _Result:
        turn = self._turns.setdefault(inference_id, asyncio.Lock())
        async with turn:
            return await work
