"""The app in a browser: who is let in, and a real browser that drives it."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from base64 import b64decode
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.cli.process import PATIENCE_S, run, start

_SOON = "new Promise(then => setTimeout(then, 50))"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass(frozen=True, slots=True)
class Served:
    """A running `inferterm web`."""

    process: Process
    address: str

    @property
    def netloc(self) -> str:
        """Host and port."""
        return urlsplit(self.address).netloc

    @property
    def port(self) -> str:
        """The port."""
        return self.netloc.rpartition(":")[2]


@asynccontextmanager
async def web() -> AsyncGenerator[Served, None]:
    """`inferterm web` on any port, until it is told to stop."""
    process = await start("web", "--port", "0")
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        address = (await process.stdout.readline()).decode().strip()
    try:
        yield Served(process, address)
    finally:
        process.terminate()
        _, said = await process.communicate()
        assert b"Traceback" not in said, said.decode()
        assert process.returncode == 0


async def status(served: Served, path: str, headers: Mapping[str, str], method: str = "GET") -> int:
    """What a request is answered with; its headers are exactly these."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(served.port))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
    async with asyncio.timeout(PATIENCE_S):
        first = await reader.readline()
    writer.close()
    return int(first.split()[1])


async def test_only_the_page_of_this_server_with_the_key_is_let_in() -> None:
    async with web() as served:
        key = served.address.partition("=")[2]
        host = {"Host": served.netloc}
        known = {**host, "Cookie": f"inferterm-{served.port}={key}"}
        upgrade = {
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        foreign = {"Origin": "http://evil.example"}
        own = {"Origin": f"http://{served.netloc}"}
        asked = {
            "without a key": ("/", host, 401),
            "with a wrong key": ("/?key=guess", host, 401),
            "with the key": (f"/?key={key}", host, 303),
            "with the cookie": ("/", known, 200),
            "with a wrong cookie": ("/", {**host, "Cookie": f"inferterm-{served.port}=x"}, 401),
            "a file without a key": ("/static/js/textual.js", host, 401),
            "a download without a key": ("/download/x", host, 401),
            "under a rebound name": ("/", {**known, "Host": f"evil.example:{served.port}"}, 403),
            "the key under a rebound name": (f"/?key={key}", {"Host": f"evil.example:{served.port}"}, 403),
            "on another port's name": ("/", {**known, "Host": "127.0.0.1:1"}, 403),
            "from a foreign page": ("/", {**known, **foreign}, 403),
            "from a file": ("/", {**known, "Origin": "null"}, 403),
            "from another port of this machine": ("/", {**known, "Origin": "http://127.0.0.1:1"}, 403),
            "a frame of a foreign page": ("/", {**known, "Sec-Fetch-Site": "cross-site"}, 403),
            "as localhost": ("/", {**known, "Host": f"localhost:{served.port}"}, 302),
            "the websocket without a key": ("/ws", {**host, **own, **upgrade}, 401),
            "the websocket of a foreign page": ("/ws", {**known, **foreign, **upgrade}, 403),
            "the websocket of no page": ("/ws", {**known, **upgrade}, 403),
            "the websocket with the key in its address": (f"/ws?key={key}", {**host, **own, **upgrade}, 401),
        }
        got = {name: await status(served, path, headers) for name, (path, headers, _) in asked.items()}
        assert got == {name: wanted for name, (_, _, wanted) in asked.items()}
        assert await status(served, "/", known, "POST") == 405
        assert await status(served, "/", {}) in {400, 403}


async def test_the_websocket_of_its_own_page_is_the_app() -> None:
    async with web() as served, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        async with client.get(served.address) as page:
            assert page.status == 200
            assert str(page.url) == f"http://{served.netloc}/"
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            (cookie,) = client.cookie_jar
            assert cookie["httponly"]
            assert cookie["samesite"] == "Strict"
        url = f"ws://{served.netloc}/ws?width=100&height=30"
        async with client.ws_connect(url, origin=f"http://{served.netloc}") as socket:
            drawn = b""
            async with asyncio.timeout(PATIENCE_S):
                while b"sandbox" not in drawn:
                    drawn += await socket.receive_bytes()
            assert b"inferterm" in drawn


async def test_a_port_that_is_taken_is_told() -> None:
    async with web() as served:
        ended = await run("web", "--port", served.port)
        assert (ended.code, ended.out, len(ended.err.splitlines())) == (1, b"", 1)


@dataclass
class Page:
    """A page of a real browser, driven over its debugging protocol."""

    socket: aiohttp.ClientWebSocketResponse
    numbers: count[int]
    drawn: bytearray
    """What the app has drawn since it was last waited for."""

    async def call(self, method: str, **parameters: object) -> dict[str, object]:
        """Call a method, and take its result."""
        number = next(self.numbers)
        await self.socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await self.socket.receive_json()
                if message.get("method") == "Network.webSocketFrameReceived":
                    frame = message["params"]["response"]
                    self.drawn += b64decode(frame["payloadData"]) if frame["opcode"] == 2 else b""
                if message.get("id") == number:
                    assert "error" not in message, message
                    result: dict[str, object] = message["result"]
                    return result

    async def value(self, script: str) -> object:
        """What a script in the page comes to."""
        found = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        result = found["result"]
        assert isinstance(result, dict)
        return result.get("value")

    async def until(self, script: str) -> None:
        """Wait until a script is true."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.value(script):
                await self.call("Runtime.evaluate", expression=_SOON, awaitPromise=True)

    async def until_drawn(self, words: str) -> None:
        """Wait until the app has drawn some words, and forget what it drew till then."""
        async with asyncio.timeout(PATIENCE_S):
            while words.encode() not in self.drawn:
                await self.call("Runtime.evaluate", expression=_SOON, awaitPromise=True)
        self.drawn.clear()

    async def press(self, key: str, text: str, code: int) -> None:
        """Press a key."""
        shared = {"key": key, "text": text, "windowsVirtualKeyCode": code}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **shared)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)


@asynccontextmanager
async def browser() -> AsyncGenerator[Page, None]:
    """A page of chromium without a window."""
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = (
            "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
            " --disable-sync --disable-component-update --disable-quic --remote-debugging-port=0"
        )
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *options.split(),
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=DEVNULL,
            stderr=PIPE,
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                assert process.stderr is not None
                while b"DevTools listening" not in (line := await process.stderr.readline()):
                    assert line, "the browser ended"
            port = urlsplit(line.split()[-1].decode()).port
            async with aiohttp.ClientSession() as client:
                async with client.get(f"http://127.0.0.1:{port}/json") as listed:
                    pages = [page for page in await listed.json() if page["type"] == "page"]
                async with client.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    yield Page(socket, count(1), bytearray())
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


async def asked() -> list[str]:
    """The prompts that were asked of the sandbox."""
    from tui_app import wiring

    async with wiring.workbench() as bench:
        chat = await bench.inference.chats.latest("sandbox")
        return [turn.prompt for turn in chat.conversation.turns if turn.answer.text]


@pytest.mark.system
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
async def test_a_real_browser_drives_the_app_and_a_foreign_page_does_not() -> None:
    async with web() as served, browser() as page:
        await page.call("Network.enable")
        await page.call("Page.navigate", url=served.address)
        await page.until_drawn("Try the sandbox")
        assert await page.value("location.href") == f"http://{served.netloc}/"
        assert await page.value("document.cookie") == ""
        await page.value("document.querySelector('textarea').focus()")
        await page.press("s", "s", 83)
        await page.call("Input.insertText", text="Hello")
        await page.press("Enter", "\r", 13)
        async with asyncio.timeout(PATIENCE_S):
            while not (prompts := await asked()):
                await page.value(_SOON)
        assert prompts == ["Hello"]

        await page.call("Page.navigate", url="data:text/html,<p>a foreign page</p>")
        await page.until("document.body && document.body.textContent.includes('foreign')")
        tried = json.dumps(f"ws://{served.netloc}/ws")
        script = f"""new Promise(end => {{
            const socket = new WebSocket({tried});
            socket.onopen = () => end('in'); socket.onerror = () => end('refused');
        }})"""
        assert await page.value(script) == "refused"
