"""What every EndpointStore promises, the one on disk and the one that stands in for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import cast

import pytest

from tests.fakes_storage import MemoryEndpoints
from tests.strategies_storage import endpoint
from tui_app.adapters.endpoint_files import EndpointFiles
from tui_app.core.errors import (
    BrokenEndpointFile,
    EndpointChanged,
    EndpointExists,
    EndpointNotFound,
)
from tui_app.core.storage import BrokenEndpoint, EndpointStore


@pytest.fixture(params=["files", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EndpointStore:
    return EndpointFiles(tmp_path / "endpoints") if request.param == "files" else MemoryEndpoints()


@pytest.fixture
def spoil(store: EndpointStore, tmp_path: Path) -> Callable[[str], None]:
    """A function that breaks an endpoint as an editor does."""

    def write(inference_id: str) -> None:
        if isinstance(store, MemoryEndpoints):
            store.put(BrokenEndpoint(inference_id, f"{inference_id}.json", 1, "this is not JSON"))
        else:
            (tmp_path / "endpoints").mkdir(exist_ok=True)
            (tmp_path / "endpoints" / f"{inference_id}.json").write_text("{")

    return write


async def test_an_empty_store_lists_nothing(store: EndpointStore) -> None:
    assert list(await store.all()) == []


async def test_what_was_created_is_found_and_listed_by_id(store: EndpointStore) -> None:
    for name in ("b", "a-b", "a"):
        await store.create(endpoint(name))
    assert await store.get("a-b") == endpoint("a-b")
    assert [each.inference_id for each in await store.all()] == ["a", "a-b", "b"]


async def test_an_id_can_be_taken_once(store: EndpointStore) -> None:
    await store.create(endpoint())
    with pytest.raises(EndpointExists, match="claude"):
        await store.create(endpoint(max_tokens=7))
    assert await store.get("claude") == endpoint()


async def test_what_is_not_there_cannot_be_read_replaced_or_deleted(store: EndpointStore) -> None:
    with pytest.raises(EndpointNotFound):
        await store.get("claude")
    with pytest.raises(EndpointNotFound):
        await store.replace(endpoint())
    with pytest.raises(EndpointNotFound):
        await store.delete("claude")
    assert list(await store.all()) == []


async def test_a_change_that_expects_what_is_there_is_kept(store: EndpointStore) -> None:
    await store.create(endpoint())
    await store.replace(endpoint(max_tokens=7), expected=endpoint())
    await store.replace(endpoint(max_tokens=8))
    assert await store.get("claude") == endpoint(max_tokens=8)


async def test_a_change_that_expects_something_else_is_refused(store: EndpointStore) -> None:
    await store.create(endpoint(max_tokens=5))
    with pytest.raises(EndpointChanged) as caught:
        await store.replace(endpoint(max_tokens=7), expected=endpoint())
    assert caught.value.status == 409
    assert caught.value.advice
    assert await store.get("claude") == endpoint(max_tokens=5)


async def test_what_was_deleted_is_gone(store: EndpointStore) -> None:
    await store.create(endpoint())
    await store.delete("claude")
    assert list(await store.all()) == []


async def test_a_broken_one_is_listed_and_can_only_be_deleted(
    store: EndpointStore, spoil: Callable[[str], None]
) -> None:
    spoil("claude")
    (broken,) = await store.all()
    assert isinstance(broken, BrokenEndpoint)
    assert (broken.inference_id, broken.line) == ("claude", 1)
    for attempt in (
        store.get("claude"),
        store.create(endpoint()),
        store.replace(endpoint()),
        store.replace(endpoint(), expected=endpoint()),
    ):
        with pytest.raises(BrokenEndpointFile, match="JSON"):
            await attempt
    assert list(await store.all()) == [broken]
    await store.delete("claude")
    assert list(await store.all()) == []


async def test_every_change_is_told(store: EndpointStore) -> None:
    await store.all()
    async with aclosing(cast("AsyncGenerator[None]", store.changes())) as changes, asyncio.timeout(20):
        await store.create(endpoint())
        await anext(changes)
        await store.replace(endpoint(max_tokens=7))
        await anext(changes)
        await store.delete("claude")
        await anext(changes)


async def test_one_at_a_time_has_the_turn_of_an_id_and_nothing_is_left_of_it(
    store: EndpointStore, tmp_path: Path
) -> None:
    """Another process has another store on the same folder."""
    other = EndpointFiles(tmp_path / "endpoints") if isinstance(store, EndpointFiles) else store
    inside = 0

    async def enter(which: EndpointStore, name: str) -> None:
        nonlocal inside
        async with which.turn(name):
            inside += name == "one"
            assert inside == 1
            for _ in range(5):
                await asyncio.sleep(0.001)
            assert inside == 1
            inside -= name == "one"

    async with asyncio.timeout(20):
        async with store.turn("two"):
            await asyncio.gather(*(enter((store, other)[number % 2], "one") for number in range(8)))
    if isinstance(store, EndpointFiles):
        assert list((tmp_path / "endpoints").iterdir()) == []


async def test_who_stops_waiting_for_a_turn_takes_it_from_nobody(store: EndpointStore) -> None:
    async with store.turn("one"):
        waiting = asyncio.create_task(store.turn("one").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
    async with asyncio.timeout(20), store.turn("one"):
        assert waiting.cancelled()


@pytest.mark.parametrize("name", ["a/b", "../x", ".hidden", "nul\0"])
async def test_what_can_be_no_id_has_no_turn(tmp_path: Path, name: str) -> None:
    with pytest.raises(EndpointNotFound):
        async with EndpointFiles(tmp_path / "endpoints").turn(name):
            raise AssertionError
