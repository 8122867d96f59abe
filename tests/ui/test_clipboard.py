"""Copying says by which way it went, and what of that is certain."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from textual.app import App

from tests.fakes_service import reply
from tests.ui.bench import bench, endpoint, seen, until
from tui_app.ui.clipboard import LONG, copy


class Written:
    """A driver that remembers what a terminal would get."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        """Remember it."""
        self.text += text


def app_on(terminal: Written) -> App[None]:
    """An app that writes there."""
    app: App[None] = App()
    app._driver = terminal  # type: ignore[assignment]
    return app


async def test_osc_52_is_named_and_nothing_more_is_claimed() -> None:
    terminal = Written()
    words = await copy(app_on(terminal), "grüß", {})
    assert terminal.text == f"\x1b]52;c;{base64.b64encode('grüß'.encode()).decode()}\a"
    assert words.startswith("4 characters sent to the terminal's clipboard (OSC 52).")
    assert "do not say whether" in words


async def test_a_long_text_is_said_to_be_long() -> None:
    assert "It is long" in await copy(app_on(Written()), "x" * (LONG + 1), {})


async def test_gnu_screen_gets_it_wrapped_in_pieces() -> None:
    terminal = Written()
    words = await copy(app_on(terminal), "x" * 1000, {"STY": "1.pts"})
    pieces = terminal.text.removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert len(pieces) > 1
    encoded = "".join(pieces).removeprefix("\x1b]52;c;").removesuffix("\a")
    assert base64.b64decode(encoded) == b"x" * 1000
    assert "through screen" in words


@pytest.mark.parametrize(("code", "certain"), [(0, True), (1, False)])
async def test_tmux_is_handed_the_text_itself(
    code: int, certain: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text(f'#!/bin/sh\nprintf "%s " "$@" > {tmp_path}/said\ncat > {tmp_path}/got\nexit {code}\n')
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    words = await copy(app_on(Written()), "text", {"TMUX": "/tmp/t,1,0"})
    assert (tmp_path / "got").read_text() == "text"
    assert (tmp_path / "said").read_text() == "load-buffer -w - "
    assert ("in tmux's buffer" in words) is certain
    assert ("OSC 52" in words) is not certain


async def test_one_of_several_code_blocks_can_be_copied() -> None:
    made = bench(endpoint("prod"))
    text = "Two:\n\n```python\nprint(1)\n```\n\n```sh\nls\npwd\n```\n"
    made.api.scripts = [reply(text)]
    app = made.app("prod")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "A new conversation" in seen(app))
        await pilot.press(*"hi", "enter")
        await until(pilot, lambda: "req_test" in seen(app))
        await pilot.press("f8")
        await until(pilot, lambda: "Code 2: sh, 2 lines" in seen(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "7 characters sent" in seen(app))
        assert app.clipboard == "ls\npwd\n"
        await pilot.press("f8")
        await until(pilot, lambda: "The whole answer" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.clipboard == text)
