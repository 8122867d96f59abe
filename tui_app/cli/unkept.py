"""Requests that could not be written down and are missing from all totals: that is said once, in one line."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui_app.cli.exits import complain, sentences

if TYPE_CHECKING:
    import asyncio

    from tui_app.core.totals import Totals


class Unkept:
    """Says why totals leave out what was asked by this process; again only after it was kept meanwhile."""

    def __init__(self, totals: Totals) -> None:
        self._totals, self._told = totals, False

    def tell(self) -> None:
        """Say it, if it is so and was not said."""
        trouble = self._totals.trouble
        if trouble and not self._told:
            complain(f"note: missing from the totals, {sentences(trouble, self._totals.advice)}")
        self._told = bool(trouble)

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None, None]:
        """Say it meanwhile, as soon as it is so."""
        import asyncio

        noted = asyncio.Event()
        forget = self._totals.subscribe(noted.set)
        watch = asyncio.create_task(self._watch(noted))
        try:
            yield
        finally:
            forget()
            watch.cancel()
            await asyncio.wait([watch])

    async def _watch(self, noted: asyncio.Event) -> None:
        while True:
            await noted.wait()
            noted.clear()
            await self._totals.aclose()
            self.tell()
