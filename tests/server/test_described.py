"""schemathesis makes requests of a description of the API, right ones and wrong ones; all of it must hold."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Final

import pytest

from tests.server.bench import Bench
from tests.server.description import description
from tui_app.core.endpoint import Endpoint

EXAMPLES: Final = "20"
EXCLUDED: Final = "unsupported_method,allow_header_conformance,positive_data_acceptance"
RULES: Final = """\
[checks]
negative_data_rejection.expected-statuses = [400, 401, 404, 405, 406, 408]
"""
PATIENCE_S: Final = 300.0


async def test_what_the_description_says_holds_for_right_requests_and_wrong_ones(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Endpoint, "limit", property(lambda self: 1_000_000))
    await bench.put("ep-ok")
    await bench.put("chat", task="chat_completion")
    described = tmp_path / "openapi.json"
    described.write_text(json.dumps(description()))
    (tmp_path / "schemathesis.toml").write_text(RULES)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", str(described)),
        *("--url", bench.serving.url, "--header", f"Authorization: ApiKey {bench.key}"),
        *("--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing,stateful"),
        *("--seed", "1", "--generation-database", "none", "--no-color", "--continue-on-failure"),
        *("--exclude-checks", EXCLUDED),
        cwd=tmp_path,
        stdout=PIPE,
        stderr=STDOUT,
    )
    async with asyncio.timeout(PATIENCE_S):
        out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    assert "Traceback" not in out.decode()
    assert set(bench.keys.keys) == set(bench.store.entries)
