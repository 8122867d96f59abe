"""What each part may load, seen in fresh processes."""

from __future__ import annotations

import subprocess
import sys

import pytest

FIRST_SCREEN = "import tui_app.wiring, tui_app.adapters.first_sight, tui_app.adapters.folders, tui_app.ui.app"


def loaded(code: str) -> set[str]:
    """The top-level modules that a program has loaded at its end."""
    tell = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "tui_app.core.inference",
        "tui_app.cli.main",
        "tui_app.cli.ask",
        "tui_app.cli.endpoints",
        "tui_app.sandbox.server",
        "tui_app.sandbox.app",
        "tui_app.adapters.keys",
        "tui_app.adapters.ledger",
        "tui_app.adapters.history",
        "tui_app.wiring",
    ],
)
def test_nothing_but_the_app_loads_textual(module: str) -> None:
    assert "textual" not in loaded(f"import {module}")


def test_a_workbench_is_built_without_textual_httpx_or_the_keyring() -> None:
    there = loaded("import tui_app.wiring; tui_app.wiring.build()")
    assert not there & {"textual", "httpx", "keyring", "starlette", "uvicorn", "watchfiles", "cryptography"}


def test_the_first_screen_needs_neither_pydantic_nor_the_rest() -> None:
    there = loaded(FIRST_SCREEN)
    assert "textual" in there
    assert not there & {"pydantic", "httpx", "keyring", "sqlite3", "click", "watchfiles", "markdown_it"}
