"""A long answer that ends while nobody looks is told by bell and notice, and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest

from tests.ui.bench import NOW, Bench, bench, endpoint, seen, until
from tui_app.core.conversation import Answer, Outcome, Timing, Turn
from tui_app.core.errors import InfertermError, KeyMissing
from tui_app.ui.app import InfertermApp


@dataclass
class Batches:
    """Batches that only say that they change."""

    running: dict[int, object]
    errors: dict[int, Exception]
    begun: set[int] = field(default_factory=set)
    changed: object = None

    def subscribe(self, changed: object) -> object:
        """Remember who listens."""
        self.changed = changed
        return lambda: None

    async def aclose(self) -> None:
        """Nothing to stop."""


def end(made: Bench, seconds: float, outcome: Outcome = Outcome.COMPLETE) -> None:
    """Let a turn end that took so long."""
    answer = Answer(outcome, timing=Timing(total_s=seconds))
    chat = made.inference.chats.new("prod")
    made.inference.chats._office.ended(chat, Turn(1, "Hi", NOW, "prod", "m", answer))


def written(app: InfertermApp, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the terminal from now on."""
    texts: list[str] = []
    assert app._driver is not None
    monkeypatch.setattr(app._driver, "write", texts.append)
    return texts


async def test_a_long_answer_is_told_while_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    made = bench(endpoint("prod"))
    app = made.app()
    async with app.run_test() as pilot:
        texts = written(app, monkeypatch)
        end(made, 30)
        assert texts == []
        app.app_focus = False
        await pilot.pause()
        texts.clear()
        end(made, 3)
        assert texts == []
        end(made, 30)
        assert "]9;inferterm: prod has answered" in texts[0]
        texts.clear()
        end(made, 30, Outcome.FAILED)
        assert "]9;inferterm: prod has failed" in texts[0]
        assert "]777;notify;inferterm;prod has failed" in texts[0]
        assert texts[0].endswith("\a")


async def test_inside_tmux_it_is_wrapped_and_the_bell_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux,1,0")
    made = bench(endpoint("prod"))
    app = made.app()
    async with app.run_test() as pilot:
        texts = written(app, monkeypatch)
        app.app_focus = False
        await pilot.pause()
        texts.clear()
        end(made, 30)
        assert texts[0].startswith("\x1bPtmux;\x1b\x1b]9;inferterm")
        assert texts[0].endswith("\x1b\\\a")


async def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    made = bench(endpoint("prod"))
    app = made.app()
    async with app.run_test() as pilot:
        texts = written(app, monkeypatch)
        app.preferences.current = app.preferences.current.model_copy(update={"notices": "never"})
        app.app_focus = False
        await pilot.pause()
        texts.clear()
        end(made, 30)
        assert texts == []


@pytest.mark.parametrize(
    ("done", "error", "told"),
    [
        (True, None, "batch 7 has ended"),
        (False, None, "batch 7 was paused"),
        (False, KeyMissing("no API key for [prod]"), "batch 7 stopped: no API key for [prod]"),
    ],
)
async def test_a_batch_that_stops_is_told_with_how(
    monkeypatch: pytest.MonkeyPatch, done: bool, error: InfertermError | None, told: str
) -> None:
    made, batches = bench(endpoint("prod")), Batches({}, {})
    app = InfertermApp(replace(made.equipment(), batches=batches))  # type: ignore[arg-type]
    async with app.run_test() as pilot:
        texts = written(app, monkeypatch)
        app.app_focus = False
        await pilot.pause()
        texts.clear()
        assert callable(batches.changed)
        batches.running[7] = SimpleNamespace(done=done)
        batches.begun.add(7)
        batches.changed(7)
        del batches.running[7]
        batches.changed(7)
        assert texts == []  # what stopped it is not known before its task is over
        batches.begun.discard(7)
        if error is not None:
            batches.errors[7] = error
        batches.changed(7)
        batches.changed(7)
        assert len(texts) == 1
        assert f"]9;inferterm: {told}\a" in texts[0]


async def test_an_error_that_still_stands_there_is_not_shown_twice() -> None:
    app = bench(endpoint("prod")).app()
    async with app.run_test(notifications=True) as pilot:
        for _ in range(3):
            app.notify("the disk is full", severity="error")
            app.notify("3 characters copied", timeout=5)
        app.notify("the disk is slow", severity="error")
        await until(pilot, lambda: "the disk is slow" in seen(app))
        assert seen(app).count("the disk is full") == 1
        assert seen(app).count("3 characters copied") == 3
