"""Children: without input and terminal, read to their end, and gone with whoever waited for them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from tui_app.adapters.child_process import OUTPUT_MAX, Outcome, outcome_of


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


async def test_status_output_and_talk_come_back() -> None:
    code = "import sys; print('out'); sys.stderr.write('talk'); sys.exit(3)"
    assert await outcome_of(python(code), 10.0) == Outcome(3, SecretStr("out\n"), "talk")


async def test_a_child_has_no_input_and_no_terminal() -> None:
    code = "import os, sys; print(len(sys.stdin.read()), os.getsid(0) == os.getpid())"
    assert (await outcome_of(python(code), 10.0)).output == SecretStr("0 True\n")


async def test_a_child_that_talks_without_end_is_heard_to_the_end_and_not_kept() -> None:
    code = "import sys; sys.stderr.write('x' * 10_000_000); print('y' * 10_000_000)"
    outcome = await outcome_of(python(code), 60.0)
    assert outcome == Outcome(0, SecretStr("y" * OUTPUT_MAX), "x" * OUTPUT_MAX)


async def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        await outcome_of(["no-such-program"], 10.0)


async def test_a_child_that_never_ends_is_killed_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = (
        "import os, subprocess, sys; child = subprocess.Popen(['sleep', '600']);"
        "open(sys.argv[1], 'w').write(f'{os.getpid()} {child.pid}'); child.wait()"
    )
    running = asyncio.create_task(outcome_of(python(code, pids), 60.0))
    async with asyncio.timeout(20):
        while not (pids.exists() and len(pids.read_text().split()) == 2):  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    async with asyncio.timeout(20):
        while any(is_alive(int(pid)) for pid in pids.read_text().split()):  # noqa: ASYNC110 - a process
            await asyncio.sleep(0.01)


async def test_a_child_cancelled_at_any_moment_ends_the_wait() -> None:
    for pause_s in (0.0, 0.001, 0.01, 0.1):
        for command in (["true"], ["sleep", "600"]):
            running = asyncio.create_task(outcome_of(command, 60.0))
            await asyncio.wait([running], timeout=pause_s)
            running.cancel()
            async with asyncio.timeout(20):
                await asyncio.wait([running])


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and that nobody collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
