"""A lock that dies with its holder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui_app.adapters.file_lock import locked, open_lock, passing_lock, take
from tui_app.core.errors import StoreFailed

HOLD = """
import sys, time
from pathlib import Path
from tui_app.adapters.file_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_lock_is_held_by_one_and_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path):
        other = open_lock(path)
        assert not take(other)
    assert take(other)
    os.close(other)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lock_that_stays_held_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path), pytest.raises(StoreFailed, match="another process") as caught, locked(path, 0.01):
        pass
    assert "stopped" in caught.value.advice


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        mine = open_lock(path)
        assert not take(mine)
        holder.kill()
    assert take(mine)
    os.close(mine)


COUNT = """
import asyncio, sys
from pathlib import Path
from tui_app.adapters.file_lock import passing_lock

async def main():
    lock, count = map(Path, sys.argv[1:])
    for _ in range(40):
        async with passing_lock(lock):
            told = int(count.read_text())
            await asyncio.sleep(0)
            count.write_text(str(told + 1))

asyncio.run(main())
"""


def test_processes_pass_a_lock_on_and_none_of_them_loses_what_another_did(tmp_path: Path) -> None:
    lock, count = tmp_path / "lock", tmp_path / "count"
    count.write_text("0")
    command = [sys.executable, "-c", COUNT, str(lock), str(count)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert count.read_text() == "120"
    assert not lock.exists()


async def test_a_passing_lock_that_stays_held_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    async with passing_lock(path):
        with pytest.raises(StoreFailed, match="another process") as caught:
            async with passing_lock(path, 0.01):
                raise AssertionError
    assert "stopped" in caught.value.advice
