"""Rate limits: token buckets that refill continuously, and the headers that tell of them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.settings import SandboxSettings

_MINUTE_S = 60.0


class TokenBucket:
    """So many a minute: full at first, refilled continuously, never above its capacity.

    Times are seconds of any clock that only goes forward. `spend` may bring the level below zero,
    for what was produced before anyone could refuse it.
    """

    def __init__(self, per_minute: int, now: float) -> None:
        self.capacity = per_minute
        self._level, self._at = float(per_minute), now

    def level(self, now: float) -> float:
        """Say how much there is at `now`."""
        refilled = self._level + (now - self._at) * self.capacity / _MINUTE_S
        return min(float(self.capacity), refilled)

    def spend(self, amount: float, now: float) -> None:
        """Take `amount`, whether it is there or not."""
        self._level, self._at = self.level(now) - amount, now

    def take(self, amount: float, now: float) -> bool:
        """Take `amount` if it is there, and tell whether it was."""
        if self.wait(amount, now) > 0:
            return False
        self.spend(amount, now)
        return True

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` is there, or until the bucket is full if it is larger than that."""
        missing = min(amount, self.capacity) - self.level(now)
        return max(0.0, missing * _MINUTE_S / self.capacity - 1e-9)

    def full_in(self, now: float) -> float:
        """Seconds until the bucket is full again."""
        return self.wait(self.capacity, now)


class Limits:
    """The limits of the sandbox's one key: requests, input tokens and output tokens a minute."""

    def __init__(
        self,
        settings: SandboxSettings,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock, self._today = clock, today
        now = clock()
        self.requests = TokenBucket(settings.requests_per_minute, now)
        self.counts = TokenBucket(settings.requests_per_minute * 2, now)
        self.input = TokenBucket(settings.input_tokens_per_minute, now)
        self.output = TokenBucket(settings.output_tokens_per_minute, now)

    def start(self) -> None:
        """Count a request; raises ApiError 429 when there is none left."""
        self._take(self.requests, 1, "requests")

    def start_count(self) -> None:
        """Count a request for token counting, whose limit stands apart."""
        self._take(self.counts, 1, "token counting requests")

    def read(self, tokens: int) -> None:
        """Count input; raises ApiError 429 when it is too much, or when output ran out before."""
        self._take(self.output, 0, "output tokens")
        self._take(self.input, tokens, "input tokens")

    def wrote(self, tokens: int) -> None:
        """Count output, as it is produced."""
        self.output.spend(tokens, self._clock())

    def headers(self) -> Mapping[str, str]:
        """Give the `anthropic-ratelimit-*` headers as of now; tokens are rounded to thousands."""
        now = self._clock()
        budgets = {"input-tokens": self.input, "output-tokens": self.output}
        headers = self._budget("requests", [self.requests], now, 0)
        headers |= self._budget("tokens", list(budgets.values()), now, -3)
        for name, bucket in budgets.items():
            headers |= self._budget(name, [bucket], now, -3)
        return headers

    def _take(self, bucket: TokenBucket, amount: float, what: str) -> None:
        now = self._clock()
        if bucket.take(amount, now):
            return
        raise ApiError(
            429,
            f"This request would exceed the sandbox's rate limit of {bucket.capacity:,} {what} "
            "per minute. The response headers tell the current usage.",
            headers={"retry-after": str(max(1, math.ceil(bucket.wait(amount, now))))},
        )

    def _budget(self, name: str, buckets: list[TokenBucket], now: float, digits: int) -> dict[str, str]:
        limit = sum(bucket.capacity for bucket in buckets)
        left = sum(max(0, math.floor(bucket.level(now) + 1e-6)) for bucket in buckets)
        full_in = max(bucket.full_in(now) for bucket in buckets)
        return {
            f"anthropic-ratelimit-{name}-limit": str(limit),
            f"anthropic-ratelimit-{name}-remaining": str(min(limit, round(left, digits))),
            f"anthropic-ratelimit-{name}-reset": self._stamp(full_in),
        }

    def _stamp(self, seconds_ahead: float) -> str:
        moment = self._today() + timedelta(seconds=seconds_ahead)
        if moment.microsecond:
            moment = moment.replace(microsecond=0) + timedelta(seconds=1)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
