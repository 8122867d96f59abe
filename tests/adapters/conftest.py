"""What the tests of the ledger share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes_quota import FakeClock, Process, Start


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def start(clock: FakeClock, tmp_path: Path) -> Iterator[Start]:
    """Starts processes on one ledger."""
    processes: list[Process] = []

    def one_more() -> Process:
        processes.append(Process(clock, tmp_path / "ledger"))
        return processes[-1]

    yield one_more
    for process in processes:
        process.kill()
