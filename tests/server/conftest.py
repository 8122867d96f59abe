"""What the tests of the server share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.wire import QUICK
from tests.server import programs
from tests.server.bench import Bench, serving
from tests.server.programs import Language
from tui_app.sandbox.server import running_sandbox


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A server in front of a scripted service."""
    async with serving(tmp_path) as bench:
        yield bench


@pytest.fixture
async def sandboxed(tmp_path: Path) -> AsyncIterator[Bench]:
    """A server in front of the sandbox."""
    async with running_sandbox(QUICK) as sandbox, serving(tmp_path, url=sandbox.url) as bench:
        yield bench


@pytest.fixture(scope="session")
def client_cache(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where clients are installed, once for many runs of the tests."""
    cache = getattr(pytestconfig, "cache", None)
    return Path(cache.mkdir("clients")) if cache else tmp_path_factory.mktemp("clients")


@pytest.fixture(scope="session", params=["9", pytest.param("8", marks=pytest.mark.system)])
def python(request: pytest.FixtureRequest, client_cache: Path) -> Language:
    """The official client for Python, in each version that is spoken."""
    return programs.python_9() if request.param == "9" else programs.python_8(client_cache)


@pytest.fixture(scope="session")
def javascript(client_cache: Path) -> Language:
    """The official client for JavaScript."""
    return programs.javascript(client_cache)
