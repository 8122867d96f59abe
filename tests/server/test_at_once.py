"""Two changes of one endpoint at once, and clients that leave in the middle: nothing is half-written."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from tests.adapters.raw_server import RawServer, Writer
from tests.server.bench import Bench, body, until
from tui_app.core.endpoint import Endpoint
from tui_app.core.keys import KeyStatus
from tui_app.core.served import ServedState


def with_key(key: str) -> dict[str, Any]:
    """A body whose key and model belong together."""
    return body(service_settings={"api_key": key, "model_id": f"model-of-{key}"})


def kept(bench: Bench, name: str) -> str:
    """The key that is kept for an endpoint."""
    return bench.keys.keys[name].get_secret_value()


@pytest.fixture
def _slow_keys(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have many turns before the keyring keeps a key, and again before it says so."""
    keep = bench.keys.keep

    async def others() -> None:
        for _ in range(2_000):
            await asyncio.sleep(0)

    async def slowly(endpoint: Endpoint, key: SecretStr) -> KeyStatus:
        await others()
        status = await keep(endpoint, key)
        await others()
        return status

    monkeypatch.setattr(bench.keys, "keep", slowly)


def two_together(bench: Bench) -> None:
    """Let the service answer the first request only when the second has come."""
    both, asked = asyncio.Event(), 0

    async def together(server: RawServer, writer: Writer) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            both.set()
        await both.wait()
        await bench.upstream.say(server, writer)

    bench.upstream.says = [together, together]


async def test_of_two_who_make_one_id_at_once_one_is_told_that_it_exists(bench: Bench) -> None:
    two_together(bench)
    answers = await asyncio.gather(
        *(bench.send("PUT", "/_inference/completion/new", with_key(key)) for key in ("sk-a", "sk-b"))
    )
    lost, won = sorted(answers, key=lambda answer: answer.status_code, reverse=True)
    assert (won.status_code, lost.status_code) == (200, 400)
    assert lost.json()["error"]["type"] == "resource_already_exists_exception"
    assert won.json()["service_settings"]["model_id"] == f"model-of-{kept(bench, 'new')}"
    assert (await bench.send("GET", "/_inference")).json() == {"endpoints": [won.json()]}


@pytest.mark.usefixtures("_slow_keys")
async def test_of_two_who_change_one_endpoint_at_once_the_key_is_that_of_who_did(bench: Bench) -> None:
    await bench.put()
    two_together(bench)

    async def change(tokens: int) -> int:
        told = {"service_settings": {"api_key": f"sk-{tokens}"}, "task_settings": {"max_tokens": tokens}}
        return (await bench.send("PUT", "/_inference/ep-ok/_update", told)).status_code

    assert sorted(await asyncio.gather(change(7), change(8))) == [200, 409]
    (endpoint,) = (await bench.send("GET", "/_inference/ep-ok")).json()["endpoints"]
    assert kept(bench, "ep-ok") == f"sk-{endpoint['task_settings']['max_tokens']}"


@pytest.mark.usefixtures("_slow_keys")
async def test_who_deletes_what_is_being_made_leaves_no_key_behind(bench: Bench) -> None:
    making = asyncio.create_task(bench.send("PUT", "/_inference/completion/new", body()))
    await until(lambda: "new" in bench.store.entries)
    deleting = await bench.send("DELETE", "/_inference/new")
    assert ((await making).status_code, deleting.status_code) == (200, 200)
    assert (bench.store.entries, bench.keys.keys) == ({}, {})


async def test_a_client_that_leaves_while_its_endpoint_is_written_leaves_a_whole_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, go_on, create = asyncio.Event(), asyncio.Event(), bench.store.create

    async def slowly(endpoint: Endpoint) -> None:
        await create(endpoint)
        written.set()
        await go_on.wait()

    monkeypatch.setattr(bench.store, "create", slowly)
    making = asyncio.create_task(bench.send("PUT", "/_inference/completion/new", body()))
    await written.wait()
    making.cancel()
    await asyncio.wait({making})
    # The server hears of it when its connection ends, which the answer to another request comes after.
    await bench.client.get("/")
    go_on.set()
    await until(lambda: bench.server.requests()[0].state is ServedState.LEFT)
    assert list(bench.store.entries) == list(bench.keys.keys) == ["new"]
