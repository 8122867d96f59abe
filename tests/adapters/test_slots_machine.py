"""Whatever the order of events: each slot in the ledger is one that somebody holds, and none is missing."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.adapters.test_quota_machine import NOTICED, TERMS, TICK, QuotaMachine, Request
from tests.fakes_quota import GROUP, Process
from tui_app.core.place import Stage
from tui_app.core.quota import Pacing

ROUNDING = 1e-6


class SlotsMachine(QuotaMachine):
    """Moves, reopens and changes the pacing too, and looks into the ledger after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.everybody: dict[int, Request] = {}
        self.sent: dict[int, float] = {}

    def enter(self, process: Process, member: str) -> Request:
        """See QuotaMachine; remember who it was, also when that process is dead."""
        request = super().enter(process, member)
        self.everybody[request.place.bid.id] = request
        return request

    def start(self, request: Request, noted: bool) -> None:
        """See QuotaMachine; remember when it was sent, if it was."""
        before = len(self.starts)
        super().start(request, noted)
        if len(self.starts) > before:
            self.sent[request.place.bid.id] = self.starts[-1][0]

    @rule(data=st.data(), by=st.integers(-3, 3))
    def move(self, data: st.DataObject, by: int) -> None:
        waiting = [each for each in self.waiting() if self.runs(each.process)]
        if waiting:
            request = data.draw(st.sampled_from(waiting))
            self.clock.advance(TICK)
            request.process.queue.move(request.place.id, by)
            self.clock.advance()

    @rule(data=st.data(), pacing=st.sampled_from(Pacing))
    def pace(self, data: st.DataObject, pacing: Pacing) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            self.clock.advance(TICK)
            process.queue.pacing = pacing
            self.clock.advance()

    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        process = self.pick(data, running=True)
        if process is not None:
            self.clock.advance(TICK)
            self.closed_until = 0.0
            process.queue.reopen_group(GROUP)
            self.clock.advance(NOTICED)

    @precondition(lambda self: self.processes)
    @invariant()
    def each_slot_is_one_that_somebody_holds(self) -> None:
        rows = self.rows()
        for claim, (started, free_at, sent) in rows.items():
            request = self.everybody[claim]
            if request.process in self.processes and self.runs(request.process):
                holds = request.stage in {Stage.CLAIMED, Stage.SENDING, Stage.SENT} or claim in self.sent
                assert holds, f"a slot for one that is {request.stage}"
            kept = TERMS.cooldown + (0.0 if sent else TERMS.lease)
            assert abs(free_at - started - kept) < ROUNDING
        now = self.clock.now()
        for claim, at in self.sent.items():
            if at + TERMS.cooldown > now + ROUNDING:
                assert claim in rows, "a request that was sent has no slot"
                assert rows[claim][1] >= at + TERMS.cooldown - ROUNDING, "a slot is free too early"

    def rows(self) -> dict[int, tuple[float, float, bool]]:
        """The slots that are taken, by claim, as they lie in the file."""
        now = self.clock.now()
        found = self.processes[0].ledger._file.ask(
            now,
            lambda connection, _: connection.execute(
                "SELECT id, started, free_at, sent FROM grants WHERE free_at > ?", (now,)
            ).fetchall(),
        )
        return {claim: (started, free_at, bool(sent)) for claim, started, free_at, sent in found}

    def teardown(self) -> None:
        """See QuotaMachine; in bursts, so that all slots can be seen at once."""
        for process in self.processes:
            self.clock.advance(TICK)
            process.queue.pacing = Pacing.BURST
        super().teardown()


TestSlotsMachine = SlotsMachine.TestCase
TestSlotsMachine.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
