"""Whether somebody else uses the same key, out of what the service says is left: pure arithmetic.

Two answers say how many requests were left when theirs arrived. What is missing in between and did
not start here was started by somebody else. Figures are lower bounds: whatever the service's way of
counting, requests of this machine alone never make one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

OVERTAKING_S: Final = 2.0
"""How much later than a younger request an older one may arrive at the service, in seconds."""

COMPARED_S: Final = 60.0
"""How old an answer may be to be compared with."""

KEPT_S: Final = 300.0
"""How long strangers are spoken of after they were noticed."""

FITS: Final = 3
"""How many answers have to show a bucket, none speaking against it, before its refill is counted on."""

APART_S: Final = 10.0
"""How far apart such answers have to be."""

_ROUNDED_S: Final = 2.0
"""How much whole seconds in `reset` and in the answer's date may falsify their difference."""
_COARSE: Final = 5
"""Under a lower limit one request is too large a part of the bucket to tell anything."""
_CLEAR: Final = (5.0, 55.0)
"""Between these many seconds until full, a bucket is not mistaken for a window that is new or spent."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """What one answer told of the limit of requests; times are those of the shared clock.

    Its request was sent not before `sent_at`, arrived, and was answered by `told_at`; `full_at` is
    `told_at` and the seconds that the answer gave until all is left again.
    """

    sent_at: float
    told_at: float
    limit: int
    remaining: int
    full_at: float | None = None

    @property
    def refill_s(self) -> float:
        """How long a bucket of this limit takes for one request."""
        return 60.0 / self.limit


def fits_bucket(sounding: Sounding) -> bool | None:
    """Tell whether an answer speaks for a bucket that fills all the time; None where it tells neither."""
    if sounding.full_at is None or sounding.limit < _COARSE:
        return None
    told = sounding.full_at - sounding.told_at
    expected = (sounding.limit - sounding.remaining) * sounding.refill_s
    if not expected - sounding.refill_s - _ROUNDED_S <= told <= expected + _ROUNDED_S:
        return False
    return True if _CLEAR[0] <= expected <= _CLEAR[1] else None


def noticed(base: Sounding, latest: Sounding, ours: int, *, bucket: bool) -> int:
    """Count the requests that arrived between two answers' and did not start here: at least so many.

    `ours` is how many started here, for any model, since OVERTAKING_S before `base` was sent; too
    many do no harm. `bucket` says that many answers have shown one; then what it refilled is
    counted too, if these two show it as well.
    """
    if base.limit != latest.limit or base.told_at > latest.sent_at:
        return 0
    missing = base.remaining - ours - latest.remaining
    apart = latest.sent_at - base.told_at
    clear = 2 * _ROUNDED_S + base.refill_s < apart
    if bucket and clear and fits_bucket(base) and fits_bucket(latest):
        filled = min(float(base.limit), base.remaining + apart / base.refill_s)
        missing = max(missing, math.floor(filled - ours - latest.remaining) - 1)
    return max(0, missing)
