"""A clock that tests turn, and processes of the quota that live and die inside one test."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar
from unittest import mock

from tui_app.adapters.ledger import TERMS, SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.core.activity import Activity
from tui_app.core.claims import Order, Reading, Rules, Terms, Verdict
from tui_app.core.errors import LedgerBusy, LedgerFailed
from tui_app.core.place import Place
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Group, Source, Standing

GROUP = Group("http://127.0.0.1", "fingerprint", "model")
OTHER = Group(GROUP.base_url, GROUP.key, "another model")
COOLDOWN = TERMS.cooldown


class FakeTimer:
    """A timer of a FakeClock."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """See to it that it does not happen."""
        self.action = None


class FakeClock:
    """See `ports.Clock`: it stands still until a test moves it, and then calls what has become due."""

    def __init__(self, now: float = 1000.0) -> None:
        self._now = now
        self._timers: list[tuple[float, int, FakeTimer]] = []
        self._serial = itertools.count()

    def now(self) -> float:
        """Tell the time."""
        return self._now

    def call_at(self, when: float, action: Callable[[], None]) -> FakeTimer:
        """Call `action` as soon as the clock is moved to `when`."""
        timer = FakeTimer(action)
        heapq.heappush(self._timers, (when, next(self._serial), timer))
        return timer

    @property
    def pending(self) -> int:
        """Count the timers that are set."""
        return sum(timer.action is not None for _, _, timer in self._timers)

    def advance(self, seconds: float = 0.0) -> None:
        """Let time pass, calling what becomes due at its moment."""
        end = self._now + seconds
        while self._timers and self._timers[0][0] <= end:
            when, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, when)
            if timer.action is not None:
                timer.action()
        self._now = end

    def leap(self, seconds: float) -> None:
        """Let time pass without anybody noticing, as when the machine sleeps."""
        self._now += seconds

    async def run(self, seconds: float = 0.0, step: float = 0.01) -> None:
        """Let time pass in steps, and tasks run in between."""
        end = self._now + seconds
        while True:
            self.advance(min(step, max(0.0, end - self._now)))
            for _ in range(5):
                await asyncio.sleep(0)
            if self._now >= end - 1e-9:
                return


class ProcessClock:
    """The clock as one process sees it: a process that is stopped or dead does nothing."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._due: list[Callable[[], None]] = []
        self.running = True

    def now(self) -> float:
        """Tell the time."""
        return self._clock.now()

    def call_at(self, when: float, action: Callable[[], None]) -> FakeTimer:
        """Call `action` at `when`, or as soon as the process runs again."""
        timer = self._clock.call_at(when, lambda: self._call(action))
        return timer

    def go_on(self) -> None:
        """Let a stopped process run again, and do what it missed."""
        self.running = True
        due, self._due = self._due, []
        for action in due:
            action()

    def _call(self, action: Callable[[], None]) -> None:
        if self.running:
            action()
        else:
            self._due.append(action)


class FakeBell:
    """See `ports.Bell`: those in one folder are rung on their clocks; a stopped process hears it later."""

    _tower: ClassVar[dict[Path, list[FakeBell]]] = {}

    def __init__(self, clock: ProcessClock, folder: Path) -> None:
        self._clock = clock
        self._others = self._tower.setdefault(folder, [])
        self._heard: Callable[[], None] | None = None
        self._everything = False
        self.rung = 0

    def listen(self, heard: Callable[[], None], *, everything: bool) -> bool:
        """See `ports.Bell`."""
        if self not in self._others:
            self._others.append(self)
        self._heard, self._everything = heard, everything
        return True

    def ring(self, *, freed: bool) -> None:
        """See `ports.Bell`."""
        for other in self._others:
            if other is not self and (freed or other._everything):
                other._clock.call_at(self._clock.now(), other._ring)

    def close(self) -> None:
        """See `ports.Bell`."""
        self._heard = None
        if self in self._others:
            self._others.remove(self)

    def _ring(self) -> None:
        self.rung += 1
        if self._heard is not None:
            self._heard()


class Process:
    """A process with a queue on a ledger that it shares with others in the same folder."""

    _pids: ClassVar = itertools.count(1_000_000)
    _dead: ClassVar[set[int]] = set()

    def __init__(self, clock: FakeClock, folder: Path = MEMORY, terms: Terms = TERMS) -> None:
        self.pid = next(self._pids)
        self.clock = ProcessClock(clock)
        with mock.patch("os.getpid", return_value=self.pid):
            self.bell = FakeBell(self.clock, folder)
            self.ledger = SqliteLedger(folder, terms, lambda: "this-boot", self._is_alive, self.bell)
        self.queue = RequestQueue(self.ledger, self.clock)

    def stop(self) -> None:
        """Stop it, as SIGSTOP does."""
        self.clock.running = False

    def go_on(self) -> None:
        """Continue it, as SIGCONT does."""
        self.clock.go_on()

    def kill(self) -> None:
        """Kill it: nothing that it holds is given back."""
        self.clock.running = False
        self._dead.add(self.pid)
        self.bell.close()
        self.ledger._file.let_go()

    @classmethod
    def _is_alive(cls, pid: int) -> bool:
        return pid not in cls._dead


Start = Callable[[], Process]
"""Starts a process on a ledger that it shares with those started before."""


class TroubledLedger:
    """A ledger in memory that is busy for a while or fails, as a test says."""

    def __init__(self) -> None:
        self._ledger = SqliteLedger(MEMORY)
        self.busy = False
        self.failure: LedgerFailed | None = None
        self.asked = 0

    @property
    def terms(self) -> Terms:
        """How long things last."""
        return self._ledger.terms

    def settle(self, order: Order) -> tuple[Verdict, ...]:
        """See `ports.Ledger`."""
        self._trouble()
        return self._ledger.settle(order)

    def read(self, group: Group, now: float) -> Reading:
        """See `ports.Ledger`."""
        if self.failure is not None:
            raise self.failure
        return self._ledger.read(group, now)

    def activity(self, group: Group, now: float) -> Activity:
        """See `ports.Ledger`."""
        if self.failure is not None:
            raise self.failure
        return self._ledger.activity(group, now)

    def groups(self, now: float) -> tuple[Group, ...]:
        """See `ports.Ledger`."""
        if self.failure is not None:
            raise self.failure
        return self._ledger.groups(now)

    def rules(self, group: Group, member: str) -> Rules:
        """See `ports.Ledger`."""
        return self._ledger.rules(group, member)

    def version(self, now: float) -> int:
        """See `ports.Ledger`."""
        return self._ledger.version(now)

    def listen(self, heard: Callable[[], None], *, everything: bool) -> bool:
        """See `ports.Ledger`."""
        return self._ledger.listen(heard, everything=everything)

    def close(self) -> None:
        """See `ports.Ledger`."""
        self._ledger.close()

    def _trouble(self) -> None:
        self.asked += 1
        if self.busy:
            raise LedgerBusy("another process holds it")
        if self.failure is not None:
            raise self.failure


def join(queue: RequestQueue, limit: int = 2, member: str = "one", *, group: Group = GROUP) -> Place:
    """Join for a chat."""
    return queue.join(group, limit, member, Source.CHAT)


def join_and_go(queue: RequestQueue, clock: FakeClock) -> Place:
    """Join where there is room."""
    place = join(queue, 5)
    clock.advance()
    return place


def stages(*places: Place) -> str:
    """How far each has come, by its first letter: w(aiting), a(side), c(laimed), s(ending), o(ver)."""
    return "".join(place.stage[0] for place in places)


async def send(place: Place) -> None:
    """Send a request whose turn has come, or comes without a clock being moved."""
    await place.sent()
    place.cancel()


async def heard(place: Place) -> list[Standing]:
    """All that a place is told until its turn comes."""
    return [standing async for standing in place.standings()]


def go(place: Place, clock: FakeClock) -> None:
    """Send a request whose turn has come, where no event loop runs, and let it be noted."""
    asyncio.run(send(place))
    clock.advance()
