"""The tree that the turns of a conversation make, by their ids: a parent's id is smaller than its child's.

`parents` names for each turn the one before it, 0 for a first turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ROOT: Final = 0
"""What comes before a first turn."""


def path(parents: Mapping[int, int], leaf: int) -> list[int]:
    """The ids from a first turn to `leaf`; empty for a leaf that is not there."""
    found: list[int] = []
    while leaf in parents and (not found or leaf < found[-1]):
        found.append(leaf)
        leaf = parents[leaf]
    return found[::-1]


def versions(parents: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """For each turn that stands beside others all that stand there, the oldest first."""
    beside: dict[int, list[int]] = {}
    for turn_id in sorted(parents):
        beside.setdefault(parents[turn_id], []).append(turn_id)
    groups = (tuple(group) for group in beside.values() if len(group) > 1)
    return {turn_id: group for group in groups for turn_id in group}


def newest_below(parents: Mapping[int, int], turn_id: int) -> int:
    """The leaf that was reached last by way of a turn; the turn itself where nothing followed."""
    below = {turn_id}
    for each in sorted(parents):
        if parents[each] in below:
            below.add(each)
    return max(below)


def leaf_without(parents: Mapping[int, int], turn_id: int) -> int:
    """Where a conversation stands that stood at `turn_id` when that is gone: beside it, else before it."""
    beside = [each for each, parent in parents.items() if parent == parents[turn_id] and each != turn_id]
    return newest_below(parents, max(beside)) if beside else parents[turn_id]
