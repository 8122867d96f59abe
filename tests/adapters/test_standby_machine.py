"""Whatever the order in which the ledger fails and is mended: a process never exceeds its own limit."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.fakes_quota import GROUP, FakeBell, FakeClock, ProcessClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.standby_ledger import RETRY_S, StandbyLedger
from tui_app.core.claims import Terms
from tui_app.core.errors import LedgerFailed
from tui_app.core.place import Place, Stage
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

TERMS = Terms(window=60.0, margin=0.0, lease=6.0)
LIMIT = 3
ROUNDING = 1e-6
moments = st.sampled_from([0.0, 0.001, 0.3, RETRY_S, 5.0, 6.001, 30.0, 59.999, 60.0, 66.0])


class StandbyMachine(RuleBasedStateMachine):
    """One process on a ledger whose folder is put away, brought back, or made anew."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = mock.patch("tui_app.adapters.ledger_file.LOOK_S", 0.0)
        self.patch.start()
        self.root = tempfile.TemporaryDirectory()
        self.state, self.away = Path(self.root.name, "state"), Path(self.root.name, "away")
        self.clock = FakeClock()
        bell = FakeBell(ProcessClock(self.clock), self.state)
        shared = SqliteLedger(self.state, TERMS, lambda: "this-boot", bell=bell)
        self.ledger = StandbyLedger(shared, own_limit=True)
        self.queue = RequestQueue(self.ledger, self.clock)
        self.places: list[Place] = []
        self.starts: list[float] = []
        self.broken = False

    @rule(count=st.integers(1, 5))
    def join(self, count: int) -> None:
        self.places += [self.queue.join(GROUP, LIMIT, "one", Source.CHAT) for _ in range(count)]
        self.clock.advance()

    @rule(noted=st.booleans())
    def send_all_that_may_go(self, noted: bool) -> None:
        for place in [each for each in self.places if each.stage is Stage.CLAIMED]:
            self.start(place, noted)
        self.clock.advance()

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        held = [each for each in self.places if each.stage is not Stage.OVER]
        if held:
            data.draw(st.sampled_from(held)).cancel()
            self.clock.advance()

    @rule(seconds=moments)
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seconds=moments)
    def sleep(self, seconds: float) -> None:
        self.clock.leap(seconds)
        self.clock.advance()

    @precondition(lambda self: not self.broken)
    @rule()
    def break_it(self) -> None:
        self.state.mkdir(exist_ok=True)
        self.state.rename(self.away)
        self.state.write_text("in the way")
        self.broken = True

    @precondition(lambda self: self.broken)
    @rule(as_it_was=st.booleans())
    def mend(self, as_it_was: bool) -> None:
        self.state.unlink()
        if as_it_was:
            self.away.rename(self.state)
        else:
            shutil.rmtree(self.away)
        self.broken = False

    @rule(own_limit=st.booleans())
    def choose(self, own_limit: bool) -> None:
        self.ledger.own_limit = own_limit
        self.queue.pacing = self.queue.pacing
        self.clock.advance()

    @rule(early=st.sampled_from([0.0005, 0.0]))
    def come_to_the_edge_of_a_window_while_it_changes(self, early: float) -> None:
        self.join(LIMIT)
        self.send_all_that_may_go(noted=True)
        self.mend(as_it_was=False) if self.broken else self.break_it()
        oldest = min((at for at in self.starts if at > self.clock.now() - TERMS.window), default=0.0)
        self.clock.advance(max(0.0, oldest + TERMS.window - early - self.clock.now()))
        self.join(LIMIT)
        self.send_all_that_may_go(noted=True)

    @invariant()
    def what_is_left_is_between_none_and_all(self) -> None:
        now = self.clock.now()
        try:
            quota = self.queue.quota(GROUP, LIMIT)
        except LedgerFailed:
            assert not self.ledger.own_limit
            return
        assert 0 <= quota.left(now) <= LIMIT
        assert not quota.alone or self.ledger.own_limit

    def start(self, place: Place, noted: bool) -> None:
        """Send a request if it may still go, and look back over the window."""
        try:
            may_go = self.queue.start(place)
        except LedgerFailed:
            assert not self.ledger.own_limit
            return
        if may_go:
            now = self.clock.now()
            self.starts.append(now)
            assert sum(at > now - TERMS.window + ROUNDING for at in self.starts) <= LIMIT
            if noted:
                place.cancel()

    def teardown(self) -> None:
        try:
            self.ledger.own_limit = True
            for place in self.places:
                if place.stage is Stage.CLAIMED:
                    place.cancel()
            self.nothing_hangs()
            if self.broken:
                self.mend(as_it_was=True)
            self.clock.advance(2 * TERMS.cooldown + TERMS.lease)
            self.join(1)
            self.clock.advance(RETRY_S)
            assert self.queue.quota(GROUP, LIMIT).alone == "", "it never came back"
            self.ledger.close()
        finally:
            self.patch.stop()
            self.root.cleanup()

    def nothing_hangs(self) -> None:
        """Whoever waits goes in the end, broken or not."""
        rounds = len(self.places) // LIMIT + 2
        for _ in range(rounds * 20):
            self.clock.advance(TERMS.cooldown / 10)
            self.send_all_that_may_go(noted=True)
        assert not any(place.stage in {Stage.WAITING, Stage.CLAIMED} for place in self.places)


TestStandbyMachine = StandbyMachine.TestCase
TestStandbyMachine.settings = settings(
    max_examples=50, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
