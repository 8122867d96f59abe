"""What the `_inference` server adds to a request, against asking the sandbox directly in the same run.

On a machine that has other things to do, the fastest tenth says more than the median.

.venv/bin/python -m tests.benchmarks.server
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from tests.benchmarks.keystrokes import percentile
from tui_app.sandbox.settings import DEFAULT_KEY

ROUNDS: Final = 400
WARM_UP: Final = 40
MODEL: Final = "claude-haiku-4-5"
WHOLE_MS, FIRST_MS = 5.0, 10.0
"""Targets: how much longer an answer and the first byte of a stream may take, at the median."""
SANDBOX: Final = """
import asyncio
from tui_app.sandbox.server import running_sandbox
from tui_app.sandbox.settings import SandboxSettings

async def main():
    many = 10**9
    pace = SandboxSettings(requests_per_minute=many, input_tokens_per_minute=many,
        output_tokens_per_minute=many, tokens_per_second=0, first_token_delay=0)
    async with running_sandbox(pace) as sandbox:
        print(sandbox.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
Ask = Callable[[], Awaitable[float]]


@asynccontextmanager
async def process(*arguments: str, **environ: str) -> AsyncGenerator[Process, None]:
    """A process of Python, which is ended with the context."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=PIPE, stderr=PIPE, env={**os.environ, **environ}
    )
    try:
        yield started
    finally:
        started.terminate()
        await started.communicate()


async def line(of: Process) -> str:
    """The next line that a process prints."""
    assert of.stdout is not None
    return (await of.stdout.readline()).decode().strip()


def asking(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> tuple[Ask, Ask]:
    """What asks once for a whole answer and for a stream; each gives seconds."""
    stream_path, stream_body = (
        (f"{path}/_stream", body) if "_inference" in path else (path, {**body, "stream": True})
    )

    async def whole() -> float:
        began = time.perf_counter()
        response = await client.post(path, json=body)
        response.raise_for_status()
        return time.perf_counter() - began

    async def first() -> float:
        began, took = time.perf_counter(), 0.0
        async with client.stream("POST", stream_path, json=stream_body) as response:
            response.raise_for_status()
            async for piece in response.aiter_raw():
                if b"delta" in piece:
                    took = took or time.perf_counter() - began
        return took

    return whole, first


async def measured(direct: Ask, served: Ask) -> tuple[list[float], list[float]]:
    """The seconds of both, asked in turn, without those of the first rounds."""
    pairs = [(await direct(), await served()) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
    return [one for one, _ in pairs], [two for _, two in pairs]


def row(name: str, direct: list[float], served: list[float], target: float) -> str:
    """A line of the table, in milliseconds."""
    cells = []
    for share in (0.1, 0.5):
        one, two = (percentile(each, share) * 1000 for each in (direct, served))
        cells.append(f"{one:.1f} ms | {two:.1f} ms | +{two - one:.1f} ms")
    return f"| {name} | {' | '.join(cells)} | +{target:g} ms |"


async def compare(sandbox: httpx.AsyncClient, server: httpx.AsyncClient) -> None:
    """Make an endpoint, ask both, and print the table."""
    config = {
        "service": "anthropic",
        "service_settings": {
            "api_key": DEFAULT_KEY,
            "model_id": MODEL,
            "rate_limit": {"requests_per_minute": 10**6},
        },
        "task_settings": {"max_tokens": 1024},
    }
    (await server.put("/_inference/completion/one", json=config)).raise_for_status()
    message = {"model": MODEL, "max_tokens": 1024, "messages": [{"role": "user", "content": "hello"}]}
    of_sandbox = asking(sandbox, "/v1/messages", message)
    of_server = asking(server, "/_inference/completion/one", {"input": "hello"})
    columns = "sandbox, p10 | served | more | sandbox, p50 | served | more | target for p50"
    print(f"| {ROUNDS} requests in turn | {columns} |")
    print(f"|{'---|' * 8}")
    names = (("a whole completion", WHOLE_MS), ("first byte of a stream", FIRST_MS))
    for (name, target), direct, served in zip(names, of_sandbox, of_server, strict=True):
        print(row(name, *await measured(direct, served), target))


async def main() -> None:
    """Run sandbox and server in processes and a home of their own."""
    with tempfile.TemporaryDirectory() as home:
        environ = {"HOME": home, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        environ |= {name: f"{home}/{name}" for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
        async with process("-c", SANDBOX, **environ) as simulator:
            environ["ANTHROPIC_BASE_URL"] = url = await line(simulator)
            async with process("-m", "tui_app", "serve", "--port", "0", **environ) as serving:
                base, key = await line(serving), await line(serving)
                direct = {"x-api-key": DEFAULT_KEY, "anthropic-version": "2023-06-01"}
                async with (
                    httpx.AsyncClient(base_url=url, headers=direct) as sandbox,
                    httpx.AsyncClient(base_url=base, headers={"authorization": f"ApiKey {key}"}) as server,
                ):
                    await compare(sandbox, server)


if __name__ == "__main__":
    asyncio.run(main())
