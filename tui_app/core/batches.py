"""Batches: many prompts to one endpoint, kept row by row, so that nothing is asked twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final

from tui_app.core.batch_items import Batch, Row, RowState
from tui_app.core.batch_reuse import Outlook, judged_anew, outlook
from tui_app.core.batch_runs import Run
from tui_app.core.batch_storage import BatchStore
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import BatchBusy, InfertermError
from tui_app.core.forecast import forecast
from tui_app.core.variations import Variation

if TYPE_CHECKING:
    from tui_app.core.batch_plans import Plan
    from tui_app.core.inference import Inference

CLOSING_S: Final = 4.0
"""How long closing waits for answers that are on the way."""


class Batches:
    """The batches of this user. What runs here runs on whatever screen is shown, until `aclose`."""

    def __init__(
        self, inference: Inference, store: BatchStore, clock: Callable[[], float] = time.time
    ) -> None:
        self._inference, self._store, self._clock = inference, store, clock
        self.running: dict[int, Run] = {}
        self.errors: dict[int, InfertermError] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._heard: list[Callable[[int, int], None]] = []

    @property
    def begun(self) -> frozenset[int]:
        """Those that run here, or are about to."""
        return frozenset((*self.running, *self._tasks))

    async def all(self) -> tuple[Batch, ...]:
        """All batches, the latest first. Raises StoreFailed."""
        return tuple(await self._store.all())

    async def get(self, batch_id: int) -> Batch:
        """One batch as it stands now. Raises StoreFailed."""
        return await self._store.get(batch_id)

    async def rows(self, batch_id: int, positions: Collection[int] | None = None) -> tuple[Row, ...]:
        """All rows of a batch, or those at these positions, in their order. Raises StoreFailed."""
        found: list[Row] = []
        for row in await self._store.rows(batch_id, positions):
            found.append(row.judged)
            if found[-1] is not row:
                await asyncio.sleep(0)
        return tuple(found)

    async def outlook(self, plan: Plan, again: Collection[RowState] = ()) -> Outlook:
        """What is left to ask of a plan, beside what earlier runs of its file and endpoint have asked.

        Rows that ended in one of the states `again` are asked once more. Raises StoreFailed.
        """
        return await outlook(self._store, plan, again)

    async def create(self, ahead: Outlook) -> Batch:
        """Keep a new batch; nothing is asked yet, and what has ended already is judged by its own checks.

        Checks may take long: others have their turn after each row. If another process made the same
        meanwhile, it is that one, unless all is asked anew. Raises StoreFailed.
        """
        kept: dict[int, Row] = {}
        for position, row in ahead.kept.items():
            kept[position] = judged_anew(row)
            await asyncio.sleep(0)
        return await self._store.create(ahead.plan, self._clock(), kept, once=not ahead.anew)

    async def work(
        self, batch_id: int, at_once: int | None = None, began: Callable[[Run], None] = lambda run: None
    ) -> bool:
        """Ask all that was not asked of a batch; tell whether it has ended.

        `began` is given the run, which can be stopped. Raises BatchBusy, StoreFailed, and what stops all.
        """
        if batch_id in self.running:
            raise BatchBusy("this batch is at work already", "It goes on; nothing is asked twice.")
        await self._store.claim(batch_id)
        try:
            batch = await self._store.get(batch_id)
            endpoint = await self._inference.endpoints.get(batch.head.endpoint)
            varied = Variation(endpoint.inference_id, batch.head.model).of(endpoint)
            line = await self._inference.line(varied)
            run = Run(batch_id, await self._judged(batch_id), line, self._store, at_once)
            run.subscribe(lambda position: self._tell(batch_id, position))
            self.running[batch_id] = run
            began(run)
            self._tell(batch_id)
            await run.work()
            if run.done:
                await self._store.end(batch_id, self._clock(), stopped=False)
            return run.done
        finally:
            self.running.pop(batch_id, None)
            await self._store.release(batch_id)
            self._tell(batch_id)

    async def last_starts_in(self, counts: Sequence[tuple[Endpoint, int]]) -> float:
        """Seconds until the last of so many more requests to each endpoint starts, after all that run here.

        Raises LedgerFailed, and what finding the key raises.
        """
        lines = [(await self._inference.line(endpoint), count) for endpoint, count in counts]
        wanted = {line.group: 0 for line, _ in lines}
        for line, count in lines:
            wanted[line.group] += count
        for run in self.running.values():
            if run.group in wanted:
                wanted[run.group] += run.unqueued
        told = [forecast(line.quota(), wanted[line.group], line.now()) for line, _ in lines]
        return max((each.last_in_s for each in told), default=0.0)

    def start(self, batch_id: int, at_once: int | None = None) -> None:
        """Let a batch run on by itself; what stops it is found in `errors`."""
        if batch_id not in self._tasks:
            self.errors.pop(batch_id, None)
            self._tasks[batch_id] = asyncio.create_task(
                self._run(batch_id, at_once), name=f"batch {batch_id}"
            )

    def pause(self, batch_id: int) -> None:
        """Begin no more rows; `start` goes on where it was."""
        if run := self.running.get(batch_id):
            run.stop()

    async def stop(self, batch_id: int) -> None:
        """End a batch before its end: what was not asked stays so. Raises BatchBusy, StoreFailed."""
        self.pause(batch_id)
        if task := self._tasks.get(batch_id):
            await asyncio.wait((task,))
        await self._store.claim(batch_id)
        try:
            await self._store.end(batch_id, self._clock(), stopped=True)
        finally:
            await self._store.release(batch_id)
            self.errors.pop(batch_id, None)
            self._tell(batch_id)

    async def ask_again(self, batch_id: int, states: Sequence[RowState]) -> int:
        """Let rows that ended so be asked again; tell how many. Raises BatchBusy, StoreFailed."""
        await self._store.claim(batch_id)
        try:
            return await self._store.ask_again(batch_id, states)
        finally:
            await self._store.release(batch_id)
            self._tell(batch_id)

    async def mark(self, batch_id: int, position: int, mark: int | None) -> None:
        """Keep a mark of a row, 1 to 5, or none. Raises StoreFailed."""
        await self._store.mark(batch_id, position, mark)
        self._tell(batch_id, position)

    async def delete(self, batch_id: int) -> None:
        """Forget a batch; if it runs here, what is on the way is given up. Raises BatchBusy, StoreFailed."""
        if task := self._tasks.get(batch_id):
            task.cancel()
            await asyncio.wait((task,))
        await self._store.claim(batch_id)
        await self._store.delete(batch_id)
        self._tell(batch_id)

    def now(self) -> float:
        """Wall-clock seconds."""
        return self._clock()

    def subscribe(self, changed: Callable[[int, int], None]) -> Callable[[], None]:
        """Call `changed` with the id of a batch that changed here, and the position of the row.

        That is -1 for what is more than one row. Returns what ends it.
        """
        self._heard.append(changed)
        return lambda: self._heard.remove(changed)

    async def aclose(self) -> None:
        """Stop what runs: answers on the way may come for a moment, then they are given up."""
        tasks = tuple(self._tasks.values())
        for batch_id in tuple(self.running):
            self.pause(batch_id)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSING_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, batch_id: int, at_once: int | None) -> None:
        try:
            await self.work(batch_id, at_once)
        except InfertermError as error:
            self.errors[batch_id] = error
        finally:
            self._tasks.pop(batch_id, None)
            self._tell(batch_id)

    async def _judged(self, batch_id: int) -> list[Row]:
        """All rows of a batch, each that was answered with what its checks say, on disk too."""
        rows: list[Row] = []
        for row in await self._store.rows(batch_id):
            rows.append(row.judged)
            if rows[-1] is not row and rows[-1].result is not None:
                await self._store.keep(batch_id, row.item.position, row.state, rows[-1].result)
        return rows

    def _tell(self, batch_id: int, position: int = -1) -> None:
        for changed in tuple(self._heard):
            changed(batch_id, position)
