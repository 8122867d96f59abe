import asyncio
import contextlib
import logging
import socket

import httpx
import pytest

from tests.sandbox.wire import HEADERS, QUICK, request
from tui_app.sandbox.server import PortUnavailable, SandboxServer, running_sandbox
from tui_app.sandbox.settings import SandboxSettings

SLOWLY = SandboxSettings(tokens_per_second=5, first_token_delay=0)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_it_takes_requests_as_soon_as_it_has_started() -> None:
    server = SandboxServer(QUICK)
    await server.start()
    async with httpx.AsyncClient(base_url=server.url, headers=HEADERS) as wire:
        response = await wire.post("/v1/messages", json=request())
    await server.stop()
    assert response.status_code == 200
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert server.key == QUICK.key


async def test_two_sandboxes_stand_side_by_side() -> None:
    async with running_sandbox(QUICK) as one, running_sandbox(QUICK) as other:
        assert one.port != other.port


async def test_the_port_is_free_after_it_has_stopped() -> None:
    async with running_sandbox(QUICK) as server:
        assert _is_taken(server.port)
    assert not _is_taken(server.port)
    async with running_sandbox(QUICK, server.port) as again:
        assert again.port == server.port


async def test_stopping_twice_or_before_starting_is_nothing() -> None:
    server = SandboxServer(QUICK)
    await server.stop()
    await server.start()
    await server.stop()
    await server.stop()


async def test_a_taken_port_is_said_plainly() -> None:
    async with running_sandbox(QUICK) as server:
        with pytest.raises(PortUnavailable, match=str(server.port)) as caught:
            await SandboxServer(QUICK, server.port).start()
    assert isinstance(caught.value, OSError)
    assert caught.value.port == server.port
    assert caught.value.reason


async def test_a_number_that_is_no_port_is_said_plainly() -> None:
    with pytest.raises(PortUnavailable, match="70000"):
        await SandboxServer(QUICK, 70_000).start()


async def test_it_stops_with_a_stream_open() -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(running_sandbox(SLOWLY))
        wire = await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, headers=HEADERS))
        body = request("write 2000 words", stream=True)
        response = await stack.enter_async_context(wire.stream("POST", "/v1/messages", json=body))
        chunks = response.aiter_raw()
        await anext(chunks)
        async with asyncio.timeout(20):
            await server.stop()
        assert not _is_taken(server.port)
        with pytest.raises(httpx.RemoteProtocolError):
            async for _ in chunks:
                pass


async def test_a_cancelled_host_leaves_no_port_behind() -> None:
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def host() -> None:
        async with running_sandbox(QUICK) as server:
            started.set_result(server.port)
            await asyncio.Event().wait()

    hosting = asyncio.create_task(host())
    port = await started
    hosting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hosting
    assert not _is_taken(port)


async def test_a_start_that_is_cancelled_leaves_no_port_behind() -> None:
    async with running_sandbox(QUICK) as server:
        port = server.port
    outcomes = set()
    for ticks in range(60):
        server = SandboxServer(QUICK, port)
        starting = asyncio.create_task(server.start())
        for _ in range(ticks):
            await asyncio.sleep(0)
        starting.cancel()
        await asyncio.wait({starting})
        outcomes.add(starting.cancelled())
        if not starting.cancelled():
            break
        assert not _is_taken(port)
    await server.stop()
    assert True in outcomes


async def test_a_client_that_leaves_ends_its_stream() -> None:
    async with running_sandbox(SLOWLY) as server:
        async with httpx.AsyncClient(base_url=server.url, headers=HEADERS) as wire:
            body = request("write 2000 words", stream=True)
            async with wire.stream("POST", "/v1/messages", json=body) as response:
                await anext(response.aiter_raw())
                assert server._server is not None
                assert server._server.server_state.tasks
        async with asyncio.timeout(20):
            await asyncio.wait(server._server.server_state.tasks)


async def test_what_was_asked_can_be_read() -> None:
    async with (
        running_sandbox(QUICK) as server,
        httpx.AsyncClient(base_url=server.url, headers=HEADERS) as wire,
    ):
        await wire.post("/v1/messages", json=request("one"))
        await wire.post("/v1/messages", json=request("status 500", stream=True))
    assert [(asked.prompt, asked.stream) for asked in server.requests] == [
        ("one", False),
        ("status 500", True),
    ]
    assert {asked.model for asked in server.requests} == {"claude-haiku-4-5"}


async def test_nothing_is_printed_or_logged(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        running_sandbox(QUICK) as server,
        httpx.AsyncClient(base_url=server.url, headers=HEADERS) as wire,
    ):
        await wire.post("/v1/messages", json=request())
        with contextlib.suppress(httpx.RemoteProtocolError):
            await wire.post("/v1/messages", json=request("cut short"))
        await wire.get("/", headers={"connection": "upgrade", "upgrade": "websocket"})
    assert capfd.readouterr() == ("", "")
    assert [log for log in caplog.records if log.name.startswith("uvicorn")] == []
