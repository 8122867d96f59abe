"""The tree of turns: ways through it, versions side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.branches import leaf_without, newest_below, path, versions

FORK = {1: 0, 2: 1, 3: 2, 4: 1, 5: 0}


def test_a_path_leads_from_a_first_turn_to_the_leaf() -> None:
    assert path(FORK, 3) == [1, 2, 3]
    assert path(FORK, 4) == [1, 4]
    assert path(FORK, 0) == path(FORK, 9) == []


def test_versions_stand_after_the_same_turn() -> None:
    assert versions(FORK) == {1: (1, 5), 5: (1, 5), 2: (2, 4), 4: (2, 4)}


def test_what_followed_last_is_where_a_version_ends() -> None:
    assert newest_below(FORK, 1) == 4
    assert newest_below(FORK, 2) == 3
    assert newest_below(FORK, 5) == 5


def test_without_its_last_turn_a_conversation_stands_beside_it_or_before_it() -> None:
    assert leaf_without(FORK, 4) == 3
    assert leaf_without(FORK, 3) == 2
    assert leaf_without({1: 0}, 1) == 0


@given(st.lists(st.integers(0, 30), max_size=30))
def test_every_path_ends_and_holds_each_turn_once(choices: list[int]) -> None:
    parents = {number: choice % number for number, choice in enumerate(choices, 1)}
    for each in parents:
        way = path(parents, newest_below(parents, each))
        assert each in way
        assert len(way) == len(set(way))


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 9)), st.integers(0, 9))
def test_a_spoiled_tree_cannot_hang(parents: dict[int, int], leaf: int) -> None:
    assert len(path(parents, leaf)) <= len(parents)
