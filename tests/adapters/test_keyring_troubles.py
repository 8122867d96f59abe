"""Foreign exceptions, whoever raised them: a trouble, words for this system, and not one word of theirs."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from tui_app.adapters.keyring_place import KeyringPlace
from tui_app.adapters.keyring_troubles import KeyringWords
from tui_app.core.errors import KeyStoreFailed, KeyTrouble

KEY = SecretStr("sk-ant-test-troubles-0001")
DESKTOP = {"DISPLAY": ":0", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}


def keyring_error(name: str) -> Callable[[str], Exception]:
    from keyring import errors

    made = getattr(errors, name)
    assert issubclass(made, Exception)
    return made  # type: ignore[no-any-return]


def secretstorage_error(name: str) -> Callable[[str], Exception]:
    from secretstorage import exceptions

    made = getattr(exceptions, name)
    assert issubclass(made, Exception)
    return made  # type: ignore[no-any-return]


def dbus_error(text: str) -> Exception:
    from jeepney import (  # type: ignore[import-untyped]
        DBusAddress,
        DBusErrorResponse,
        new_error,
        new_method_call,
    )

    call = new_method_call(DBusAddress("/", "org.kde.kwalletd5", "org.kde.KWallet"), "open")
    call.header.serial = 1
    error = DBusErrorResponse(new_error(call, "org.kde.Failed", "s", (text,)))
    assert isinstance(error, Exception)
    return error


def called_process_error(text: str) -> Exception:
    return subprocess.CalledProcessError(1, ["pass", text], text)


def decode_error(text: str) -> Exception:
    return UnicodeDecodeError("utf-8", text.encode(), 0, 1, text)


class Raising:
    """A backend that raises in every call, with the secret in the exception's text."""

    def __init__(self, error: Callable[[str], Exception]) -> None:
        self._error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self._error(KEY.get_secret_value())

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self._error(password)

    def delete_password(self, service: str, username: str) -> None:
        raise self._error(KEY.get_secret_value())


FOREIGN = [
    (keyring_error("NoKeyringError"), KeyTrouble.ABSENT),
    (keyring_error("InitError"), KeyTrouble.ABSENT),
    (keyring_error("KeyringLocked"), KeyTrouble.DISMISSED),
    (keyring_error("PasswordSetError"), KeyTrouble.FAILED),
    (keyring_error("KeyringError"), KeyTrouble.FAILED),
    (secretstorage_error("LockedException"), KeyTrouble.LOCKED),
    (secretstorage_error("PromptDismissedException"), KeyTrouble.DISMISSED),
    (secretstorage_error("ItemNotFoundException"), KeyTrouble.FAILED),
    (secretstorage_error("SecretServiceNotAvailableException"), KeyTrouble.ABSENT),
    (dbus_error, KeyTrouble.FAILED),
    (FileNotFoundError, KeyTrouble.ABSENT),
    (ConnectionResetError, KeyTrouble.ABSENT),
    (PermissionError, KeyTrouble.FAILED),
    (TimeoutError, KeyTrouble.NO_ANSWER),
    (called_process_error, KeyTrouble.FAILED),
    (decode_error, KeyTrouble.FAILED),
    (type("WalletError", (Exception,), {}), KeyTrouble.FAILED),
]


@pytest.mark.parametrize(("error", "trouble"), FOREIGN)
async def test_a_foreign_exception_becomes_a_trouble_and_takes_no_key_with_it(
    error: Callable[[str], Exception], trouble: KeyTrouble
) -> None:
    place = KeyringPlace(KeyringWords(DESKTOP, "linux"), 10.0, lambda: Raising(error))
    for refused in (place.find("claude"), place.keep("claude", KEY), place.delete("claude")):
        with pytest.raises(KeyStoreFailed) as caught:
            await refused
        failure = caught.value
        assert failure.trouble is trouble
        assert KEY.get_secret_value() not in f"{failure!r} {failure.advice}"
        assert failure.__context__ is None
        assert failure.__cause__ is None
        assert "vault" in failure.advice


async def test_a_failure_names_the_kind_of_exception() -> None:
    kind = type("WalletError", (Exception,), {})
    place = KeyringPlace(KeyringWords(DESKTOP, "linux"), 10.0, lambda: Raising(kind))
    assert "WalletError" in (await place.report()).detail


@pytest.mark.parametrize(
    ("platform", "environ", "words"),
    [
        ("linux", {}, "DBUS_SESSION_BUS_ADDRESS is not set"),
        ("linux", {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}, "no Secret Service answers"),
        ("linux", {"WSL_DISTRO_NAME": "Debian"}, "no keyring in WSL"),
        ("linux", {"PYTHON_KEYRING_BACKEND": "my.Own"}, "PYTHON_KEYRING_BACKEND names my.Own"),
        ("darwin", {}, "the Keychain cannot be reached"),
        ("win32", {}, "the Credential Manager cannot be reached"),
    ],
)
def test_an_absent_keyring_is_told_in_words_for_the_system(
    platform: str, environ: dict[str, str], words: str
) -> None:
    assert words in str(KeyringWords(environ, platform).failure(KeyTrouble.ABSENT))


@pytest.mark.parametrize("trouble", list(KeyTrouble))
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_trouble_has_words_and_ways_out(trouble: KeyTrouble, platform: str) -> None:
    failure = KeyringWords(DESKTOP, platform).failure(trouble, "reason")
    assert failure.trouble is trouble
    assert str(failure)
    for way in ("this run only", "ANTHROPIC_API_KEY", "command", "vault"):
        assert way in failure.advice


async def test_a_backend_that_nobody_answers_blocks_neither_loop_nor_later_calls() -> None:
    import threading

    answered = threading.Event()

    def wait(_: str) -> Exception:
        answered.wait()
        return FileNotFoundError()

    place = KeyringPlace(KeyringWords(DESKTOP, "linux"), 0.1, lambda: Raising(wait))
    first = asyncio.create_task(place.find("claude"))
    ticks = 0
    while not first.done():
        await asyncio.sleep(0)
        ticks += 1
    assert ticks > 1
    for refused in (first, place.find("claude")):
        with pytest.raises(KeyStoreFailed) as caught:
            await refused
        assert caught.value.trouble is KeyTrouble.NO_ANSWER
    answered.set()
