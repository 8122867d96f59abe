"""Which backends are used: real ones; never those that write clear text or ask over the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.secret_service import SecretService
from tui_app.adapters.keyring_backends import Backend, lineage, safe_backend
from tui_app.core.errors import KeyStoreFailed, KeyTrouble


class Memory:
    """A backend that keeps its secrets in memory, or whatever its class is said to be."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}
        self.backends: list[Backend] = []

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


def backend(name: str, *members: Backend) -> Memory:
    """A backend whose class has the full name; of a chain, with its members."""
    module, _, cls = name.rpartition(".")
    made = type(cls, (Memory,), {"__module__": module})()
    assert isinstance(made, Memory)
    made.backends = list(members)
    return made


CLEAR = "keyrings.alt.file.PlaintextKeyring"
CHAIN = "keyring.backends.chainer.ChainerBackend"
FAIL = "keyring.backends.fail.Keyring"
NULL = "keyring.backends.null.Keyring"
GOOD = "keyring.backends.macOS.Keyring"


@pytest.mark.parametrize(
    "name", [CLEAR, "keyrings.alt.file.EncryptedKeyring", "keyrings.cryptfile.cryptfile.CryptFileKeyring"]
)
def test_backends_that_write_clear_text_or_ask_are_refused_by_name(name: str) -> None:
    for loaded in (backend(name), backend(CHAIN, backend(FAIL), backend(name))):
        with pytest.raises(KeyStoreFailed, match=name) as caught:
            safe_backend(loaded)
        assert caught.value.trouble is KeyTrouble.UNSAFE


def test_what_inherits_from_a_refused_backend_is_refused() -> None:
    heir = type("Mine", (type(backend(CLEAR)),), {"__module__": "my.own"})()
    with pytest.raises(KeyStoreFailed) as caught:
        safe_backend(heir)
    assert caught.value.trouble is KeyTrouble.UNSAFE


@pytest.mark.parametrize("name", [FAIL, NULL])
def test_a_backend_that_keeps_nothing_counts_as_none(name: str) -> None:
    for loaded in (backend(name), backend(CHAIN, backend(name)), backend(CHAIN)):
        with pytest.raises(KeyStoreFailed) as caught:
            safe_backend(loaded)
        assert caught.value.trouble is KeyTrouble.ABSENT


def test_of_a_chain_only_what_is_safe_is_used() -> None:
    good = backend(GOOD)
    assert safe_backend(backend(CHAIN, backend(CLEAR), good)) is good
    assert safe_backend(good) is good


def test_the_names_that_are_refused_or_absent_are_those_of_the_real_classes() -> None:
    from keyring.backends.chainer import ChainerBackend
    from keyring.backends.fail import Keyring as Fail
    from keyring.backends.null import Keyring as Null

    names = {lineage(cls())[0] for cls in (ChainerBackend, Fail, Null)}
    assert names == {CHAIN, FAIL, NULL}


PROGRAM = """
import asyncio, os, sys
from tui_app.adapters.keyring_place import KeyringPlace
from tui_app.adapters.keyring_troubles import KeyringWords

report = asyncio.run(KeyringPlace(KeyringWords(os.environ, sys.platform), 30).report())
print(report.works, report.trouble, report.name, report.detail, sep="|")
"""


def reported(environ: dict[str, str], *path: Path) -> list[str]:
    """What a fresh process says of the keyring that it discovers."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**inherited, "PYTHONPATH": os.pathsep.join(map(str, path)), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.rstrip("\n").split("|")


@pytest.mark.system
def test_a_secret_service_is_discovered(secret_service: SecretService) -> None:
    works, _, name, _ = reported(secret_service.environ)
    assert (works, name) == ("True", "keyring.backends.SecretService.Keyring")


@pytest.mark.system
def test_a_bus_without_a_secret_service_is_no_keyring(session_bus: SecretService) -> None:
    works, trouble, _, detail = reported(session_bus.environ)
    assert (works, trouble) == ("False", "absent")
    assert "no Secret Service answers" in detail


def test_without_a_bus_there_is_no_keyring() -> None:
    works, trouble, _, detail = reported({})
    assert (works, trouble) == ("False", "absent")
    assert "DBUS_SESSION_BUS_ADDRESS is not set" in detail


@pytest.mark.parametrize("named", ["keyring.backends.null.Keyring", "no.such.Backend", "os.nothing", "bare"])
def test_the_variable_that_names_a_backend_is_honoured_and_blamed(named: str) -> None:
    works, trouble, _, detail = reported({"PYTHON_KEYRING_BACKEND": named})
    assert (works, trouble) == ("False", "absent")
    assert f"PYTHON_KEYRING_BACKEND names {named}" in detail


def test_a_clear_text_backend_that_is_the_only_one_is_discovered_and_refused(tmp_path: Path) -> None:
    package = tmp_path / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 0.5\n"
        "    def get_password(self, service, username): raise SystemExit('used')\n"
        "    set_password = get_password\n"
    )
    works, trouble, _, detail = reported(
        {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}, tmp_path
    )
    assert (works, trouble) == ("False", "unsafe")
    assert "clear text" in detail
