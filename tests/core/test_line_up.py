"""All who wait, here and in other processes, in one line."""

from __future__ import annotations

from dataclasses import replace

from tui_app.core.claims import Rival
from tui_app.core.line_up import Crowd, line_up
from tui_app.core.quota import Group, Quota, Source, Waiting

GROUP = Group("http://127.0.0.1", "fingerprint", "model")
QUOTA = Quota(
    group=GROUP,
    limit=2,
    at=100.0,
    free_at=(110.0, 120.0),
    waiting=(
        Waiting("a", 1, "mine", Source.CHAT, 10.0, 50.0),
        Waiting("b", 4, "mine", Source.CHAT, 80.0, 53.0),
    ),
)
TWO = Rival("theirs", Source.BATCH, 2, 51.0, 52.0, 2, (51.0, 52.0), (Source.BATCH, Source.ASK))


def test_those_of_other_processes_stand_at_their_places_with_source_and_start() -> None:
    line = line_up(QUOTA, [TWO])
    assert [each.arrival for each in line] == [50.0, 51.0, 52.0, 53.0]
    first, second = line[1:3]
    assert isinstance(first, Waiting) and isinstance(second, Waiting)
    assert (first.position, first.source, first.expected_in_s, first.ours) == (2, Source.BATCH, 20.0, False)
    assert (second.position, second.source, second.expected_in_s) == (3, Source.ASK, 70.0)


def test_of_a_long_line_elsewhere_the_rest_is_counted() -> None:
    line = line_up(QUOTA, [replace(TWO, count=9, last=60.0)])
    assert Crowd("theirs", Source.BATCH, 7, 52.0) in line


def test_an_endpoint_elsewhere_with_another_limit_starts_by_its_own() -> None:
    (_, second, *_) = line_up(QUOTA, [replace(TWO, limit=3)])
    assert isinstance(second, Waiting)
    assert second.expected_in_s == 10.0


def test_of_an_older_build_the_first_is_shown_and_the_rest_counted() -> None:
    old = Rival("theirs", Source.ASK, 2, 51.0, 60.0, 5)
    line = line_up(replace(QUOTA, waiting=()), [old])
    assert [type(each) for each in line] == [Waiting, Crowd]
    assert isinstance(line[1], Crowd) and line[1].count == 4


def test_two_other_processes_stand_among_each_other() -> None:
    other = Rival("third", Source.SERVE, 2, 51.5, 51.5, 1, (51.5,), (Source.SERVE,))
    line = line_up(QUOTA, [TWO, other])
    assert [each.position for each in line if isinstance(each, Waiting) and not each.ours] == [2, 3, 4]
