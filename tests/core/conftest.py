"""What the tests of the quota share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes_quota import FakeClock, Process, TroubledLedger
from tui_app.core.queue import RequestQueue


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
async def queue(clock: FakeClock) -> AsyncIterator[RequestQueue]:
    """The queue of a process with a ledger of its own."""
    process = Process(clock)
    yield process.queue
    await process.queue.aclose()


@pytest.fixture
def ledger() -> TroubledLedger:
    """A ledger that can be told to make trouble."""
    return TroubledLedger()


@pytest.fixture
async def troubled(clock: FakeClock, ledger: TroubledLedger) -> AsyncIterator[RequestQueue]:
    """The queue of a process with that ledger."""
    queue = RequestQueue(ledger, clock)
    yield queue
    ledger.busy, ledger.failure = False, None
    await queue.aclose()
