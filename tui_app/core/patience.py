"""How long a caller waits for a reply."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.core.retries import RetryRule, retry_delay

SILENCE_S = 600.0
"""Longest wait for more bytes, as the anthropic SDK's read timeout."""
THOUGHT_S = 3600.0
"""Longest wait for the next event while pings come: a model that thinks unseen sends nothing else."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a caller waits: `total_s` bounds queue, retries and each silence; None is for ever.

    `rule` says what is tried again, and after how long; with `only_to_begin` the time bounds nothing of an
    answer that has begun.
    """

    total_s: float | None = None
    rule: RetryRule = retry_delay
    only_to_begin: bool = False

    @property
    def silence_s(self) -> float:
        """The longest silence between two events."""
        if self.total_s is None or self.only_to_begin:
            return THOUGHT_S
        return min(self.total_s, THOUGHT_S)


FOR_EVER = Patience()
"""Nothing is too late."""
