"""Days, hours, weeks and months of a person's own time zone, laid over seconds of the wall clock.

A day begins at its first moment: it has 23 or 25 hours where clocks are changed.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final, Self

_HOUR_S: Final = 3600.0
_FEW: Final = 62


class Unit(StrEnum):
    """What one column of a chart stands for."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def day_of(at: float, zone: tzinfo | None = None) -> date:
    """The day on which a moment lies; `zone` None is the machine's own."""
    return datetime.fromtimestamp(at, zone).date()


def start_of(day: date, zone: tzinfo | None = None) -> float:
    """The first moment of a day."""
    return datetime.combine(day, time(), zone).timestamp()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Stretches one after the other without gaps: each begins at its start and ends at the next one's."""

    unit: Unit
    starts: tuple[float, ...]
    zone: tzinfo | None = None

    @classmethod
    def over(cls, first: float, last: float, unit: Unit | None = None, zone: tzinfo | None = None) -> Self:
        """All stretches from the one that holds `first` to the one that holds `last`.

        Without a unit it is the finest of which there are not too many.
        """
        day, end = day_of(first, zone), day_of(max(first, last), zone)
        unit = unit or _fitting(day, end)
        if unit is Unit.HOUR:
            start, stop = start_of(day, zone), start_of(end + timedelta(days=1), zone)
            return cls(unit, tuple(start + _HOUR_S * n for n in range(round((stop - start) / _HOUR_S))), zone)
        starts, day = [], _first(day, unit)
        while day <= end:
            starts.append(start_of(day, zone))
            day = _next(day, unit)
        return cls(unit, tuple(starts), zone)

    def place(self, at: float) -> int:
        """Which of them holds a moment, from 0; what lies before all is in the first."""
        return max(0, bisect_right(self.starts, at) - 1)

    def name(self, place: int) -> str:
        """What a stretch is called: `2026-11-29`, `2026-11-29 14:00`, `2026-11` for a month."""
        moment = datetime.fromtimestamp(self.starts[place], self.zone)
        if self.unit is Unit.HOUR:
            return f"{moment:%Y-%m-%d %H:%M}"
        return f"{moment:%Y-%m}" if self.unit is Unit.MONTH else f"{moment:%Y-%m-%d}"

    def label(self, place: int) -> str:
        """The same as short as the foot of a chart takes it: `14`, `Nov 29`, `Nov 2026`."""
        moment = datetime.fromtimestamp(self.starts[place], self.zone)
        if self.unit is Unit.HOUR:
            return f"{moment:%H:%M}"
        return f"{moment:%b %Y}" if self.unit is Unit.MONTH else f"{moment:%b} {moment.day}"


def _fitting(day: date, end: date) -> Unit:
    days = (end - day).days + 1
    if days == 1:
        return Unit.HOUR
    return Unit.DAY if days <= _FEW else Unit.WEEK if days <= 7 * _FEW else Unit.MONTH


def _first(day: date, unit: Unit) -> date:
    if unit is Unit.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit is Unit.MONTH else day


def _next(day: date, unit: Unit) -> date:
    if unit is Unit.MONTH:
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if unit is Unit.WEEK else 1)
