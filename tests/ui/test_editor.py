"""The prompt in the person's own editor."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from tests.ui.bench import bench, endpoint, until
from tests.ui.screens.test_chat import chatting
from tui_app.core.errors import StoreFailed
from tui_app.ui.editor import edited, editor_command


@pytest.fixture
def suspended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes when the app lends its terminal, which there is none of here."""
    notes: list[str] = []

    @contextmanager
    def suspend(app: App[Any]) -> Iterator[None]:
        notes.append("lent")
        yield
        notes.append("back")

    monkeypatch.setattr(App, "suspend", suspend)
    return notes


def editor(tmp_path: Path, source: str) -> str:
    """A command that is an editor: a Python program whose argument is the file."""
    program = tmp_path / "an editor.py"
    program.write_text(f"import pathlib, sys\npath = pathlib.Path(sys.argv[1])\n{source}\n")
    return f"{sys.executable} '{program}'"


def test_visual_goes_before_editor_and_may_have_arguments() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"EDITOR": "nano"}) == ["nano"]
    assert editor_command({}) == ["vi"]
    with pytest.raises(StoreFailed, match="cannot be run"):
        editor_command({"EDITOR": "'"})


async def test_a_prompt_comes_back_as_the_editor_left_it(
    tmp_path: Path, suspended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor(tmp_path, "path.write_text(path.read_text().upper() + '\\n!\\n')"))
    async with chatting(bench(endpoint("prod"))) as room:
        room.screen.prompt.insert("half a thought")
        await room.press("ctrl+g")
        await until(room.pilot, lambda: room.screen.prompt.text == "HALF A THOUGHT\n!")
    assert suspended == ["lent", "back"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("sys.exit(3)", "ended with 3"),
        ("import os\nos.kill(os.getpid(), 9)", "was ended by SIGKILL; the prompt stays"),
        (None, "cannot be run"),
    ],
)
async def test_a_prompt_stays_where_the_editor_fails(
    tmp_path: Path, suspended: list[str], source: str | None, words: str
) -> None:
    environ = {"EDITOR": "/nowhere/at-all" if source is None else editor(tmp_path, source)}
    app: App[None] = App()
    async with app.run_test():
        with pytest.raises(StoreFailed, match=words):
            await edited(app, "text", environ)
    assert suspended == ["lent", "back"]


async def test_ctrl_c_belongs_to_the_editor(tmp_path: Path, suspended: list[str]) -> None:
    source = "import os, signal, time\nos.kill(os.getppid(), signal.SIGINT)\npath.write_text('still here')"
    app: App[None] = App()
    async with app.run_test():
        assert await edited(app, "text", {"EDITOR": editor(tmp_path, source)}) == "still here"


async def test_an_editor_ends_with_who_waits_for_it(tmp_path: Path, suspended: list[str]) -> None:
    begun = tmp_path / "begun"
    source = f"import os, time\npathlib.Path({str(begun)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"
    app: App[None] = App()
    async with app.run_test() as pilot:
        waiting = asyncio.create_task(edited(app, "text", {"EDITOR": editor(tmp_path, source)}))
        await until(pilot, lambda: begun.exists() and begun.read_text() != "")
        waiting.cancel()
        await asyncio.wait([waiting])
        await until(pilot, lambda: not Path("/proc", begun.read_text()).exists())
    assert suspended == ["lent"]
