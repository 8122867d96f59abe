"""The keyring as people have it: there, locked, dismissed, silent, killed, gone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest
from pydantic import SecretStr

from tests.secret_service import SecretService
from tui_app.adapters.keyring_backends import Backend
from tui_app.adapters.keyring_place import FRESH_S, KeyringPlace, WouldAsk
from tui_app.adapters.keyring_troubles import KeyringWords
from tui_app.core.errors import KeyStoreFailed, KeyTrouble

KEY = SecretStr("sk-ant-test-keyring-place-0001")
OTHER = SecretStr("sk-ant-test-keyring-place-0002")
DESKTOP = {"DISPLAY": ":0", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
HEADLESS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}


class Clock:
    """A clock that is set by hand, in seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def secret_service_backend() -> Backend:
    from keyring.backends.SecretService import Keyring

    return cast(Backend, Keyring())  # type: ignore[no-untyped-call]


def place(
    environ: Mapping[str, str] = DESKTOP, timeout_s: float = 10.0, clock: Clock | None = None
) -> KeyringPlace:
    words = KeyringWords(environ, "linux")
    return KeyringPlace(words, timeout_s, secret_service_backend, clock or Clock())


async def trouble_of(place: KeyringPlace, inference_id: str = "claude") -> KeyStoreFailed:
    with pytest.raises(KeyStoreFailed) as caught:
        await place.find(inference_id)
    assert caught.value.advice
    return caught.value


@pytest.mark.system
async def test_a_key_is_kept_found_replaced_and_deleted(secret_service: SecretService) -> None:
    await place().keep("claude", KEY)
    assert secret_service.entries() == {"claude": KEY.get_secret_value()}
    assert await place().find("claude") == KEY
    await place().keep("claude", OTHER)
    assert secret_service.entries() == {"claude": OTHER.get_secret_value()}
    assert await place().delete("claude")
    assert secret_service.entries() == {}
    assert await place().find("claude") is None
    assert not await place().delete("claude")


@pytest.mark.system
async def test_each_endpoint_has_an_entry_of_its_own(secret_service: SecretService) -> None:
    await place().keep("one", KEY)
    await place().keep("two", OTHER)
    assert secret_service.entries() == {"one": KEY.get_secret_value(), "two": OTHER.get_secret_value()}


@pytest.mark.system
async def test_a_probe_leaves_nothing_behind(secret_service: SecretService) -> None:
    report = await place().report()
    assert report.works
    assert not report.will_ask
    assert report.name == "keyring.backends.SecretService.Keyring"
    assert secret_service.entries() == {}


@pytest.mark.system
async def test_a_key_that_was_read_is_not_read_again_until_it_is_stale(secret_service: SecretService) -> None:
    clock = Clock()
    reader = place(clock=clock)
    await place().keep("claude", KEY)
    assert await reader.find("claude") == KEY
    await place().keep("claude", OTHER)
    assert await reader.find("claude") == KEY
    clock.now = FRESH_S
    assert await reader.find("claude") == OTHER
    await place().delete("claude")
    clock.now = 2 * FRESH_S
    assert await reader.find("claude") is None


@pytest.mark.system
async def test_a_known_key_outlives_the_lock_and_the_daemon(secret_service: SecretService) -> None:
    clock = Clock()
    reader = place(clock=clock)
    await reader.keep("claude", KEY)
    secret_service.lock()
    clock.now = FRESH_S
    assert await reader.find("claude") == KEY
    assert await reader.peek("claude") == KEY
    secret_service.kill()
    clock.now = 3 * FRESH_S
    assert await reader.find("claude") == KEY


@pytest.mark.system
async def test_a_locked_keyring_whose_window_is_dismissed_says_so(secret_service: SecretService) -> None:
    await place().keep("claude", KEY)
    secret_service.lock()
    error = await trouble_of(place())
    assert error.trouble is KeyTrouble.DISMISSED
    assert "dismissed" in str(error)


@pytest.mark.system
async def test_a_locked_keyring_without_a_display_says_that_no_window_can_ask(
    secret_service: SecretService,
) -> None:
    secret_service.lock()
    error = await trouble_of(place(HEADLESS))
    assert error.trouble is KeyTrouble.LOCKED
    assert "display" in str(error)
    report = await place(HEADLESS).report()
    assert not report.works
    assert report.trouble is KeyTrouble.LOCKED


@pytest.mark.system
async def test_a_keyring_that_nobody_ever_unlocked_keeps_nothing(session_bus: SecretService) -> None:
    session_bus.start(unlocked=False)
    with pytest.raises(KeyStoreFailed) as caught:
        await place(HEADLESS).keep("claude", KEY)
    assert caught.value.trouble is KeyTrouble.LOCKED
    assert (await place(DESKTOP).report()).will_ask


@pytest.mark.system
async def test_peeking_at_a_locked_keyring_opens_no_window(secret_service: SecretService) -> None:
    secret_service.lock()
    with secret_service.silent_prompter() as asked:
        with pytest.raises(WouldAsk):
            await place().peek("claude")
        report = await place().report()
        assert not asked.is_set()
    assert report.will_ask
    assert "window" in report.detail


@pytest.mark.system
async def test_a_window_that_nobody_answers_is_given_up(secret_service: SecretService) -> None:
    secret_service.lock()
    with secret_service.silent_prompter() as asked:
        error = await trouble_of(place(timeout_s=0.3))
        assert asked.is_set()
    assert error.trouble is KeyTrouble.NO_ANSWER


@pytest.mark.system
async def test_waiting_for_an_answer_can_be_cancelled(secret_service: SecretService) -> None:
    secret_service.lock()
    with secret_service.silent_prompter() as asked:
        finding = asyncio.create_task(place(timeout_s=1.0).find("claude"))
        assert await asyncio.to_thread(asked.wait, 10)
        finding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finding


@pytest.mark.system
async def test_a_killed_daemon_is_absent_and_one_that_comes_back_is_used(
    secret_service: SecretService,
) -> None:
    await place().keep("claude", KEY)
    secret_service.kill()
    error = await trouble_of(place())
    assert error.trouble is KeyTrouble.ABSENT
    assert "no Secret Service answers" in str(error)
    secret_service.start()
    assert await place().find("claude") == KEY


@pytest.mark.system
async def test_a_bus_that_went_away_is_absent(secret_service: SecretService) -> None:
    secret_service.stop_bus()
    assert (await trouble_of(place())).trouble is KeyTrouble.ABSENT
    report = await place().report()
    assert (report.works, report.trouble) == (False, KeyTrouble.ABSENT)


async def test_without_a_session_bus_the_keyring_is_absent_in_so_many_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    error = await trouble_of(place({}))
    assert error.trouble is KeyTrouble.ABSENT
    assert "DBUS_SESSION_BUS_ADDRESS is not set" in str(error)
    for way in ("run only", "ANTHROPIC_API_KEY", "command", "vault"):
        assert way in error.advice
