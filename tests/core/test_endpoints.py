"""Endpoints are kept with all that belongs to them, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest
from pydantic import SecretStr

from tests.core.bodies import endpoint
from tests.fakes_keys import FakeKeys
from tests.fakes_storage import MemoryEndpoints, MemoryHealth
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Endpoints, Entry, sandbox_endpoint
from tui_app.core.errors import (
    EndpointChanged,
    EndpointExists,
    EndpointNotFound,
    KeyStoreFailed,
    KeyTrouble,
    StoreFailed,
)
from tui_app.core.keys import KeyState, KeyStatus
from tui_app.core.storage import BrokenEndpoint
from tui_app.core.targets import Targets

KEY = SecretStr("sk-ant-one")


class NoSandbox:
    """Nobody needs it here."""

    async def start(self) -> tuple[str, SecretStr]:
        raise AssertionError("the sandbox was started")

    async def aclose(self) -> None:
        """Nothing to close."""


@pytest.fixture
def keys() -> FakeKeys:
    return FakeKeys()


@pytest.fixture
def store() -> MemoryEndpoints:
    return MemoryEndpoints()


@pytest.fixture
def kept(store: MemoryEndpoints, keys: FakeKeys) -> Endpoints:
    return Endpoints(store, keys, MemoryHealth(), Targets(keys, NoSandbox()))


async def entry(kept: Endpoints, inference_id: str) -> Entry:
    return await kept.entry(inference_id)


async def test_an_endpoint_is_kept_with_its_key(kept: Endpoints) -> None:
    await kept.create(endpoint("a"), KEY)
    assert (await entry(kept, "a")).key.state is KeyState.KEYRING


async def test_where_a_key_cannot_be_kept_nothing_is_written(kept: Endpoints, keys: FakeKeys) -> None:
    keys.trouble = KeyTrouble.ABSENT
    with pytest.raises(KeyStoreFailed):
        await kept.create(endpoint("a"), KEY)
    assert await kept.stored() == ()


async def test_where_the_file_cannot_be_written_the_key_is_not_kept(keys: FakeKeys) -> None:
    class Full(MemoryEndpoints):
        async def create(self, endpoint: object) -> None:
            raise StoreFailed("the disk is full")

    kept = Endpoints(Full(), keys, MemoryHealth(), Targets(keys, NoSandbox()))
    with pytest.raises(StoreFailed):
        await kept.create(endpoint("a"), KEY)
    assert keys.keys == {}


async def test_who_comes_second_with_a_new_id_leaves_the_first_one_its_key(keys: FakeKeys) -> None:
    class Raced(MemoryEndpoints):
        async def all(self) -> tuple[()]:
            return ()

    kept = Endpoints(Raced(), keys, MemoryHealth(), Targets(keys, NoSandbox()))
    await kept.create(endpoint("a"), KEY)
    with pytest.raises(EndpointExists):
        await kept.create(endpoint("a"), SecretStr("another"))
    assert keys.keys["a"] == KEY


async def test_who_stops_waiting_for_the_key_store_leaves_no_endpoint(
    kept: Endpoints, keys: FakeKeys, store: MemoryEndpoints
) -> None:
    keys.trouble = KeyTrouble.NO_ANSWER
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await kept.create(endpoint("a"), KEY)
    assert not store.entries


async def test_a_change_on_top_of_another_does_not_touch_the_key(kept: Endpoints, keys: FakeKeys) -> None:
    await kept.create(endpoint("a"), KEY)
    with pytest.raises(EndpointChanged):
        await kept.change(endpoint("a"), SecretStr("another"), expected=endpoint("a", model="older"))
    assert keys.keys["a"] == KEY


async def test_an_id_that_exists_is_refused_before_its_key_is_touched(
    kept: Endpoints, keys: FakeKeys
) -> None:
    await kept.create(endpoint("a"), KEY)
    with pytest.raises(EndpointExists):
        await kept.create(endpoint("a"), SecretStr("another"))
    assert keys.keys["a"] == KEY


async def test_a_broken_file_keeps_its_id_taken(keys: FakeKeys) -> None:
    store = MemoryEndpoints(BrokenEndpoint("a", "a.json", 3, "no JSON"))
    kept = Endpoints(store, keys, MemoryHealth(), Targets(keys, NoSandbox()))
    with pytest.raises(EndpointExists):
        await kept.create(endpoint("a"))
    assert isinstance((await kept.entries())[0], BrokenEndpoint)


async def test_endpoints_with_the_same_key_url_and_model_share_a_budget(kept: Endpoints) -> None:
    for name in ("a", "b"):
        await kept.create(endpoint(name), KEY)
    await kept.create(endpoint("c"), SecretStr("another"))
    await kept.create(endpoint("d", model="claude-opus-5"), KEY)
    await kept.create(endpoint("e"))
    await kept.create(endpoint("f"))
    rows = {row.endpoint.inference_id: row.shares for row in await kept.entries() if isinstance(row, Entry)}
    assert rows == {"a": ("b",), "b": ("a",), "c": (), "d": (), "e": (), "f": ()}


async def test_deleting_an_endpoint_deletes_its_key_when_told_so(kept: Endpoints, keys: FakeKeys) -> None:
    for name in ("a", "b"):
        await kept.create(endpoint(name), KEY)
    assert await kept.delete("a", with_key=True)
    assert not await kept.delete("b", with_key=False)
    assert (list(keys.keys), await kept.stored()) == (["b"], ())


async def test_what_is_not_there_cannot_be_deleted(kept: Endpoints) -> None:
    with pytest.raises(EndpointNotFound):
        await kept.delete("a", with_key=True)


async def test_the_sandbox_can_always_be_asked(kept: Endpoints) -> None:
    assert await kept.get("sandbox") == sandbox_endpoint()
    assert (await kept.entry("sandbox")).key.state is KeyState.SANDBOX
    assert await kept.stored() == ()


async def test_a_new_key_makes_an_old_refusal_forgotten(kept: Endpoints) -> None:
    await kept.create(endpoint("a"), KEY)
    await kept.note("a", key_refused=True, error="401")
    await kept.change(endpoint("a"), SecretStr("new"))
    health = (await entry(kept, "a")).health
    assert (health.key_refused, health.error) == (False, "401")


class Unwritable(MemoryEndpoints):
    """A store that can be read, and written no more."""

    async def replace(self, endpoint: Endpoint, *, expected: Endpoint | None = None) -> None:
        raise StoreFailed("no space left on device")


@pytest.mark.parametrize("former", [None, "sk-ant-former"])
async def test_where_the_changed_file_cannot_be_written_the_former_key_is_kept(
    keys: FakeKeys, former: str | None
) -> None:
    store = Unwritable(endpoint("one"))
    kept = Endpoints(store, keys, MemoryHealth(), Targets(keys, NoSandbox()))
    if former:
        await keys.keep(endpoint("one"), SecretStr(former))
    before = dict(keys.keys)
    with pytest.raises(StoreFailed):
        await kept.change(endpoint("one"), KEY)
    assert keys.keys == before


async def test_of_changes_at_once_by_two_processes_none_leaves_another_ones_key(keys: FakeKeys) -> None:
    """Two of everything but of the store and the keyring, as in two processes; every order is tried."""
    for turns in range(12):
        store, apart = MemoryEndpoints(), Slow(turns)
        ours, theirs = (
            Endpoints(store, each, MemoryHealth(), Targets(each, NoSandbox())) for each in (keys, apart)
        )
        apart.keys = keys.keys
        await asyncio.gather(
            theirs.create(endpoint("one"), KEY),
            _soon(turns, ours.delete("one", with_key=True)),
            return_exceptions=True,
        )
        assert set(keys.keys) == set(store.entries), turns
        await asyncio.gather(
            _soon(turns, ours.create(endpoint("one"), KEY)),
            theirs.create(endpoint("one"), KEY),
            ours.delete("one", with_key=True),
            theirs.change(endpoint("one"), KEY),
            return_exceptions=True,
        )
        assert set(keys.keys) == set(store.entries), turns
        keys.keys.clear()


class Slow(FakeKeys):
    """A keyring that lets others have some turns before and after it keeps a key."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self._turns_of_others = turns

    async def keep(self, endpoint: Endpoint, key: SecretStr) -> KeyStatus:
        await _soon(self._turns_of_others, asyncio.sleep(0))
        status = await super().keep(endpoint, key)
        await _soon(self._turns_of_others, asyncio.sleep(0))
        return status


async def _soon(turns: int, work: Awaitable[object]) -> object:
    for _ in range(turns):
        await asyncio.sleep(0)
    return await work


async def test_a_limit_is_told_once_however_it_was_changed(kept: Endpoints, store: MemoryEndpoints) -> None:
    told: list[tuple[str, int]] = []
    kept.limit_changed = lambda inference_id, limit: told.append((inference_id, limit))
    await kept.create(endpoint("a", limit=1))
    await kept.stored()
    await kept.change(endpoint("a", limit=2))
    assert told == [("a", 2)]
    await kept.get("a")
    store.put(endpoint("a", limit=3))
    await kept.get("a")
    store.put(endpoint("a", limit=4))
    await kept.entries()
    store.put(BrokenEndpoint("a", "a.json", 1, "half of it"))
    await kept.stored()
    store.put(endpoint("a", limit=4))
    await kept.stored()
    assert told == [("a", 2), ("a", 3), ("a", 4)]
