"""A person at a terminal, with the keyboard alone, from the first start to the second."""

from __future__ import annotations

import pytest

from tests.tmux import Tmux, tmux

__all__ = ["tmux"]
pytestmark = pytest.mark.system


def test_an_endpoint_is_made_in_the_form_asked_left_and_found_again(tmux: Tmux) -> None:
    tmux.start()
    tmux.see("Welcome to inferterm", "New endpoint")
    tmux.press("n")
    tmux.see("Goes to")
    tmux.press("BTab", "Right")
    tmux.see("(●) sandbox")
    tmux.press("Tab")
    tmux.type("claude-haiku-4-5")
    tmux.press("Tab", "Home")
    tmux.type("My ")
    tmux.see("✗ an id has lower-case")
    tmux.press("C-s")
    tmux.press("End", "C-u")
    tmux.type("mine")
    tmux.press("Tab", "Tab", "C-u")
    tmux.type("2")
    tmux.press("C-s")
    tmux.see("first token after")
    tmux.press("Enter")
    tmux.see("1 of 2 left")

    tmux.press("Enter")
    tmux.see("Enter sends")
    tmux.type("hello there")
    tmux.press("Enter")
    tmux.see("none of 2 left", "req_")
    tmux.type("this one waits")
    tmux.press("Enter")
    tmux.see("waiting for the quota")
    tmux.press("Escape")
    tmux.see("> this one waits")
    tmux.press("C-q")
    tmux.see("ended with 0")
    tmux.end()

    tmux.start("--endpoint", "mine", columns=120, rows=40)
    tmux.see("hello there", "req_", "> this one waits", "of 2 left")


def test_a_key_that_is_typed_goes_to_no_log(tmux: Tmux) -> None:
    log = tmux.folder / "textual.log"
    tmux.environ = {**tmux.environ, "TEXTUAL_LOG": str(log)}
    tmux.start()
    tmux.see("Welcome to inferterm", "New endpoint")
    tmux.press("n")
    tmux.see("Goes to")
    tmux.type("claude-haiku-4-5")
    tmux.press("Tab")
    tmux.type("sk-ant-api03-typed")
    tmux.see("•" * 18)
    assert not log.exists()


def test_a_killed_terminal_loses_nothing_that_was_kept(tmux: Tmux) -> None:
    tmux.start("--endpoint", "sandbox")
    tmux.see("Enter sends")
    tmux.type("write 900 words")
    tmux.press("Enter")
    tmux.see("answering, 3 s")
    tmux.end()
    tmux.start("--endpoint", "sandbox")
    tmux.see("write 900 words", "Stopped")


def test_alt_and_enter_begin_a_line_and_dialogues_let_the_apps_keys_through(tmux: Tmux) -> None:
    tmux.start("--endpoint", "sandbox")
    tmux.see("Enter sends")
    tmux.type("one")
    tmux.press("M-Enter")
    tmux.type("two")
    assert "Sandbox answer" not in tmux.see("> one", "two")
    tmux.press("F3")
    tmux.see("Settings of this chat")
    tmux.press("F11")
    tmux.see("No budget yet")
    tmux.press("Escape")
    tmux.see("Settings of this chat")
    tmux.press("C-p")
    tmux.see("Search for commands")
    tmux.type("light or dark")
    tmux.see("Change between the light and the dark theme.")
    tmux.press("C-q")
    tmux.see("ended with 0")
