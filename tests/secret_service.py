"""A real Secret Service for tests: gnome-keyring on a private D-Bus, all of it below a temporary folder.

The fixtures `secret_service` and `session_bus` are there for every test. Nothing of the person's own
session bus or keyring is seen.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

_PASSWORD: Final = "test-only"
_PATIENCE_S: Final = 10.0
_CONFIG: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""
"""A bus that starts no service by itself."""


class SecretService:
    """gnome-keyring on a bus of its own; `environ` is what a process needs to reach them.

    `start`, `lock`, `kill` and `stop_bus` do what happens to people's keyrings.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bus: subprocess.Popen[bytes] | None = None
        self._daemon: subprocess.Popen[bytes] | None = None
        for name in ("run", "data"):
            (folder / name).mkdir(mode=0o700, parents=True)
        self.environ = {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder / 'bus'}",
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_DATA_HOME": str(folder / "data"),
        }

    def start_bus(self) -> None:
        """Start the bus, on which there is no keyring yet."""
        config = self._folder / "bus.conf"
        config.write_text(_CONFIG.format(socket=self._folder / "bus"))
        self._bus = _spawn(["dbus-daemon", f"--config-file={config}", "--nofork"], self.environ)
        _until(self._has_bus, "the bus")

    def start(self, *, unlocked: bool = True) -> None:
        """Start the keyring's daemon; locked, it has a collection only if an earlier one made it."""
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
        said = _PASSWORD.encode() if unlocked else b""
        self._daemon = _spawn([*command, *(["--unlock"] if unlocked else [])], self.environ, said)
        _until(self._has_service, "the keyring's daemon")

    def lock(self) -> None:
        """Lock the collection, as a screen saver may."""
        import secretstorage

        with closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_collection_by_alias(connection, "default").lock()

    def kill(self) -> None:
        """Kill the daemon; what it kept is still on disk for the next."""
        _end(self._daemon)

    def stop_bus(self) -> None:
        """Take the bus away, and with it its socket."""
        _end(self._bus)
        (self._folder / "bus").unlink(missing_ok=True)

    def stop(self) -> None:
        """End everything."""
        self.kill()
        self.stop_bus()

    def entries(self) -> dict[str, str]:
        """The secrets of service `inferterm` by username, read past the code under test."""
        import secretstorage

        with closing(secretstorage.dbus_init()) as connection:
            found = secretstorage.search_items(connection, {"service": "inferterm"})
            return {item.get_attributes()["username"]: item.get_secret().decode() for item in found}

    @contextmanager
    def silent_prompter(self) -> Iterator[threading.Event]:
        """Take the place of the desktop's window for passwords and never answer; tells when asked."""
        from jeepney import MessageType, new_method_return  # type: ignore[import-untyped]
        from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
        from jeepney.io.blocking import Proxy, open_dbus_connection  # type: ignore[import-untyped]

        asked, ended = threading.Event(), threading.Event()

        def serve() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    message = connection.receive(timeout=0.05)
                    if message.header.message_type is MessageType.method_call:
                        asked.set()
                        connection.send(new_method_return(message))

        with closing(open_dbus_connection()) as connection:
            Proxy(message_bus, connection).RequestName("org.gnome.keyring.SystemPrompter")
            thread = threading.Thread(target=serve)
            thread.start()
            try:
                yield asked
            finally:
                ended.set()
                thread.join()

    def _has_bus(self) -> bool:
        return (self._folder / "bus").exists()

    def _has_service(self) -> bool:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        with closing(open_dbus_connection(self.environ["DBUS_SESSION_BUS_ADDRESS"])) as connection:
            return bool(Proxy(message_bus, connection).NameHasOwner("org.freedesktop.secrets")[0])


@pytest.fixture
def session_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A private D-Bus without a keyring on it, which this process and its children take for theirs."""
    for program in ("dbus-daemon", "gnome-keyring-daemon"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed (Debian: dbus, gnome-keyring)")
    service = SecretService(tmp_path / "session")
    for name, value in service.environ.items():
        monkeypatch.setenv(name, value)
    try:
        service.start_bus()
        yield service
    finally:
        service.stop()


@pytest.fixture
def secret_service(session_bus: SecretService) -> SecretService:
    """A private Secret Service, unlocked."""
    session_bus.start()
    return session_bus


def _spawn(command: list[str], environ: dict[str, str], said: bytes = b"") -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environ},
    )
    assert process.stdin is not None
    with process.stdin as stdin:  # without a newline: it would become part of the password
        stdin.write(said)
    return process


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None:
        process.kill()
        process.wait()


def _until(is_there: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not is_there():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not start")
        time.sleep(0.005)
