from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.quota.figures import (
    Figures,
    Start,
    jain,
    lateness,
    middle,
    overtaken,
    percentile,
    schedule,
    share_over,
    starts,
    utilisation,
)
from tests.quota_worker import violations


def filled(windows: int, window: float, limit: int = 10, each: float = 1.0) -> list[float]:
    """Starts that come in bursts of `limit`, one each `window`, and share the burst among themselves."""
    return [nth * window + slot * 0.001 * each for nth in range(windows) for slot in range(limit)]


def test_the_same_for_all_is_as_fair_as_can_be() -> None:
    assert jain([7, 7, 7, 7], 4) == pytest.approx(1.0)


def test_all_for_one_is_as_unfair_as_can_be_also_when_the_others_are_missing() -> None:
    assert jain([12, 0, 0, 0], 4) == pytest.approx(0.25)
    assert jain([12], 4) == pytest.approx(0.25)


def test_fairness_of_unequal_shares() -> None:
    assert jain([1, 3], 2) == pytest.approx(16 / 20)


def test_a_start_too_many_is_found_wherever_the_window_lies() -> None:
    assert violations([0.0, 0.6, 0.9], 2, 1.0) == [0.9]
    assert violations([0.0, 0.6, 1.0], 2, 1.0) == []
    assert len(violations([0.0, 0.1, 0.2, 0.3], 2, 1.0)) == 2


def test_a_limit_used_to_the_full_is_used_to_a_hundred_percent() -> None:
    late = lateness(filled(5, 1.0), 10, 1.0, until=5.0)
    assert utilisation(late, 1.0) == pytest.approx(1.0)


def test_what_comes_late_in_each_window_is_missing_in_the_use() -> None:
    late = lateness(filled(5, 1.25), 10, 1.0, until=5.0)
    assert utilisation(late, 1.0) == pytest.approx(0.8)
    assert percentile(late, 0.5) == pytest.approx(0.25)


def test_one_that_stops_starting_loses_use_by_what_lies_idle() -> None:
    busy = filled(2, 1.0)
    assert utilisation(lateness(busy, 10, 1.0, until=2.0), 1.0) == pytest.approx(1.0)
    assert utilisation(lateness(busy, 10, 1.0, until=5.0), 1.0) < 0.55


def test_more_than_is_allowed_is_more_than_a_hundred_percent() -> None:
    assert utilisation(lateness(filled(8, 0.5), 10, 1.0, until=4.0), 1.0) > 1.2


def test_one_burst_and_nothing_after_it_is_hardly_any_use() -> None:
    assert utilisation([], 1.0) == 0.0
    assert utilisation(lateness(filled(1, 1.0), 10, 1.0, until=10.0), 1.0) == pytest.approx(0.1, abs=0.01)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([float(nth) for nth in range(100)], 0.99) == 99.0
    assert percentile([3.0], 0.99) == 3.0
    assert percentile([], 0.5) == 0.0


def test_who_was_overtaken_by_a_later_comer_is_counted_once() -> None:
    assert overtaken([1.0, 2.0, 3.0]) == 0
    assert overtaken([3.0, 1.0, 2.0]) == 2
    assert overtaken([1.0, 3.0, 2.0, 4.0]) == 1


def test_the_ideal_schedule_repeats_the_first_burst_each_window() -> None:
    assert schedule([0.0, 0.1], 2, 1.0, 5) == pytest.approx([1.0, 1.1, 2.0, 2.1, 3.0])


def test_a_line_that_a_kill_cut_short_is_no_start(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("2.5 11 0.5\n1.5 12 0.25\n3.5 1")
    assert starts(log) == [Start(1.5, 12, 0.25), Start(2.5, 11, 0.5)]


def figures(found: list[Start], until: float, in_vain: float = 0.0) -> Figures:
    return Figures.of(
        found, limit=2, window=1.0, processes=2, begin=0.0, until=until, cpu=1.0, in_vain=in_vain
    )


def test_a_first_grab_counts_for_the_whole_round_and_not_once_all_wait() -> None:
    grab = [Start(0.0, 1, 0.0), Start(0.01, 1, 0.0), Start(1.0, 1, 0.0), Start(1.01, 1, 0.0)]
    even = [Start(at + late, pid, 0.0) for at in (2.0, 3.0) for late, pid in ((0.01, 1), (0.02, 2))]
    found = figures(grab + even, 4.0)
    assert found.fair == pytest.approx(64 / 80)
    assert found.steady == pytest.approx(1.0)


def test_starts_after_the_round_are_no_use_but_may_be_violations() -> None:
    in_time = [Start(0.0, 1, 0.0), Start(0.5, 1, 0.0), Start(1.0, 2, 0.0), Start(1.5, 2, 0.0)]
    late = [Start(2.1, 1, 0.0), Start(2.2, 1, 0.0), Start(2.3, 1, 0.0)]
    assert figures(in_time + late, 2.0).starts == 4
    assert figures(in_time, 2.0).violations == 0
    assert figures(in_time + late, 2.0).violations == 2


def test_who_waited_in_vain_waited_longest() -> None:
    found = [Start(0.0, 1, 0.0), Start(0.5, 2, 0.25)]
    assert figures(found, 2.0).longest_wait == pytest.approx(0.25)
    assert figures(found, 2.0, in_vain=2.0).longest_wait == 2.0


def test_several_rounds_give_medians_but_no_violation_is_lost() -> None:
    quiet = figures([Start(0.0, 1, 0.0)], 1.0)
    wild = figures([Start(0.0, 1, 0.0), Start(0.1, 1, 0.0), Start(0.2, 1, 0.0)], 1.0)
    assert middle([quiet, wild, quiet]).violations == 1
    assert middle([quiet, wild, quiet]).starts == 1


def test_the_share_over_the_limit_is_of_the_starts_of_all_rounds() -> None:
    wild = figures([Start(0.0, 1, 0.0), Start(0.1, 1, 0.0), Start(0.2, 1, 0.0), Start(0.9, 1, 0.0)], 1.0)
    assert share_over([wild, wild, wild]) == pytest.approx(2 / 4)
