"""Sockets by which processes wake each other."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui_app.adapters.bell import SETTLED_S, SocketBell

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no such sockets here")

LISTENER = """
import asyncio, sys
from pathlib import Path
from tui_app.adapters.bell import SocketBell

async def listen():
    heard = asyncio.Event()
    assert SocketBell(Path(sys.argv[1])).listen(heard.set, everything=True)
    print("listening", flush=True)
    await heard.wait()
    print("heard", flush=True)

asyncio.run(listen())
"""


class Listener:
    """One who listens, and counts how often it was woken."""

    def __init__(self, folder: Path, *, everything: bool) -> None:
        self.bell = SocketBell(folder)
        self.woken = 0
        self.everything(everything)

    def everything(self, wanted: bool) -> None:
        assert self.bell.listen(self._heard, everything=wanted)

    def _heard(self) -> None:
        self.woken += 1


Listen = Callable[[bool], Listener]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the sockets lie."""
    return tmp_path / "bells"


@pytest.fixture
async def listen(folder: Path) -> AsyncIterator[Listen]:
    """Makes one who listens to everything or to what frees."""
    listeners: list[Listener] = []

    def one_more(everything: bool) -> Listener:
        listeners.append(Listener(folder, everything=everything))
        return listeners[-1]

    yield one_more
    for listener in listeners:
        listener.bell.close()


@pytest.fixture
def ringer(folder: Path) -> Iterator[SocketBell]:
    """One who only rings."""
    bell = SocketBell(folder)
    yield bell
    bell.close()


@contextmanager
def listening(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens to everything and says so when it has heard."""
    with subprocess.Popen([sys.executable, "-c", LISTENER, folder], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"listening\n"
            yield process
        finally:
            process.kill()


async def turns() -> None:
    """Let the event loop hear what there is."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_waits_is_rung_only_when_something_was_freed(listen: Listen, ringer: SocketBell) -> None:
    watcher, waiter = listen(True), listen(False)
    ringer.ring(freed=False)
    await turns()
    assert (watcher.woken, waiter.woken) == (1, 0)
    ringer.ring(freed=True)
    await turns()
    assert (watcher.woken, waiter.woken) == (2, 1)


async def test_nobody_rings_itself(listen: Listen) -> None:
    one, two = listen(True), listen(True)
    one.bell.ring(freed=True)
    await turns()
    assert (one.woken, two.woken) == (0, 1)


async def test_many_rings_before_one_listens_wake_it_once_and_hold_up_nobody(
    listen: Listen, ringer: SocketBell
) -> None:
    listener = listen(True)
    for _ in range(5000):
        ringer.ring(freed=True)
    await turns()
    assert listener.woken == 1


async def test_what_one_listens_for_can_change_at_any_time(listen: Listen, ringer: SocketBell) -> None:
    listener = listen(True)
    ringer.ring(freed=False)
    await turns()
    listener.everything(False)
    ringer.ring(freed=False)
    await turns()
    assert listener.woken == 1
    listener.everything(True)
    ringer.ring(freed=False)
    await turns()
    assert listener.woken == 2


async def test_a_folder_that_was_seen_long_ago_is_read_again_when_somebody_came(
    listen: Listen, ringer: SocketBell, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    first = listen(True)
    read: list[Path] = []
    real = os.listdir

    def listdir(path: Path) -> list[str]:
        read.append(path)
        return real(path)

    monkeypatch.setattr("os.listdir", listdir)
    for _ in range(5):
        ringer.ring(freed=False)
        now[0] += SETTLED_S
    assert len(read) == 3
    second = listen(True)
    ringer.ring(freed=False)
    await turns()
    assert (first.woken, second.woken) == (1, 1)


async def test_sockets_are_private_and_gone_at_the_end(listen: Listen, folder: Path) -> None:
    one, two = listen(True), listen(False)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    one.bell.close()
    assert len(list(folder.iterdir())) == 1
    two.bell.close()
    assert not folder.exists()


async def test_a_socket_that_was_removed_is_made_again(
    listen: Listen, ringer: SocketBell, folder: Path
) -> None:
    listener = listen(True)
    for path in folder.iterdir():
        path.unlink()
    listener.everything(False)
    ringer.ring(freed=True)
    await turns()
    assert listener.woken == 1


@pytest.mark.parametrize("finder", ["who rings", "who listens"])
async def test_what_a_killed_process_left_is_removed(
    listen: Listen, ringer: SocketBell, folder: Path, finder: str
) -> None:
    with listening(folder) as process:
        process.kill()
    assert len(list(folder.iterdir())) == 1
    if finder == "who rings":
        ringer.ring(freed=False)
        assert list(folder.iterdir()) == []
    else:
        listen(True)
        assert len(list(folder.iterdir())) == 1


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="there is no such signal here")
async def test_ringing_a_stopped_process_never_waits_and_it_hears_when_it_goes_on(
    ringer: SocketBell, folder: Path
) -> None:
    with listening(folder) as process:
        process.send_signal(signal.SIGSTOP)
        for _ in range(5000):
            ringer.ring(freed=True)
        process.send_signal(signal.SIGCONT)
        assert process.stdout is not None
        assert process.stdout.readline() == b"heard\n"


async def test_there_is_no_bell_where_the_path_is_too_long(tmp_path: Path) -> None:
    bell = SocketBell(tmp_path / ("long" * 30))
    assert bell.listen(lambda: None, everything=True) is False
    bell.close()


async def test_there_is_no_bell_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bell = SocketBell(tmp_path / "file" / "bells")
    assert bell.listen(lambda: None, everything=True) is False
    bell.ring(freed=True)
    bell.close()


async def test_there_is_no_bell_where_the_system_has_no_such_sockets(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    bell = SocketBell(folder)
    assert bell.listen(lambda: None, everything=True) is False
    bell.ring(freed=True)
    assert not folder.exists()
