"""Runs: a batch at work in this process, row by row within the quota."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Final

from tui_app.core.batch_items import ENDED, Item, Result, Row, RowState, Trouble, result_of
from tui_app.core.batch_judging import Judging
from tui_app.core.batch_progress import Progress
from tui_app.core.batch_retries import batch_retry_delay, stops_all
from tui_app.core.batch_storage import BatchStore
from tui_app.core.conversation import Outcome
from tui_app.core.errors import ConnectionLost, InfertermError, LedgerFailed, StoreFailed
from tui_app.core.events import Queued, Retrying, Sent
from tui_app.core.judging import takes_time
from tui_app.core.lines import Line
from tui_app.core.patience import Patience
from tui_app.core.quota import Group, Source
from tui_app.core.replies import Reply

LEAST_AT_ONCE: Final = 4
MOST_AT_ONCE: Final = 200
_SPARE: Final = 1.5
_RATE_OVER: Final = 60.0
_KEEP_AGAIN: Final = 10
_KEEP_AGAIN_S: Final = 1.0
"""How often, and after how long, an answer is kept once more that the disk did not take."""


class Run:
    """Works on the rows of a batch that this process has claimed; `work` does all of it.

    One row at a time waits for its turn, so that a chat is never behind more than one of them. No more are
    on the way than the limit makes use of: those are what a kill can lose.
    """

    def __init__(
        self, batch_id: int, rows: Sequence[Row], line: Line, store: BatchStore, at_once: int | None = None
    ) -> None:
        self.batch_id = batch_id
        self._line, self._store, self._at_once = line, store, at_once
        self._waiting = deque(row.item for row in rows if row.state not in ENDED)
        self._counts = dict.fromkeys(RowState, 0)
        for row in rows:
            self._counts[row.state] += 1
        self._failing = sum(row.failing for row in rows)
        self._tasks: dict[asyncio.Task[None], Item] = {}
        self._taken_back: list[Item] = []
        self._on_way: set[int] = set()
        self._began = line.now()
        self._ends: deque[float] = deque(maxlen=1000)
        self._seconds, self._timed = 0.0, 0
        self._judging = Judging(line.now)
        self._stop = asyncio.Event()
        self._freed = asyncio.Event()
        self._why = ""
        self._error: BaseException | None = None
        self._heard: list[Callable[[int], None]] = []

    @property
    def group(self) -> Group:
        """The budget on which it draws."""
        return self._line.group

    @property
    def done(self) -> bool:
        """Whether every row has ended."""
        return not self._waiting and not self._tasks

    @property
    def unqueued(self) -> int:
        """How many rows are not even in the queue yet."""
        return len(self._waiting)

    @property
    def progress(self) -> Progress:
        """How it stands now."""
        counts = self._counts
        total = sum(counts.values())
        return Progress(
            total,
            counts[RowState.ANSWERED],
            counts[RowState.FAILED],
            counts[RowState.LOST],
            len(self._on_way),
            self._failing,
            self._rate(),
            self._left_s(),
            self._why,
            self._stop.is_set() and bool(self._tasks),
            self._next_s(),
        )

    def subscribe(self, changed: Callable[[int], None]) -> None:
        """Call `changed` with the position of each row that ends or begins, and -1 for anything else."""
        self._heard.append(changed)

    async def work(self) -> None:
        """Ask all that was not asked, until the end or `stop`. Raises what stops all."""
        try:
            while self._waiting and not self._stop.is_set():
                if len(self._tasks) < self._room():
                    await self._begin(self._waiting.popleft())
                else:
                    self._freed.clear()
                    await self._either(self._freed)
            while self._tasks:
                await asyncio.wait(tuple(self._tasks))
            await self._judge_rest()
            for item in self._taken_back:
                await self._store.note(self.batch_id, item.position, RowState.WAITING)
        except asyncio.CancelledError:
            await self.abort()
            raise
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Begin no more; what is on the way may come, and what is not yet sent waits for another run."""
        self._stop.set()
        for task, item in tuple(self._tasks.items()):
            if item.position not in self._on_way:
                task.cancel()
        self._tell(-1)

    async def abort(self) -> None:
        """Give up what is on the way: whether it was answered will not be known."""
        self.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _begin(self, item: Item) -> None:
        """Let a row wait for its turn, until it is on its way, or has ended, or all is to stop."""
        gone = asyncio.Event()
        task = asyncio.create_task(self._ask(item, gone), name=f"batch row {item.position}")
        self._tasks[task] = item
        task.add_done_callback(self._ended)
        task.add_done_callback(lambda _: gone.set())
        await self._either(gone)

    def _ended(self, task: asyncio.Task[None]) -> None:
        item = self._tasks.pop(task)
        self._freed.set()
        if task.cancelled():
            if item.position not in self._on_way:
                self._waiting.appendleft(item)
                self._taken_back.append(item)
        elif (error := task.exception()) is not None:
            self._error = self._error or error
            self.stop()

    async def _either(self, event: asyncio.Event) -> None:
        """Wait for an event, or for the stop."""
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._stop.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _ask(self, item: Item, gone: asyncio.Event) -> None:
        async def on_send() -> None:
            await self._note(item, RowState.SENT)

        patience = Patience(rule=batch_retry_delay)
        reply = self._line.ask(item.request, Source.BATCH, patience, on_send)
        try:
            await self._follow(reply, item, gone)
        except StoreFailed:
            raise
        except InfertermError as error:
            if stops_all(error, answered=self._counts[RowState.ANSWERED] > 0):
                await self._note(item, RowState.WAITING)
                self._waiting.appendleft(item)
                raise
            trouble = Trouble.NETWORK if isinstance(error, ConnectionLost) else Trouble.REFUSED
            answer = reply.answer(Outcome.FAILED, str(error), error.advice)
            await self._keep(item, RowState.FAILED, result_of(item, answer, self._model, trouble))
        else:
            result = result_of(item, reply.answer(Outcome.COMPLETE), self._model)
            if takes_time(item.checks):
                await self._kept(item, RowState.ANSWERED, result)
            await self._keep(item, RowState.ANSWERED, await self._judging.soon(item, result))

    async def _judge_rest(self) -> None:
        """Judge what takes long, once nobody waits for an answer."""
        while not self._stop.is_set() and (late := self._judging.later()):
            item, result = late
            await self._kept(item, RowState.ANSWERED, result)
            self._failing += not result.passed
            self._tell(item.position)

    async def _follow(self, reply: Reply, item: Item, gone: asyncio.Event) -> None:
        async with aclosing(reply.events()) as events:
            async for event in events:
                match event:
                    case Queued(reason=reason):
                        self._why = reason
                        await self._note(item, RowState.WAITING)
                    case Retrying(reason=reason):
                        self._why = reason
                        await self._note(item, RowState.WAITING)
                    case Sent():
                        self._why = ""
                        gone.set()
                    case _:
                        pass

    async def _note(self, item: Item, state: RowState) -> None:
        """Keep that a row is on its way, or is not."""
        was = item.position in self._on_way
        if was is (state is RowState.SENT):
            return
        await self._store.note(self.batch_id, item.position, state)
        (self._on_way.discard if was else self._on_way.add)(item.position)
        self._move(RowState.SENT if was else RowState.WAITING, state)
        self._tell(item.position)

    async def _keep(self, item: Item, state: RowState, result: Result) -> None:
        await self._kept(item, state, result)
        was = RowState.SENT if item.position in self._on_way else RowState.WAITING
        self._on_way.discard(item.position)
        self._move(was, state)
        self._failing += Row(item, state, result).failing
        self._ends.append(self._line.now())
        self._seconds, self._timed = self._seconds + result.seconds, self._timed + 1
        self._tell(item.position)

    async def _kept(self, item: Item, state: RowState, result: Result) -> None:
        """Have it on disk; while that takes nothing, begin no more, and try for some time."""
        for _ in range(_KEEP_AGAIN):
            try:
                return await self._store.keep(self.batch_id, item.position, state, result)
            except StoreFailed as error:
                self._error, self._why = self._error or error, str(error)
                self.stop()
                await asyncio.sleep(_KEEP_AGAIN_S)
        await self._store.keep(self.batch_id, item.position, state, result)

    def _move(self, was: RowState, to: RowState) -> None:
        self._counts[was] -= 1
        self._counts[to] += 1

    def _tell(self, position: int) -> None:
        for changed in self._heard:
            changed(position)

    @property
    def _model(self) -> str:
        return self._line.endpoint.model

    def _room(self) -> int:
        """How many may be on the way: as many as it takes to use the whole limit, and not many more."""
        if self._at_once is not None:
            return self._at_once
        mean = self._seconds / self._timed if self._timed else 0.0
        needed = math.ceil(self._line.endpoint.limit / 60 * mean * _SPARE)
        return min(MOST_AT_ONCE, max(LEAST_AT_ONCE, needed))

    def _rate(self) -> float:
        """Ends a minute of late, and no more than the limit lets go on for long."""
        now = self._line.now()
        span = min(_RATE_OVER, max(1.0, now - self._began))
        ends = sum(1 for at in self._ends if at > now - _RATE_OVER)
        return min(ends * 60 / span, float(self._line.endpoint.limit))

    def _next_s(self) -> float | None:
        if self._on_way or self.done:
            return None
        try:
            return self._line.quota().start_in(1, self._line.now())
        except LedgerFailed:
            return None

    def _left_s(self) -> float | None:
        """Seconds until the end, as far as the limit tells it."""
        left = len(self._waiting)
        mean = self._seconds / self._timed if self._timed else 0.0
        try:
            quota = self._line.quota()
        except LedgerFailed:
            return None
        waiting = len(quota.waiting) + quota.others_waiting + left
        if not waiting:
            return mean if self._tasks else 0.0
        by_limit = quota.start_in(waiting, self._line.now()) + mean
        by_answers = mean * (1 + left / self._room())
        return max(by_limit, by_answers) if self._timed or by_limit else None
