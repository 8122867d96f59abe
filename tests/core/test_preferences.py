"""Settings hold at once, are kept, and stay as they were where keeping fails."""

from __future__ import annotations

import pytest

from tests.fakes_storage import MemorySettings
from tui_app.core.errors import StoreFailed
from tui_app.core.preferences import Preferences
from tui_app.core.settings import AppSettings


async def test_a_choice_is_kept_and_holds_at_once() -> None:
    store = MemorySettings()
    heard: list[AppSettings] = []
    preferences = Preferences(store, AppSettings(), heard.append)
    await preferences.change("pacing", "even")
    assert store.kept.pacing == preferences.current.pacing == "even"
    assert heard == [AppSettings(pacing="even")]


async def test_what_cannot_be_kept_does_not_hold() -> None:
    store = MemorySettings()
    heard: list[AppSettings] = []
    preferences = Preferences(store, AppSettings(), heard.append)
    store.failure = StoreFailed("the disk is full")
    with pytest.raises(StoreFailed):
        await preferences.change("pacing", "even")
    assert preferences.current == AppSettings()
    assert heard == []


async def test_what_another_terminal_chose_meanwhile_is_kept_and_does_not_hold_here() -> None:
    store = MemorySettings()
    preferences = Preferences(store, AppSettings())
    await store.change(without_ledger="own-limit")
    await preferences.change("pacing", "even")
    assert store.kept == AppSettings(pacing="even", without_ledger="own-limit")
    assert preferences.current == AppSettings(pacing="even")


async def test_what_is_wrong_with_the_file_is_told_when_it_is_asked_for() -> None:
    store = MemorySettings()
    preferences = Preferences(store, AppSettings())
    assert await preferences.trouble() is None
    store.failure = StoreFailed("line 3 is broken")
    assert await preferences.trouble() is store.failure
