"""What terminals make of keys, as Textual reads what they send."""

from __future__ import annotations

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key

from tui_app.ui.terminal_keys import forms, is_text, same_as, tell_apart, unsure


def read(sequence: str) -> list[str]:
    """The keys that Textual takes a sequence for."""
    tell_apart()
    return [each.key for each in XTermParser().feed(sequence) if isinstance(each, Key)]


@pytest.mark.parametrize(("sequence", "key"), [("\x1b\r", "alt+enter"), ("\r", "enter"), ("\x1b[A", "up")])
def test_alt_and_enter_are_not_enter_alone(sequence: str, key: str) -> None:
    assert read(sequence) == [key]


@pytest.mark.parametrize(
    ("byte", "key"),
    [("\t", "ctrl+i"), ("\r", "ctrl+m"), ("\x08", "ctrl+h"), ("\x1f", "ctrl+slash")],
)
def test_a_key_that_comes_as_another_is_known_as_that(byte: str, key: str) -> None:
    assert read(byte) == [same_as(key)]


def test_ctrl_and_space_are_known_by_both_their_names() -> None:
    assert read("\x00")[0] in forms("ctrl+space")
    assert "ctrl+space" in forms("ctrl+space")
    assert forms("f5") == ("f5",)


@pytest.mark.parametrize(
    "key",
    ["ctrl+enter", "shift+enter", "ctrl+tab", "ctrl+1", "ctrl+shift+a", "super+a", "ctrl+b"],
)
def test_a_key_that_may_never_come_is_told(key: str) -> None:
    assert key in unsure(key)


@pytest.mark.parametrize(
    "key", ["a", "f5", "ctrl+s", "ctrl+underscore", "ctrl+@", "shift+tab", "shift+up", "alt+p", "alt+enter"]
)
def test_a_key_that_every_terminal_sends_is_not(key: str) -> None:
    assert not unsure(key)


@pytest.mark.parametrize(("key", "types"), [("a", True), ("slash", True), ("space", True), ("f1", False)])
def test_a_key_that_types_is_known(key: str, types: bool) -> None:
    assert is_text(key) is types
