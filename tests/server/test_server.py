"""Switched on and off: the port, the key, where keys are kept, and what is said of all that."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.server.bench import ANY_PORT, Bench, OwnKeysInMemory, body, serving, until
from tui_app.core.errors import InvalidRequest, KeyTrouble
from tui_app.core.served import PortTaken, ServeOptions
from tui_app.server.server import InferenceServer


async def test_starting_twice_is_starting_once(bench: Bench) -> None:
    assert await bench.server.start(ServeOptions(port=1)) == bench.serving


async def test_a_port_is_free_again_after_stopping(bench: Bench) -> None:
    await bench.server.stop()
    await bench.server.stop()
    again = await bench.server.start(ServeOptions(port=bench.port))
    assert again.url == bench.serving.url


async def test_a_second_server_on_the_port_is_told_that_one_is_there(bench: Bench) -> None:
    other = InferenceServer(bench.inference, OwnKeysInMemory())
    with pytest.raises(PortTaken, match="another process of inferterm") as caught:
        await other.start(ServeOptions(port=bench.port))
    assert caught.value.by_us
    assert other.serving is None


async def test_a_port_of_another_program_is_told_apart(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        other = InferenceServer(bench.inference, OwnKeysInMemory())
        with pytest.raises(PortTaken, match="another program") as caught:
            await other.start(ServeOptions(port=stranger.getsockname()[1]))
    assert not caught.value.by_us


@pytest.mark.parametrize(
    "options",
    [ServeOptions(port=70_000), ServeOptions(host="no.such.name.invalid"), ServeOptions(host="999.1.1.1")],
)
async def test_an_address_that_is_none_is_said(bench: Bench, options: ServeOptions) -> None:
    with pytest.raises((InvalidRequest, PortTaken)):
        await InferenceServer(bench.inference, OwnKeysInMemory()).start(options)


async def test_other_machines_need_a_key_and_the_risk_is_said(bench: Bench) -> None:
    other = InferenceServer(bench.inference, OwnKeysInMemory())
    with pytest.raises(InvalidRequest, match="without a key"):
        await other.start(ServeOptions(port=0, host="0.0.0.0", auth=False))
    told = await other.start(ServeOptions(port=0, host="0.0.0.0"))
    try:
        assert told.url.startswith("http://127.0.0.1:")
        assert any("Other machines" in note for note in told.notes)
    finally:
        await other.stop()


async def test_without_a_keyring_keys_are_for_this_run_and_it_is_said(tmp_path: Path) -> None:
    async with serving(tmp_path, trouble=KeyTrouble.ABSENT) as bench:
        assert any("this run only" in note for note in bench.serving.notes)
        await bench.put()
        assert bench.keys.kept == [("ep-ok", "run")]
        first = bench.key
        await bench.server.stop()
        assert (await bench.server.start(ANY_PORT)).key is not None
        other = InferenceServer(bench.inference, bench.own)
        told = await other.start(ANY_PORT)
        await other.stop()
        assert told.key is not None and told.key.get_secret_value() != first


async def test_a_key_that_arrives_goes_to_the_keyring_and_no_further(bench: Bench) -> None:
    response = await bench.send("PUT", "/_inference/completion/ep-ok", body())
    assert bench.keys.kept == [("ep-ok", "keyring")]
    assert "sk-ant-test" not in response.text
    assert "sk-ant-test" not in (await bench.client.get("/_inference")).text
    assert "sk-ant-test" not in repr(bench.store.entries)
    assert "sk-ant-test" not in repr(bench.server.requests())
    assert bench.key not in repr(bench.server.requests())


async def test_requests_can_be_looked_at_as_they_come(bench: Bench) -> None:
    heard = asyncio.Event()
    end = bench.server.subscribe(heard.set)
    await bench.put()
    await bench.send("POST", "/_inference/completion/ep-ok", {"input": "hello"})
    await until(lambda: bench.server.requests()[-1].took_s is not None)
    put, post = bench.server.requests()
    assert heard.is_set()
    assert (put.method, put.path, put.status) == ("PUT", "/_inference/completion/ep-ok", 200)
    assert (post.inference_id, post.state, post.status) == ("ep-ok", "answered", 200)
    assert post.usage is not None and post.usage.total_input == 3
    assert post.took_s is not None and post.took_s >= post.waited_s >= 0
    assert (post.request, post.response) == ('{"input": "hello"}', '{"completion":[{"result":"hi"}]}')
    end()
    heard.clear()
    await bench.client.get("/")
    assert not heard.is_set()


async def test_only_the_latest_requests_are_remembered_and_cut_to_size(bench: Bench) -> None:
    await bench.put()
    await bench.send("POST", "/_inference/ep-ok", {"input": "x" * 50_000})
    assert len(bench.server.requests()[-1].request) <= 16 * 1024
    await bench.send("POST", "/_inference/ep-ok", {"input": "x" * 500_000})
    assert len(bench.server.requests()[-1].request) < 100
    for _ in range(210):
        await bench.client.get("/")
    assert len(bench.server.requests()) == 200


async def test_an_address_of_another_machine_is_no_fault_of_the_port(bench: Bench) -> None:
    await bench.server.stop()
    with pytest.raises(PortTaken) as caught:
        await bench.server.start(ServeOptions(port=0, host="192.0.2.1"))
    assert caught.value.advice == "Choose another --host."
