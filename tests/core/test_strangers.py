"""Who else uses a key: found where there is somebody, and never where there is nobody."""

from __future__ import annotations

import heapq
import itertools
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes_quota import GROUP, OTHER, FakeClock, Process
from tui_app.core.activity import Stranger
from tui_app.core.endpoint import SANDBOX_URL
from tui_app.core.quota import Group, Source
from tui_app.core.service import ServerLimit
from tui_app.core.strangers import KEPT_S, OVERTAKING_S, Sounding, fits_bucket, noticed

NOBODY_LIMITED = 10_000
MINUTE = 60.0


@dataclass
class Bucket:
    """Fills all the time; tells when it is full."""

    limit: int
    level: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.level = float(self.limit)

    def take(self, now: float) -> tuple[int, float]:
        self.level = min(float(self.limit), self.level + (now - self.at) * self.limit / MINUTE)
        self.at = now
        self.level -= self.level >= 1
        return math.floor(self.level), (self.limit - self.level) * MINUTE / self.limit


@dataclass
class Sliding:
    """Counts the last minute; tells when the first of it is forgotten, or the last (`all_of_it`)."""

    limit: int
    all_of_it: bool
    taken: list[float] = field(default_factory=list)

    def take(self, now: float) -> tuple[int, float]:
        self.taken = [at for at in self.taken if at > now - MINUTE]
        if len(self.taken) < self.limit:
            self.taken.append(now)
        reset = self.taken[-1 if self.all_of_it else 0] + MINUTE - now
        return self.limit - len(self.taken), reset


@dataclass
class Fixed:
    """Counts by the minute; tells when the next one begins, or always a minute (`constant`)."""

    limit: int
    offset: float
    constant: bool
    minute: int = -1
    count: int = 0

    def take(self, now: float) -> tuple[int, float]:
        minute, past = divmod(now + self.offset, MINUTE)
        if minute != self.minute:
            self.minute, self.count = int(minute), 0
        self.count = min(self.limit, self.count + 1)
        return self.limit - self.count, MINUTE if self.constant else MINUTE - past


Server = Bucket | Sliding | Fixed


@dataclass(frozen=True)
class Prompt:
    """When a request is sent, by which process, for which model; seconds to the service and back."""

    at: float
    process: int = 0
    model: int = 0
    way: float = 0.05
    answer: float = 0.5
    noted: bool = True


@dataclass
class World:
    """One service, several processes on one ledger, and perhaps somebody else."""

    server: Server
    groups: tuple[Group, Group] = (GROUP, OTHER)
    clock: FakeClock = field(default_factory=FakeClock)
    folder: tempfile.TemporaryDirectory[str] = field(default_factory=tempfile.TemporaryDirectory)
    most: int = 0

    def run(self, prompts: Sequence[Prompt], strangers: Sequence[float] = ()) -> Stranger | None:
        """Let all of it happen; gives who was noticed at the end, and keeps how many at most."""
        start, serial = self.clock.now(), itertools.count()
        processes = [Process(self.clock, Path(self.folder.name)) for _ in range(3)]
        todo: list[tuple[float, int, Callable[[], None]]] = []

        def at(when: float, action: Callable[[], None]) -> None:
            heapq.heappush(todo, (when, next(serial), action))

        def send(prompt: Prompt) -> None:
            queue, group = processes[prompt.process].queue, self.groups[prompt.model]
            place = queue.join(group, NOBODY_LIMITED, "mine", Source.CHAT)
            self.clock.advance()
            sent_at = self.clock.now()
            assert queue.start(place)
            if prompt.noted:
                place.cancel()
            at(sent_at + prompt.way, lambda: arrive(prompt, sent_at))

        def arrive(prompt: Prompt, sent_at: float) -> None:
            now = self.clock.now()
            remaining, reset = self.server.take(now)
            whole = math.ceil(now + reset) - math.floor(now)
            told = (ServerLimit("requests", self.server.limit, remaining, float(max(0, whole))),)
            at(now + prompt.answer, lambda: tell(prompt, told, sent_at))

        def tell(prompt: Prompt, told: tuple[ServerLimit, ...], sent_at: float) -> None:
            processes[prompt.process].queue.note_told(self.groups[prompt.model], told, sent_at)

        for prompt in prompts:
            at(start + prompt.at, lambda prompt=prompt: send(prompt))  # type: ignore[misc]
        for when in strangers:
            at(start + when, lambda: self.server.take(self.clock.now()) and None)
        while todo:
            when, _, action = heapq.heappop(todo)
            self.clock.advance(when - self.clock.now())
            action()
        self.clock.advance(1.0)
        found = [processes[0].queue.activity(group).stranger for group in self.groups]
        self.most = max((each.count for each in found if each is not None), default=0)
        for process in processes:
            process.kill()
        self.folder.cleanup()
        return found[0]


limits = st.sampled_from([1, 2, 5, 7, 20, 50, 1000])
servers = st.one_of(
    limits.map(Bucket),
    st.builds(Sliding, limits, st.booleans()),
    st.builds(Fixed, limits, st.floats(0, 59.9), st.booleans()),
)
prompts = st.lists(
    st.builds(
        Prompt,
        at=st.floats(0, 200),
        process=st.integers(0, 2),
        model=st.integers(0, 1),
        way=st.floats(0, OVERTAKING_S - 0.1),
        answer=st.floats(0.0, 20.0),
        noted=st.booleans(),
    ),
    max_size=30,
).flatmap(lambda some: st.integers(1, 3).map(lambda times: burst(some, times)))


def burst(some: Sequence[Prompt], times: int) -> list[Prompt]:
    """Each prompt several times in short order."""
    return [replace(each, at=each.at + 0.2 * nth) for each in some for nth in range(times)]


@settings(max_examples=200, deadline=None)
@given(servers, prompts)
def test_nobody_is_suspected_where_there_is_nobody(server: Server, some: list[Prompt]) -> None:
    world = World(server)
    assert world.run(some) is None
    assert world.most == 0


@settings(max_examples=100, deadline=None)
@given(servers, prompts, st.lists(st.floats(0, 200), max_size=20))
def test_never_more_are_suspected_than_there_were(
    server: Server, some: list[Prompt], strangers: list[float]
) -> None:
    world = World(server)
    world.run(some, strangers)
    assert world.most <= len(strangers)


@pytest.mark.parametrize("server", [Bucket(50), Sliding(50, True), Sliding(50, False), Fixed(50, 7.0, False)])
def test_a_second_user_is_found_whatever_the_service_counts_in(server: Server) -> None:
    strangers = [10.5 + 0.5 * nth for nth in range(20)]
    found = World(server).run([Prompt(10.0), Prompt(21.5, process=1)], strangers)
    assert found is not None
    assert 10 <= found.count <= 20


def test_a_slow_second_user_is_found_once_the_service_has_shown_that_it_fills_all_the_time() -> None:
    before = [0.1 * nth for nth in range(30)]
    strangers = [3.0 + 1.25 * nth for nth in range(90)]
    ours = [Prompt(at=5.0 + 15.0 * nth, process=nth % 3) for nth in range(8)]
    assert World(Bucket(50)).run(ours[:2], before + strangers) is None
    found = World(Bucket(50)).run(ours, before + strangers)
    assert found is not None
    assert 30 < found.count <= 90


def test_what_was_noticed_long_ago_is_not_spoken_of() -> None:
    strangers = [10.5 + 0.1 * nth for nth in range(20)]
    quiet = [Prompt(10.0), Prompt(15.0), Prompt(30.0 + KEPT_S)]
    assert World(Bucket(50)).run(quiet, strangers) is None


def test_processes_that_each_have_a_sandbox_are_no_strangers_to_each_other() -> None:
    here = Group(SANDBOX_URL, "sandbox", "m")
    world = World(Sliding(50, False), groups=(here, OTHER))
    assert world.run([Prompt(10.0), Prompt(12.0, process=1)], [11.0] * 20) is None


def test_answers_that_may_have_overtaken_each_other_are_not_compared() -> None:
    base = Sounding(sent_at=10.0, told_at=12.0, limit=50, remaining=40)
    assert noticed(base, Sounding(11.0, 11.5, 50, 10), 0, bucket=False) == 0
    assert noticed(base, Sounding(12.0, 12.5, 50, 10), 3, bucket=False) == 27
    assert noticed(base, Sounding(12.0, 12.5, 40, 10), 3, bucket=False) == 0


def test_only_a_reset_that_fits_what_is_used_speaks_for_a_bucket() -> None:
    half = Sounding(sent_at=10.0, told_at=12.0, limit=50, remaining=25)
    assert fits_bucket(half) is None
    assert fits_bucket(replace(half, full_at=42.0)) is True
    assert fits_bucket(replace(half, full_at=43.9)) is True
    assert fits_bucket(replace(half, full_at=44.1)) is False
    assert fits_bucket(replace(half, full_at=38.0)) is False
    assert fits_bucket(replace(half, remaining=49, full_at=13.0)) is None
    assert fits_bucket(replace(half, limit=2, remaining=1, full_at=42.0)) is None
