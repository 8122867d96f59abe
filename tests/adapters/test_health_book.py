"""The health of endpoints: what every HealthBook promises, and the one on disk besides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes_storage import MemoryHealth
from tui_app.adapters.database import Database
from tui_app.adapters.health_book import HealthTable
from tui_app.core.storage import Health, HealthBook


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(tmp_path / "inferterm.db")
    yield made
    await made.aclose()


@pytest.fixture(params=["database", "memory"])
def book(request: pytest.FixtureRequest, database: Database) -> HealthBook:
    return HealthTable(database) if request.param == "database" else MemoryHealth()


async def test_health_is_remembered_replaced_and_forgotten(book: HealthBook) -> None:
    assert dict(await book.all()) == {}
    await book.note("claude", Health(1.0, 0.2, 3.0, "refused", True))
    await book.note("other", Health())
    assert dict(await book.all()) == {"claude": Health(1.0, 0.2, 3.0, "refused", True), "other": Health()}
    await book.note("claude", Health(5.0))
    await book.forget("other")
    await book.forget("nobody")
    assert dict(await book.all()) == {"claude": Health(5.0)}


async def test_health_that_somebody_else_spoiled_counts_as_forgotten(database: Database) -> None:
    book = HealthTable(database)
    await book.note("good", Health(1.0))
    await book.note("bad", Health(2.0))
    await database.execute("UPDATE health SET health = '[7]' WHERE inference_id = 'bad'", ())
    assert dict(await book.all()) == {"good": Health(1.0)}
