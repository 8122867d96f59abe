"""Days of a person's own time zone, with their 23 and 25 hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import UNHURRIED
from tui_app.core.days import Calendar, Unit, day_of, start_of

BERLIN, SAO_PAULO, HAVANA = (
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/Sao_Paulo"),
    ZoneInfo("America/Havana"),
)
KOLKATA, UTC, KIRITIMATI = ZoneInfo("Asia/Kolkata"), ZoneInfo("UTC"), ZoneInfo("Pacific/Kiritimati")
zones = st.sampled_from([BERLIN, SAO_PAULO, HAVANA, KOLKATA, UTC, KIRITIMATI, None])
moments = st.floats(1_300_000_000, 1_900_000_000)


@UNHURRIED
@given(moments, zones)
def test_a_moment_lies_between_the_start_of_its_day_and_that_of_the_next(at: float, zone: ZoneInfo) -> None:
    day = day_of(at, zone)
    assert start_of(day, zone) <= at < start_of(day + timedelta(days=1), zone)


@UNHURRIED
@given(moments, st.floats(0, 40 * 86_400), zones, st.sampled_from(Unit))
def test_each_moment_is_in_the_stretch_that_bears_its_name(
    first: float, span: float, zone: ZoneInfo, unit: Unit
) -> None:
    calendar = Calendar.over(first, first + span, unit, zone)
    assert all(before < after for before, after in pairwise(calendar.starts))
    for at in (first, first + span / 2, first + span):
        place = calendar.place(at)
        assert calendar.starts[place] <= at
        assert place == len(calendar.starts) - 1 or at < calendar.starts[place + 1]
        if unit is Unit.DAY:
            assert calendar.name(place) == day_of(at, zone).isoformat()
        if unit is Unit.MONTH:
            assert day_of(at, zone).isoformat().startswith(calendar.name(place))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-29", 24)])
def test_a_day_on_which_clocks_are_changed_is_shorter_or_longer(day: str, hours: int) -> None:
    start = start_of(date.fromisoformat(day), BERLIN)
    calendar = Calendar.over(start, start + 1, Unit.HOUR, BERLIN)
    assert len(calendar.starts) == hours
    assert calendar.label(0) == "00:00"
    assert calendar.label(hours - 1) == "23:00"


def test_a_day_without_a_midnight_begins_where_the_clock_goes_on() -> None:
    start = start_of(date(2018, 11, 4), SAO_PAULO)
    assert datetime.fromtimestamp(start, SAO_PAULO).isoformat() == "2018-11-04T01:00:00-02:00"
    assert day_of(start - 1, SAO_PAULO) == date(2018, 11, 3)


def test_a_day_with_two_midnights_begins_at_the_first() -> None:
    start = start_of(date(2026, 11, 1), HAVANA)
    assert datetime.fromtimestamp(start, HAVANA).utcoffset() == timedelta(hours=-4)


@pytest.mark.parametrize(
    ("days", "unit"), [(1, Unit.HOUR), (2, Unit.DAY), (62, Unit.DAY), (63, Unit.WEEK), (500, Unit.MONTH)]
)
def test_a_chart_gets_the_finest_unit_of_which_there_are_not_too_many(days: int, unit: Unit) -> None:
    first = start_of(date(2026, 1, 1), UTC)
    assert Calendar.over(first, first + days * 86_400 - 1, zone=UTC).unit is unit


def test_weeks_begin_on_mondays_and_months_on_their_first() -> None:
    first = start_of(date(2026, 1, 1), UTC)
    weeks = Calendar.over(first, first + 13 * 86_400, Unit.WEEK, UTC)
    assert [weeks.name(place) for place in range(3)] == ["2025-12-29", "2026-01-05", "2026-01-12"]
    months = Calendar.over(first, first + 45 * 86_400, Unit.MONTH, UTC)
    assert [months.label(place) for place in range(2)] == ["Jan 2026", "Feb 2026"]
