"""Whatever the order of events in several processes: no window over the limit, nothing lost, none starved."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.fakes_quota import GROUP, FakeClock, Process
from tui_app.core.claims import Terms
from tui_app.core.gate import FRESH_S
from tui_app.core.place import Place, Stage
from tui_app.core.quota import Pacing, Source
from tui_app.core.service import ServerLimit

TERMS = Terms(window=60.0, margin=0.0, lease=6.0)
NOTICED = FRESH_S + 0.001
"""How long it takes until no process sends against what one of them was told."""

TICK = 0.001
"""Between what was granted before and after: requests are ordered by the time of their claim."""

ROUNDING = 1e-6
LONG = TERMS.cooldown + TERMS.lease + 1.0
members = st.sampled_from(["low", "high"])
limits = st.integers(1, 4)
moments = st.sampled_from([0.0, 0.001, 0.05, 0.3, 5.0, 6.001, 30.0, 59.999, 60.0, 61.0, 66.0])


@dataclass(eq=False)
class Request:
    """A place and whose it is."""

    process: Process
    place: Place

    @property
    def granted(self) -> tuple[float, float]:
        """Orders requests by when they got their slots."""
        return self.place.claimed_at, self.place.bid.arrival

    @property
    def stage(self) -> Stage:
        return self.place.stage


class QuotaMachine(RuleBasedStateMachine):
    """Processes that join, send, cancel, stop, go on and die on one ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.processes: list[Process] = []
        self.requests: list[Request] = []
        self.starts: list[tuple[float, tuple[float, float]]] = []
        self.limits = {"low": 2, "high": 3}
        self.closed_until = 0.0

    @initialize()
    def first(self) -> None:
        self.launch()

    @precondition(lambda self: len(self.processes) < 4)
    @rule()
    def launch(self) -> None:
        self.processes.append(Process(self.clock, Path(self.folder.name), TERMS))

    @rule(data=st.data(), member=members, count=st.integers(1, 4))
    def join(self, data: st.DataObject, member: str, count: int) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            for _ in range(count):
                self.enter(process, member)
            self.clock.advance()

    @rule(data=st.data(), noted=st.booleans())
    def send(self, data: st.DataObject, noted: bool) -> None:
        ready = [each for each in self.requests if each.stage is Stage.CLAIMED and self.runs(each.process)]
        if ready:
            self.start(data.draw(st.sampled_from(ready)), noted)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        held = [each for each in self.requests if each.stage is not Stage.OVER and self.runs(each.process)]
        if held:
            data.draw(st.sampled_from(held)).place.cancel()
            self.clock.advance()

    @rule(seconds=moments)
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seconds=moments)
    def sleep(self, seconds: float) -> None:
        self.clock.leap(seconds)
        self.clock.advance()

    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            process.stop()

    @rule(data=st.data(), member=members)
    def pause(self, data: st.DataObject, member: str) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            self.enter(process, member)
            self.clock.advance()
            process.queue.pause()
            ours = [each for each in self.requests if each.process is process]
            assert not any(each.stage is Stage.CLAIMED for each in ours), "a paused process holds a slot"
            self.clock.advance()

    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            self.clock.advance(TICK)
            process.queue.resume()
            self.clock.advance()

    @rule(data=st.data(), member=members)
    def set_aside(self, data: st.DataObject, member: str) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            requests = [self.enter(process, member) for _ in range(self.limits[member] + 1)]
            self.clock.advance()
            held = [each for each in requests if each.stage is Stage.WAITING]
            process.queue.set_aside(held[0].place.id)
            self.clock.advance()
            assert held[0].stage is Stage.ASIDE

    @rule(data=st.data())
    def put_back(self, data: st.DataObject) -> None:
        aside = [each for each in self.requests if each.stage is Stage.ASIDE and self.runs(each.process)]
        if aside:
            request = data.draw(st.sampled_from(aside))
            self.clock.advance(TICK)
            request.process.queue.put_back(request.place.id)
            self.clock.advance()

    @rule(data=st.data(), remaining=st.integers(0, 60), ago=moments)
    def be_told(self, data: st.DataObject, remaining: int, ago: float) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            told = ServerLimit("requests", 60, remaining, 60.0 - remaining)
            process.queue.note_told(GROUP, (told,), self.clock.now() - ago)
            self.clock.advance(NOTICED)
            for each in self.processes:
                assert each.queue.activity(GROUP).told[0].limit == 60

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        process = self.pick(data, running=False)
        if process is not None:
            self.clock.advance(TICK)
            process.go_on()
            self.clock.advance()

    @rule(data=st.data())
    def kill(self, data: st.DataObject) -> None:
        process = self.pick(data, running=None)
        if process is not None:
            process.kill()
            self.processes.remove(process)
            self.requests = [each for each in self.requests if each.process is not process]

    @rule(data=st.data(), member=members, limit=limits)
    def change_limit(self, data: st.DataObject, member: str, limit: int) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            self.clock.advance(0.001)
            self.limits[member] = limit
            process.queue.change_limit(member, limit)
            self.clock.advance(NOTICED)

    @rule(data=st.data(), seconds=st.sampled_from([0.5, 20.0, 90.0]))
    def close(self, data: st.DataObject, seconds: float) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            self.closed_until = max(self.closed_until, self.clock.now() + seconds)
            process.queue.close_group(GROUP, seconds, "slow down")
            self.clock.advance(NOTICED)

    @rule(data=st.data(), member=members, early=st.sampled_from([0.0005, 0.0]))
    def fill_a_window_and_come_to_its_edge(self, data: st.DataObject, member: str, early: float) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            self.send_all_that_may_go(process, member)
            oldest = min((at for at, _ in self.starts if at > self.clock.now() - TERMS.window), default=0.0)
            self.clock.advance(max(0.0, oldest + TERMS.window - early - self.clock.now()))
            self.send_all_that_may_go(process, member)

    @rule(data=st.data(), seconds=st.sampled_from([0.5, 20.0]))
    def close_under_a_claim(self, data: st.DataObject, seconds: float) -> None:
        self.close(data, seconds)
        for request in self.requests:
            if request.stage is Stage.CLAIMED and self.runs(request.process):
                self.start(request, noted=True)

    @rule(data=st.data(), member=members)
    def a_refund_is_used_at_once(self, data: st.DataObject, member: str) -> None:
        process = self.pick(data, running=True)
        if process is None:
            return
        claims = [
            each
            for each in self.requests
            if each.stage is Stage.CLAIMED and each.process is process and each.place.bid.member == member
        ]
        if (
            claims
            and not self.waiting()
            and not process.queue.paused
            and process.queue.pacing is Pacing.BURST
            and self.clock.now() >= self.closed_until
        ):
            self.clock.advance(0.001)
            full = process.queue.quota(GROUP, self.limits[member]).left(self.clock.now()) == 0
            heir = self.enter(process, member)
            self.clock.advance()
            used = len(process.ledger.read(GROUP, self.clock.now()).free_at)
            fresh = self.clock.now() < claims[0].place.claimed_at + TERMS.lease
            if full and fresh and used == self.limits[member] and self.waiting() == [heir]:
                claims[0].place.cancel()
                self.clock.advance()
                assert self.waiting() == [], "a slot was lost"

    @invariant()
    def what_is_left_is_between_none_and_all(self) -> None:
        now = self.clock.now()
        for process in self.processes:
            for limit in self.limits.values():
                quota = process.queue.quota(GROUP, limit)
                assert 0 <= quota.used(now) <= limit
                assert 0 <= quota.left(now) <= limit
                assert 0 <= quota.next_slot_in(now) <= quota.full_in(now)

    def teardown(self) -> None:
        for process in self.processes:
            self.clock.advance(TICK)
            process.go_on()
            process.queue.resume()
            self.clock.advance()
        for request in self.requests:
            request.process.queue.put_back(request.place.id)
        self.clock.advance()
        self.nobody_starves()
        if self.processes:
            self.nothing_was_lost(self.processes[0])
        for process in self.processes:
            process.kill()
        self.folder.cleanup()

    def nobody_starves(self) -> None:
        end = max(self.clock.now(), self.closed_until) + LONG * (len(self.requests) + 1)
        while self.clock.now() < end:
            self.clock.advance(TERMS.lease / 2)
            for request in self.requests:
                if request.stage is Stage.CLAIMED:
                    self.start(request, noted=True)
        assert self.waiting() == [], "somebody starved"

    def nothing_was_lost(self, process: Process) -> None:
        self.clock.advance(LONG)
        requests = [self.enter(process, "high") for _ in range(self.limits["high"] + 1)]
        self.clock.advance(TERMS.grace)
        granted = sum(each.stage is Stage.CLAIMED for each in requests)
        assert granted == self.limits["high"], "slots were lost"

    def send_all_that_may_go(self, process: Process, member: str) -> None:
        requests = [self.enter(process, member) for _ in range(self.limits[member] + 1)]
        self.clock.advance()
        for request in requests:
            if request.stage is Stage.CLAIMED:
                self.start(request, noted=True)
            else:
                request.place.cancel()
        self.clock.advance()

    def enter(self, process: Process, member: str) -> Request:
        place = process.queue.join(GROUP, self.limits[member], member, Source.CHAT)
        self.requests.append(Request(process, place))
        return self.requests[-1]

    def start(self, request: Request, noted: bool) -> None:
        """Send a claimed request if it may still go, and look back over the window.

        An endpoint with a lower limit than another of the group counts what was granted before it.
        """
        if request.process.queue.start(request.place):
            now = self.clock.now()
            assert now >= self.closed_until, "a closed group was used"
            self.starts.append((now, request.granted))
            window = [granted for at, granted in self.starts if at > now - TERMS.window + ROUNDING]
            assert len(window) <= max(self.limits.values()), "a window over every limit"
            before = sum(granted < request.granted for granted in window)
            assert before < self.limits[request.place.bid.member], "a window over the limit"
            if noted:
                request.place.cancel()
        self.clock.advance()

    def waiting(self) -> list[Request]:
        return [each for each in self.requests if each.stage is Stage.WAITING]

    def runs(self, process: Process) -> bool:
        return process.clock.running

    def pick(self, data: st.DataObject, running: bool | None) -> Process | None:
        able = [each for each in self.processes if running is None or self.runs(each) is running]
        return data.draw(st.sampled_from(able)) if able else None


TestQuotaMachine = QuotaMachine.TestCase
TestQuotaMachine.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
