"""When answers of a batch are judged: at once if that takes a moment, else once nobody waits for answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui_app.core.batch_items import Item, Result, judged, judged_soon


class Judging:
    """Judges one answer at a time, for nothing else runs meanwhile. `now` is in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._lock = now, asyncio.Lock()
        self._postponed: list[tuple[Item, Result]] = []

    async def soon(self, item: Item, result: Result) -> Result:
        """The answer judged, or as it is where that takes long: `later` has it then.

        It is followed by as long a rest, in which answers that came meanwhile are kept.
        """
        async with self._lock:
            began = self._now()
            whole = judged_soon(item, result)
            await asyncio.sleep(self._now() - began)
        if whole is None:
            self._postponed.append((item, result))
        return whole or result

    def later(self) -> tuple[Item, Result] | None:
        """The next of those that take long, judged; None where there are no more."""
        if not self._postponed:
            return None
        item, result = self._postponed.pop()
        return item, judged(item, result)
