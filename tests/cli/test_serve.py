"""`inferterm serve` as a process: what it prints, what it says of a taken port, how it ends."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.adapters.raw_server import RawServer, raw_server
from tests.cli.process import PATIENCE_S, end, run, served
from tests.server.bench import Upstream, body

PROMPT, KEY = "a prompt that nobody may read", "sk-ant-test-serve-0001"


@asynccontextmanager
async def service() -> AsyncGenerator[RawServer, None]:
    """A Messages API that says `hi`."""
    async with raw_server(Upstream().say) as server:
        yield server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_prints_how_to_connect_and_nothing_of_what_passes(number: signal.Signals) -> None:
    async with service() as upstream, served(ANTHROPIC_BASE_URL=upstream.url) as (process, url, key):
        headers = {"authorization": f"ApiKey {key}", "content-type": "application/json"}
        settings = {"api_key": KEY, "model_id": "m"}
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:
            put = await client.put("/_inference/completion/x", json=body(service_settings=settings))
            assert put.status_code == 200, put.text
            posted = await client.post("/_inference/completion/x", json={"input": PROMPT})
            assert posted.json() == {"completion": [{"result": "hi"}]}
            assert (await client.post("/_inference/completion/x", json={"input": 1})).status_code == 400
        assert upstream.path == "POST /v1/messages"
        process.send_signal(number)
        ended = await end(process)
    assert ended.code == 0
    printed = ended.out.decode() + ended.err
    for words in (PROMPT, KEY, '"hi"', "Traceback", "POST"):
        assert words not in printed
    for words in (
        "curl",
        f"ApiKey {key}",
        "Python",
        f'Elasticsearch("{url}"',
        "JavaScript",
        f"node: '{url}'",
    ):
        assert words in ended.out.decode()
    assert "this run only" in ended.err


async def test_without_access_control_there_is_no_key_and_it_says_so() -> None:
    async with served("--no-auth") as (process, url, blank):
        assert blank == ""
        async with httpx.AsyncClient(base_url=url) as client:
            assert (await client.get("/")).json()["tagline"] == "You Know, for Search"
        process.send_signal(signal.SIGTERM)
        ended = await end(process)
    assert (ended.code, b"ApiKey" in ended.out) == (0, False)
    assert "no key is asked for" in ended.err


async def test_a_port_on_which_it_serves_already_is_said_plainly() -> None:
    async with served() as (_, url, _):
        ended = await run("serve", "--port", url.rpartition(":")[2])
    assert (ended.code, ended.out) == (1, b"")
    assert "another process of inferterm serves" in ended.err


async def test_a_port_of_another_program_is_said_plainly() -> None:
    async with service() as stranger:
        ended = await run("serve", "--port", str(stranger.port))
    assert (ended.code, ended.out) == (1, b"")
    assert "used by another program" in ended.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_other_machines_are_not_let_in_without_a_key(host: str) -> None:
    ended = await run("serve", "--port", "0", "--host", host, "--no-auth")
    assert (ended.code, ended.out) == (2, b"")
    assert "without a key" in ended.err


async def test_a_stream_is_cut_when_it_is_told_to_stop() -> None:
    asked = asyncio.Event()

    async def silent(server: RawServer, writer: asyncio.StreamWriter) -> None:
        if json.loads(server.requests[-1].partition(b"\r\n\r\n")[2]).get("stream"):
            asked.set()
        else:
            await Upstream().say(server, writer)

    async with raw_server(silent) as upstream, served(ANTHROPIC_BASE_URL=upstream.url) as (process, url, key):
        headers = {"authorization": f"ApiKey {key}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE_S) as client:
            settings = {"api_key": KEY, "model_id": "m"}
            await client.put("/_inference/completion/x", json=body(service_settings=settings))
            streamed = asyncio.create_task(client.post("/_inference/x/_stream", json={"input": PROMPT}))
            async with asyncio.timeout(PATIENCE_S):
                await asked.wait()
            process.send_signal(signal.SIGINT)
            ended = await end(process)
            with pytest.raises(httpx.TransportError):
                await streamed
    assert ended.code == 0
