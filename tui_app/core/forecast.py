"""What if so many more prompts were sent: when each of them starts. Pure arithmetic."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from tui_app.core.counts import counted
from tui_app.core.durations import span
from tui_app.core.quota import Quota


@dataclass(frozen=True, slots=True)
class Forecast:
    """When `count` more prompts start that are sent now, behind `waiting` others; seconds from then."""

    count: int
    waiting: int
    first_in_s: float
    last_in_s: float


def forecast(quota: Quota, count: int, now: float) -> Forecast:
    """Tell when the first and the last of `count` (from 1) more prompts start under a quota's limit.

    All who wait go before them, here and elsewhere, each as soon as it may; a pause counts as if it
    ended now.
    """
    waiting = len(quota.waiting) + quota.others_waiting
    return Forecast(count, waiting, quota.start_in(waiting + 1, now), quota.start_in(waiting + count, now))


def forecast_words(told: Forecast, limit: int, wall: float) -> str:
    """Say when the last starts, in local time (`wall` is the wall clock's now), and after whom.

    `200 prompts at 50 a minute: the last starts at 14:03:20, in 3 min 01 s, after 3 who wait`.
    """
    head = f"{counted(told.count, 'prompt')} at {limit} a minute: "
    last = "it starts" if told.count == 1 else "the last starts"
    if told.last_in_s <= 0:
        return f"{head}{last} at once"
    at = clock_time(wall, told.last_in_s)
    behind = f", after {told.waiting:,} who wait" if told.waiting else ""
    return f"{head}{last} at {at}, in {span(told.last_in_s)}{behind}"


def clock_time(wall: float, in_s: float) -> str:
    """The local time so many seconds after `wall`, with its day where that is far off.

    Rounded up to the second that is not over before, as `span` rounds.
    """
    form = "%H:%M:%S" if in_s < 43_200 else "%d %b %H:%M"
    return time.strftime(form, time.localtime(math.ceil(wall + in_s - 0.001)))
