"""The command as a process of its own, seen from outside as a script sees it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.core.bodies import body

COMMAND = (sys.executable, "-m", "tui_app")
PATIENCE_S = 60.0
"""A test fails when a process has not ended by then; nothing is measured with it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended, and what it printed."""

    code: int
    out: bytes
    err: str


async def start(*args: str, **environ: str) -> Process:
    """Start the command with `environ` besides the test's own."""
    return await asyncio.create_subprocess_exec(
        *COMMAND, *args, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ, **environ}
    )


async def run(*args: str, given: bytes = b"", **environ: str) -> Ended:
    """Run the command to its end."""
    return await end(await start(*args, **environ), given)


async def script(line: str) -> Ended:
    """Run a line of bash, in which `inferterm` is the command."""
    whole = f'inferterm() {{ {" ".join(COMMAND)} "$@"; }}; {line}'
    return await end(
        await asyncio.create_subprocess_exec("bash", "-c", whole, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    )


async def end(process: Process, given: bytes = b"") -> Ended:
    """Wait for a process to end, giving it this standard input."""
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate(given)
    assert process.returncode is not None
    assert b"Traceback" not in err, err.decode()
    return Ended(process.returncode, out, err.decode())


@asynccontextmanager
async def served(*args: str, **environ: str) -> AsyncGenerator[tuple[Process, str, str], None]:
    """`inferterm serve` on any port, with its URL and its key, until it is told to stop."""
    process = await start("serve", "--port", "0", *args, **environ)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        url, key = [(await process.stdout.readline()).decode().strip() for _ in range(2)]
    try:
        yield process, url, key
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def put(url: str, limit: int = 50, *, model: str = "claude-haiku-4-5") -> None:
    """Write the file of an endpoint whose requests go to `url`, as a person may."""
    folder = Path.home() / ".config/inferterm/endpoints"
    folder.mkdir(parents=True, exist_ok=True)
    limits = {"requests_per_minute": limit}
    settings = {"model_id": model, "url": url, "rate_limit": limits}
    (folder / "mine.json").write_text(json.dumps(body(service_settings=settings)))


def shown_until(terminal: int, words: bytes) -> bytes:
    """Read what a terminal shows until these words stand there."""
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 1000)
    return shown
