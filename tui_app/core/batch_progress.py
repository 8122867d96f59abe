"""How a batch at work stands, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.core.counts import counted
from tui_app.core.durations import span


def failing_words(count: int) -> str:
    """How many answers fail a check."""
    return counted(count, "fails a check", "fail a check")


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch at work. `rate` is ends a minute of late, `left_s` seconds until the end, if it can be told.

    `why` is what holds it up other than the limit, or empty. `failing` are answers that a check refused.
    `next_s` tells that nothing is on the way, and in how many seconds the limit lets the next one start.
    """

    total: int
    answered: int = 0
    failed: int = 0
    lost: int = 0
    in_flight: int = 0
    failing: int = 0
    rate: float = 0.0
    left_s: float | None = None
    why: str = ""
    stopping: bool = False
    next_s: float | None = None

    @property
    def ended(self) -> int:
        """How many rows are not asked any more."""
        return self.answered + self.failed + self.lost

    @property
    def words(self) -> str:
        """It in one line: `23 of 60, about 1 min 50 s left, 20 a minute, 2 fail a check`."""
        parts = [f"{self.ended:,} of {self.total:,}"]
        if self.stopping:
            parts.append(f"stopping, {self.in_flight} on the way")
        elif self.left_s is not None and self.ended < self.total:
            parts.append(f"about {span(self.left_s)} left")
        if self.next_s and not self.stopping and not self.why:
            parts.append(f"waits for the limit, next in {span(self.next_s)}")
        if self.rate:
            parts.append(f"{self.rate:,.0f} a minute")
        if self.failing:
            parts.append(failing_words(self.failing))
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        if self.lost:
            parts.append(f"{self.lost:,} lost")
        if self.why:
            parts.append(self.why)
        return ", ".join(parts)
