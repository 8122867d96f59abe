"""The app among requests: some start, one after another, and others wait, for as long as it runs.

python -m tests.benchmarks.crowd ENDPOINT WAITING

They draw on the quota of ENDPOINT as real ones do, but nothing is sent: only the app itself is measured.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path, PurePath
from typing import ClassVar

from tui_app.core.place import Place
from tui_app.core.preferences import Preferences
from tui_app.core.quota import WINDOW_S, Source
from tui_app.ui import app
from tui_app.ui.equipment import Equipment
from tui_app.wiring import build


class CrowdedApp(app.InfertermApp):
    """The app, with `waiting` requests more than its endpoint's limit lets start."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(app.__file__).with_name("app.tcss")]

    def __init__(self, inference_id: str, waiting: int) -> None:
        bench = build()
        super().__init__(Equipment(bench.inference, Preferences(bench.settings, bench.chosen, bench.obey)))
        self._inference_id, self._many = inference_id, waiting

    def on_ready(self) -> None:
        """Begin once the first screen is seen."""
        self.run_worker(self._crowd())

    async def _crowd(self) -> None:
        """Let the limit be used evenly over the window, then let the others wait."""
        entry = await self.inference.endpoints.entry(self._inference_id)
        limit = entry.endpoint.limit

        def join(source: Source) -> Place:
            return self.inference.queue.join(entry.group, limit, self._inference_id, source)

        sources = [Source.CHAT, Source.BATCH, Source.ASK]
        for number in range(limit):
            await self._go(join(sources[number % len(sources)]))
            await asyncio.sleep(WINDOW_S / limit)
        places = [join(sources[number % len(sources)]) for number in range(self._many)]
        await asyncio.gather(*map(self._go, places))

    async def _go(self, place: Place) -> None:
        async with place:
            await place.sent()


if __name__ == "__main__":
    CrowdedApp(sys.argv[1], int(sys.argv[2])).run()
