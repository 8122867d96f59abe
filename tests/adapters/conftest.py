"""What the tests of the ledger share, and those of the Messages API's client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.adapters.callers import Caller, calling
from tests.fakes_quota import FakeClock, Process, Start
from tui_app.core.service import MessagesApi


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


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    """Asks, and notes what came."""
    async with calling() as caller:
        yield caller


@pytest.fixture
async def api(caller: Caller) -> MessagesApi:
    """What the caller asks with."""
    return caller.api
