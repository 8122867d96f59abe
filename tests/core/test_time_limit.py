"""What computes for ever is broken off, wherever its time runs out."""

from __future__ import annotations

import time
import weakref

import pytest

from tui_app.core.time_limit import TookTooLong, limited

SHORT_S = 0.02


def compute(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


class Leaver:
    """Takes its time to go."""

    def __del__(self) -> None:
        compute(3 * SHORT_S)


class Short:
    """Is gone at once."""


def test_what_takes_too_long_is_broken_off() -> None:
    with pytest.raises(TookTooLong), limited(SHORT_S):
        compute(60.0)


def test_what_is_done_in_time_is_left_alone_also_afterwards() -> None:
    with limited(SHORT_S):
        pass
    compute(2 * SHORT_S)


def test_time_that_runs_out_in_a_finalizer_is_told_after_it() -> None:
    with pytest.raises(TookTooLong), limited(SHORT_S):
        leaver = Leaver()
        del leaver
        compute(60.0)


def test_time_that_runs_out_as_a_weak_set_lets_go_is_told_after_it() -> None:
    kept: weakref.WeakSet[Short] = weakref.WeakSet()
    for _ in range(5):
        with pytest.raises(TookTooLong), limited(SHORT_S):
            while True:
                kept.add(Short())
