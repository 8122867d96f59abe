"""Whether a failed attempt is tried again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, TypeAlias

from tui_app.core.errors import ConnectionLost, Loss, ServiceRefused

RETRIES: Final = 2
"""As the anthropic SDK 2.x: at most two retries, so three requests."""
_STATUSES: Final = frozenset({408, 409, 429})
_LOSSES: Final = frozenset({Loss.HOST_UNKNOWN, Loss.UNREACHABLE, Loss.TIMEOUT, Loss.DROPPED, Loss.CUT})
_FIRST_S, _LONGEST_S = 0.5, 8.0
_ELASTIC_STATUSES: Final = frozenset({429, 500, 529})
_ELASTIC_FIRST_S, _ELASTIC_LONGEST_S = 1.0, 5.0

RetryRule: TypeAlias = Callable[[ServiceRefused | ConnectionLost, int], float | None]
"""Seconds until the attempt after the given one (from 1), or None when there is to be none."""


def is_spend_cap(error: ServiceRefused) -> bool:
    """Tell whether a spend limit is reached: trying again is useless until somebody raises it."""
    return (error.refusal.code or "").endswith("spend_limit_reached")


def closes_group(error: Exception) -> bool:
    """Tell whether a refusal is one for rate: then nobody asks for this key and model until it is over."""
    return isinstance(error, ServiceRefused) and error.refusal.status == 429 and not is_spend_cap(error)


def retry_delay(error: ServiceRefused | ConnectionLost, attempt: int) -> float | None:
    """Seconds until the attempt after `attempt` (from 1), or None when there is to be none.

    The service's `x-should-retry`, `retry-after-ms` and `retry-after` are obeyed; without them
    the wait is 0.5 s, doubled each time, at most 8 s, shortened by up to a quarter by chance.
    """
    if attempt > RETRIES or not _is_passing(error):
        return None
    asked = error.refusal.retry_after_s if isinstance(error, ServiceRefused) else None
    if asked is not None:
        return max(0.0, asked)
    return float(min(_FIRST_S * 2 ** (attempt - 1), _LONGEST_S) * random.uniform(0.75, 1.0))


def elastic_retry_delay(error: ServiceRefused | ConnectionLost, attempt: int) -> float | None:
    """As Elasticsearch 9.5: after 429, 500, 529, lost connections and answers that cannot be read.

    The wait is drawn from the upper half of 1 s, doubled each time, at most 5 s. A reached spend limit is
    not tried again, which Elasticsearch does in vain.
    """
    if attempt > RETRIES:
        return None
    if isinstance(error, ConnectionLost):
        passing = error.loss in _LOSSES - {Loss.HOST_UNKNOWN} | {Loss.NOT_THE_API}
    else:
        passing = error.refusal.status in _ELASTIC_STATUSES and not is_spend_cap(error)
    bound = min(_ELASTIC_FIRST_S * 2 ** (attempt - 1), _ELASTIC_LONGEST_S)
    return bound * random.uniform(0.5, 1.0) if passing else None


def _is_passing(error: ServiceRefused | ConnectionLost) -> bool:
    if isinstance(error, ConnectionLost):
        return error.loss in _LOSSES
    refusal = error.refusal
    if is_spend_cap(error) or refusal.status is None:
        return False
    if refusal.should_retry is not None:
        return refusal.should_retry
    return refusal.status in _STATUSES or refusal.status >= 500
