"""The parts are put together as a person's settings say, and follow them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_app import wiring
from tui_app.core.quota import Pacing
from tui_app.core.settings import AppSettings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


async def test_what_was_chosen_before_holds_from_the_start(home: Path) -> None:
    async with wiring.workbench({}) as bench:
        assert not bench.ledger.own_limit
        await bench.settings.change(pacing="even", without_ledger="own-limit")
    async with wiring.workbench({}) as bench:
        assert bench.ledger.own_limit
        assert bench.inference.queue.pacing is Pacing.EVEN
        assert str(home) in bench.ledger.path


async def test_what_is_chosen_holds_at_once() -> None:
    async with wiring.workbench({}) as bench:
        bench.obey(AppSettings(pacing="even", without_ledger="own-limit"))
        assert bench.ledger.own_limit
        assert bench.inference.queue.pacing is Pacing.EVEN
        bench.obey(AppSettings())
        assert not bench.ledger.own_limit
        assert bench.inference.queue.pacing is Pacing.BURST
