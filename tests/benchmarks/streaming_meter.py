"""What an event loop went through: how long it stood still, what the process cost, how far it came when."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

TICK_S: Final = 0.005


@dataclass
class Meter:
    """Runs beside what it measures; `note` says how many tokens are shown."""

    longest_stall_s: float = 0.0
    longest_step_s: float = 0.0
    """The most CPU that the loop's thread took at a stretch: a stall, without what other programs took."""
    samples: list[tuple[int, float, float]] = field(default_factory=list)
    """Tokens shown, seconds of the clock, and seconds of CPU."""

    async def tick(self) -> None:
        """Look for stalls until cancelled."""
        while True:
            before, busy = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK_S)
            self.longest_stall_s = max(self.longest_stall_s, time.perf_counter() - before - TICK_S)
            self.longest_step_s = max(self.longest_step_s, time.thread_time() - busy)

    def note(self, tokens: int) -> None:
        """So many tokens are shown now."""
        self.samples.append((tokens, time.perf_counter(), time.process_time()))

    def outcome(self, whole: int) -> Outcome:
        """What is to be said of it, `whole` being the tokens of the whole answer."""
        first, last = self.samples[0], self.samples[-1]
        took = last[1] - first[1]
        tenths = [self._cpu_of(whole * nth // 10, whole * (nth + 1) // 10) for nth in (0, 9)]
        growth = tenths[1] / tenths[0] if last[0] >= whole and tenths[0] else 0.0
        rate, core = (last[0] - first[0]) / took, (last[2] - first[2]) / took
        return Outcome(rate, core, self.longest_stall_s, self.longest_step_s, growth)

    def _cpu_of(self, begin: int, end: int) -> float:
        return self._cpu_at(end) - self._cpu_at(begin)

    def _cpu_at(self, tokens: int) -> float:
        """CPU seconds when so many tokens were shown, interpolated."""
        before = self.samples[0]
        for sample in self.samples:
            if sample[0] >= tokens:
                share = (tokens - before[0]) / max(1, sample[0] - before[0])
                return before[2] + share * (sample[2] - before[2])
            before = sample
        return before[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tokens a second, share of a core, longest stall and step, and the CPU of the last tenth to the first's.

    `growth` is 0 where the answer was not finished.
    """

    rate: float
    core: float
    stall_s: float
    step_s: float
    growth: float

    def save(self, path: Path) -> None:
        """Write it for the process that waits for it."""
        made = path.with_suffix(".part")
        made.write_text(json.dumps(asdict(self)))
        made.rename(path)

    @classmethod
    def load(cls, path: Path) -> Outcome:
        """Read what `save` wrote."""
        return cls(**json.loads(path.read_text()))
