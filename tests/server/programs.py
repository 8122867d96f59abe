"""Programs that use Elasticsearch's official clients, each in a process of its own.

The clients that cannot be imported into the tests are installed once, into the cache of pytest.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.server.chat_house import sse

PATIENCE_S: Final = 60.0
"""A test fails when a program says nothing for so long; nothing is measured with it."""
_INSTALLING_S: Final = 180.0
_PYTHON_8: Final = "elasticsearch~=8.19.0"
_JAVASCRIPT_9: Final = "@elastic/elasticsearch@9"
_IN_PYTHON: Final = """\
import json, os
from elasticsearch import ApiError, Elasticsearch, __version__
client = Elasticsearch(os.environ["SERVER"], api_key=os.environ["SERVER_KEY"], request_timeout=150)
def told(value):
    print(json.dumps(getattr(value, "body", value)), flush=True)
def failing(call, *args, **kwargs):
    try:
        told(call(*args, **kwargs))
    except ApiError as error:
        told([type(error).__name__, error.status_code, error.error])
"""
_IN_JAVASCRIPT: Final = """\
import { Client } from '@elastic/elasticsearch'
const client = new Client({ node: process.env.SERVER, auth: { apiKey: process.env.SERVER_KEY } })
const told = value => console.log(JSON.stringify(value))
const failing = async promise => {
  try { told(await promise) } catch (error) { told([error.name, error.statusCode, error.body.error.type]) }
}
"""


@dataclass(frozen=True, slots=True)
class Language:
    """How programs with one of the clients are run.

    Each begins with `prelude`: `client` is there, `told` prints a value as a line of JSON, `failing` prints
    the name, the status and the type of the error that a call ends with.
    """

    command: tuple[str, ...]
    prelude: str
    folder: Path | None = None

    @asynccontextmanager
    async def running(self, source: str, url: str, key: str) -> AsyncGenerator[Process, None]:
        """A program that runs; it is ended with the context."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            f"{self.prelude}\n{source}",
            cwd=self.folder,
            env={**os.environ, "SERVER": url, "SERVER_KEY": key},
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    async def printed(self, source: str, url: str, key: str) -> str:
        """What a program prints that ends well."""
        async with self.running(source, url, key) as process, asyncio.timeout(PATIENCE_S):
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def lines(self, source: str, url: str, key: str) -> list[Any]:
        """The values that a program prints, a line each."""
        return [json.loads(line) for line in (await self.printed(source, url, key)).splitlines()]


async def next_line(process: Process) -> Any:  # noqa: ANN401 - JSON
    """The next value that a program prints."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        line = await process.stdout.readline()
    if not line:
        _, err = await process.communicate()
        raise AssertionError(f"the program ended: {err.decode()}")
    return json.loads(line)


def pieces_of(stream: str) -> list[Any]:
    """The data of the events of a stream, which must be whole."""
    *told, end = sse(stream)
    assert end == ("message", "[DONE]")
    assert {name for name, _ in told} == {"message"}
    return [data for _, data in told]


def python_9() -> Language:
    """The client that is installed with the tests."""
    return Language((sys.executable, "-c"), _IN_PYTHON)


def python_8(cache: Path) -> Language:
    """The client before that. Skips where it cannot be installed."""
    folder = cache / "elasticsearch-8.19"
    python = Path("bin") / "python"

    def install(fresh: Path) -> None:
        _run([sys.executable, "-m", "venv", str(fresh)])
        pip = [str(fresh / python), "-m", "pip", "install", "--quiet", "--retries", "1"]
        _run([*pip, "--disable-pip-version-check", _PYTHON_8])

    _installed(folder, install)
    return Language((str(folder / python), "-c"), _IN_PYTHON)


def javascript(cache: Path) -> Language:
    """The client for Node. Skips where there is no Node or the client cannot be installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node and npm are not installed")
    folder = cache / "elasticsearch-js-9"

    def install(fresh: Path) -> None:
        (fresh / "package.json").write_text("{}")
        quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", "--fetch-retries=1")
        _run([npm, "install", *quiet, _JAVASCRIPT_9], fresh)

    _installed(folder, install)
    return Language((node, "--input-type=module", "--eval"), _IN_JAVASCRIPT, folder)


def _installed(folder: Path, install: Callable[[Path], None]) -> None:
    """Fill a folder, whole or not at all."""
    if folder.exists():
        return
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        fresh = Path(made) / folder.name
        fresh.mkdir()
        install(fresh)
        if not folder.exists():
            fresh.rename(folder)


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_INSTALLING_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"a client cannot be installed: {error}")
    if done.returncode != 0:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        pytest.skip(f"a client cannot be installed: {''.join(reason)}")
