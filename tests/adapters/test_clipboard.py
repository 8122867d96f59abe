"""Copying says by which way it went, and what of that is certain."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tui_app.adapters.clipboard import SystemClipboard
from tui_app.core.terminal_sequences import LONG, notifying, passed_through


async def test_osc_52_is_named_and_nothing_more_is_claimed() -> None:
    written: list[str] = []
    copied = await SystemClipboard({}, "linux").copy("grüß", written.append)
    assert written == [f"\x1b]52;c;{base64.b64encode('grüß'.encode()).decode()}\a"]
    assert copied.words.startswith("4 characters sent to the terminal's clipboard (OSC 52).")
    assert "do not say whether" in copied.words
    assert not copied.sure


async def test_a_long_text_is_said_to_be_long() -> None:
    assert "It is long" in (await SystemClipboard({}).copy("x" * (LONG + 1), lambda text: None)).words


async def test_gnu_screen_gets_it_wrapped_in_pieces() -> None:
    written: list[str] = []
    copied = await SystemClipboard({"STY": "1.pts"}, "linux").copy("x" * 1000, written.append)
    pieces = written[0].removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert len(pieces) > 1
    encoded = "".join(pieces).removeprefix("\x1b]52;c;").removesuffix("\a")
    assert base64.b64decode(encoded) == b"x" * 1000
    assert "through screen" in copied.words


def tool(folder: Path, name: str, code: int) -> None:
    """A program that keeps what it is given."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nprintf "%s " "$@" > {folder}/said\ncat > {folder}/got\nexit {code}\n')
    path.chmod(0o755)


@pytest.mark.parametrize(("code", "certain"), [(0, True), (1, False)])
async def test_tmux_is_handed_the_text_itself(code: int, certain: bool, tmp_path: Path) -> None:
    tool(tmp_path, "tmux", code)
    environ = {"TMUX": "/tmp/t,1,0", "PATH": f"{tmp_path}:/usr/bin:/bin"}
    copied = await SystemClipboard(environ, "linux").copy("text", lambda text: None)
    assert (tmp_path / "got").read_text() == "text"
    assert (tmp_path / "said").read_text() == "load-buffer -w - "
    assert ("in tmux's buffer" in copied.words) is certain
    assert copied.sure is certain
    assert ("OSC 52" in copied.words) is not certain


@pytest.mark.parametrize(
    ("name", "environ", "platform"),
    [
        ("wl-copy", {"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
        ("xclip", {"DISPLAY": ":0"}, "linux"),
        ("xsel", {"DISPLAY": ":0"}, "linux"),
        ("pbcopy", {}, "darwin"),
        ("clip.exe", {"WSL_DISTRO_NAME": "Debian"}, "linux"),
    ],
)
async def test_a_program_of_the_desktop_confirms_that_it_took_it(
    name: str, environ: dict[str, str], platform: str, tmp_path: Path
) -> None:
    tool(tmp_path, name, 0)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    copied = await SystemClipboard({**environ, **path}, platform).copy("text", None)
    assert copied.words == f"4 characters copied by {name}, which confirmed it."
    assert copied.sure
    assert (tmp_path / "got").read_text() == "text"


@pytest.mark.parametrize(
    ("name", "platform", "environ", "far"),
    [
        ("pbcopy", "darwin", {"SSH_CONNECTION": "1 2 3 4"}, True),
        ("wl-copy", "linux", {"SSH_TTY": "/dev/pts/1", "WAYLAND_DISPLAY": "wayland-0"}, True),
        ("xclip", "linux", {"SSH_CONNECTION": "1 2 3 4", "DISPLAY": ":0"}, True),
        ("xclip", "linux", {"SSH_CONNECTION": "1 2 3 4", "DISPLAY": "localhost:10.0"}, False),
    ],
)
async def test_a_program_on_the_other_side_of_ssh_is_not_what_the_person_pastes_from(
    tmp_path: Path, name: str, platform: str, environ: dict[str, str], far: bool
) -> None:
    tool(tmp_path, name, 0)
    sent: list[str] = []
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    copied = await SystemClipboard({**environ, **path}, platform).copy("text", sent.append)
    assert sent
    assert copied.sure is not far
    assert (f"Also copied by {name} on the machine that ssh reaches." in copied.words) is far
    assert ("OSC 52" in copied.words) is far


async def test_a_program_without_a_display_or_that_fails_is_not_named(tmp_path: Path) -> None:
    tool(tmp_path, "wl-copy", 1)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    for environ in ({}, {"WAYLAND_DISPLAY": "wayland-0"}):
        copied = await SystemClipboard({**environ, **path}, "linux").copy("text", None)
        assert "not copied" in copied.words
        assert not copied.sure


def test_notices_go_through_what_stands_between() -> None:
    notice = notifying("inferterm", "done; \x1b]0;evil\x07 really")
    assert notice == "\x1b]9;inferterm: done, really\a\x1b]777;notify;inferterm;done, really\a"
    wrapped = passed_through(notice, {"TMUX": "x"})
    assert wrapped.startswith("\x1bPtmux;\x1b\x1b]9;")
    assert wrapped.endswith("\x1b\\")
    assert passed_through(notice, {}) == notice
    assert passed_through(notice, {"STY": "1.x"}) == f"\x1bP{notice}\x1b\\", "nothing in it ends the wrapping"
