from __future__ import annotations

import pytest

from tests.benchmarks.quota.servers import bucket, fixed, refused, sliding
from tests.benchmarks.quota.wall import HOUR_S, Wall

TWICE = [0.0, 0.0, 0.9, 0.9]


def test_a_bucket_refuses_what_has_not_refilled() -> None:
    assert bucket([0.0, 0.0, 0.0], 2, 1.0) == 1
    assert bucket([0.0, 0.0, 0.5, 1.0], 2, 1.0) == 0
    assert bucket(TWICE, 2, 1.0) == 1


def test_a_sliding_window_refuses_what_comes_early_and_forgets_what_it_refused() -> None:
    assert sliding(TWICE, 2, 1.0) == 2
    assert sliding([0.0, 0.0, 1.0, 1.0], 2, 1.0) == 0
    assert sliding([0.0, 0.5, 0.9, 1.0], 2, 1.0) == 1


def test_a_fixed_window_refuses_by_where_it_lies() -> None:
    assert fixed(TWICE, 2, 1.0) == 2
    assert fixed(TWICE, 2, 1.0, phase=0.5) == 0


def test_starts_a_window_apart_are_refused_only_where_journeys_differ() -> None:
    burst = [float(nth) for nth in range(20) for _ in range(5)]
    assert refused(burst, 5, 1.0, 0.0) == {"bucket": 0.0, "sliding": 0.0, "fixed": 0.0}
    assert refused(burst, 5, 1.0, 0.1)["sliding"] > 0
    margin = [nth * 1.1 for nth in range(20) for _ in range(5)]
    assert refused(margin, 5, 1.0, 0.1) == {"bucket": 0.0, "sliding": 0.0, "fixed": 0.0}


@pytest.mark.parametrize(("now", "offset"), [(5.0, 0.0), (14.0, -HOUR_S), (17.0, HOUR_S), (25.0, HOUR_S)])
def test_the_wall_clock_is_right_then_an_hour_behind_then_ahead(now: float, offset: float) -> None:
    wall = Wall(lambda: now, 9.0)
    wall.begin = 10.0
    assert wall.offset(now) == offset
