"""A batch's progress on standard error: a bar on a terminal that can, a line now and then elsewhere."""

from __future__ import annotations

import asyncio
import shutil
import sys
from typing import TYPE_CHECKING, Final

from tui_app.cli.exits import complain, one_line
from tui_app.cli.streams import closed, takes_sequences

if TYPE_CHECKING:
    from tui_app.core.batch_progress import Progress
    from tui_app.core.batch_runs import Run

_BAR: Final = 20
_EACH_S: Final = 0.25
_LINE_AFTER_S: Final = 15.0
_STEPS: Final = 10


async def watched(begun: asyncio.Future[Run]) -> None:
    """Show how a run stands until it is cancelled; the last state stays."""
    run = await begun
    shown: _Bar | _Lines = _Bar() if takes_sequences(sys.stderr) else _Lines()
    try:
        while True:
            shown.show(run.progress)
            await asyncio.sleep(_EACH_S)
    finally:
        shown.end(run.progress)


def bar(progress: Progress, width: int) -> str:
    """A bar and the words, no wider than `width`."""
    full = _BAR * progress.ended // progress.total if progress.total else _BAR
    line = f"{'━' * full}{'─' * (_BAR - full)} {one_line(progress.words)}"
    return line if len(line) < width else f"{line[: max(1, width - 2)]}…"


class _Bar:
    """One line of a terminal that is drawn again and again."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, progress: Progress) -> None:
        """Draw it, if it changed."""
        line = bar(progress, shutil.get_terminal_size().columns)
        if line != self._last:
            self._last = line
            _put(f"\r\x1b[K{line}")

    def end(self, progress: Progress) -> None:
        """Draw it for the last time and go to the next line."""
        self.show(progress)
        _put("\n")


class _Lines:
    """A line for each tenth, and where nothing else is said for long."""

    def __init__(self) -> None:
        self._step, self._ended, self._said_at = 0, -1, asyncio.get_running_loop().time()

    def show(self, progress: Progress) -> None:
        """Say it, if that is worth a line."""
        now = asyncio.get_running_loop().time()
        step = _STEPS * progress.ended // progress.total if progress.total else _STEPS
        late = now - self._said_at >= _LINE_AFTER_S and progress.ended != self._ended
        if self._ended < 0:
            self._step, self._ended = step, progress.ended
        elif step > self._step or late:
            self._step, self._ended, self._said_at = step, progress.ended, now
            complain(progress.words)

    def end(self, progress: Progress) -> None:
        """Say the last state, unless it was said."""
        if progress.ended != self._ended:
            complain(progress.words)


def _put(text: str) -> None:
    if closed(sys.stderr):
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        return
