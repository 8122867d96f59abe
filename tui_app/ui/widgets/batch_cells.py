"""Batches and their rows as lines of text."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from tui_app.core.batch_comparison import SECONDS_WORTH, Change, change_of, difference
from tui_app.core.batch_items import Batch, Row, RowState
from tui_app.core.batch_output import worst
from tui_app.core.batch_plans import PROMPT_COLUMN
from tui_app.core.batch_progress import failing_words
from tui_app.core.errors import InfertermError
from tui_app.core.jsons import JsonValue
from tui_app.core.text import one_line

_SIGNS: Final = {
    RowState.WAITING: ("○", "$text-muted", "waits"),
    RowState.SENT: ("●", "$accent", "on its way"),
    RowState.FAILED: ("✗", "$text-error", "failed"),
    RowState.LOST: ("!", "$text-warning", "lost"),
}
_THENS: Final = {
    Change.BROKE: ("▼ broke", "bold $text-error"),
    Change.MENDED: ("▲ mended", "bold $text-success"),
    Change.OTHER: ("≠ other", "$text-warning"),
    Change.SAME: ("= same", "$text-muted"),
    Change.NEW: ("+ new", "$text-muted"),
    Change.OPEN: ("", ""),
}
_NUMBER, _STATE, _MARK, _THEN, _FIGURES = 5, 12, 3, 9, 18
_NARROW: Final = 100
_SHORT: Final = {"temperature": "t=", "max_tokens": "max=", "top_p": "p=", "top_k": "k=", "system": "sys="}


def bar(ended: int, total: int, width: int) -> Content:
    """A bar of `width` cells, full when all have ended."""
    full = width * ended // total if total else width
    return Content.assemble(("━" * full, "$accent"), ("─" * (width - full), "$text-muted"))


def state_words(batch: Batch, error: InfertermError | None = None, *, beginning: bool = False) -> str:
    """How a batch that does not run here stands, or is about to."""
    counts, failing = batch.counts, batch.failing
    parts = [f"{batch.ended:,} of {batch.total:,}"]
    if failing:
        parts.append(f"✗ {failing_words(failing)}")
    if failed := counts.get(RowState.FAILED, 0):
        parts.append(f"✗ {failed:,} failed")
    killed = 0 if batch.busy or beginning else counts.get(RowState.SENT, 0)
    if lost := counts.get(RowState.LOST, 0) + killed:
        parts.append(f"! {lost:,} lost")
    if beginning:
        parts.append("beginning")
    elif batch.busy:
        parts.append("at work in another terminal")
    elif error is not None:
        parts.append(f"✗ held up: {one_line(str(error), limit=80)}; p goes on")
    elif batch.ended == batch.total:
        parts.append("done" if failing or failed or lost else "✓ done, all pass")
    elif batch.stopped:
        parts.append("stopped; p goes on")
    else:
        parts.append("paused; p goes on")
    return ", ".join(parts)


def sign(row: Row) -> tuple[str, str, str]:
    """A glyph, its colour, and the word for it."""
    if row.state is RowState.ANSWERED:
        passed = row.result is not None and row.result.passed
        return ("✓", "$text-success", "passes") if passed else ("✗", "$text-error", "fails")
    return _SIGNS[row.state]


def row_head(width: int, *, comparing: bool = False) -> Content:
    """The names of the columns that `row_line` makes."""
    room, first = _rooms(width, comparing=comparing)
    names = f"{'Prompt':<{first}}" + (f"  {'Answer':<{room - first - 2}}" if room > first else "")
    then = f"{'then':<{_THEN}}" if comparing else ""
    figures = f"{'± tokens':>8} {'± time':>8}" if comparing else f"{'tokens':>6} {'time':>9}"
    line = f"{'#':>{_NUMBER}} {'':<{_STATE}}{'':<{_MARK}}{then}{names}{figures:>{_FIGURES}}"
    return Content.styled(line, "$text-muted").truncate(width)


def _rooms(width: int, *, comparing: bool) -> tuple[int, int]:
    """How wide prompt and answer are together, and the prompt alone."""
    fixed = _NUMBER + 1 + _STATE + _MARK + _FIGURES + (_THEN if comparing else 0)
    room = max(10, width - fixed)
    return room, room if width < _NARROW - 30 else room * 2 // 5


def row_line(
    row: Row, width: int, earlier: Row | None = None, *, comparing: bool = False, start: int = 0
) -> Content:
    """A row in columns: number, state, mark, prompt, answer, tokens and seconds; failures stand out.

    Comparing, it tells what changed, and how many tokens and seconds more it took than before. The prompt
    is shown from `start` on.
    """
    glyph, colour, word = sign(row)
    wrong, result = worst(row), row.result
    said = wrong if wrong and row.state is not RowState.WAITING else result.text if result else ""
    mark = f"{row.mark}★" if row.mark else ""
    told = _THENS[change_of(row, earlier)] if comparing else ("", "")
    room, first = _rooms(width, comparing=comparing)
    varied = " ".join(_varied(name, value) for name, value in row.item.variation.items())
    asked = f"…{row.item.prompt[start:]}" if start else row.item.prompt
    prompt = one_line(f"{varied + ': ' if varied else ''}{asked}", limit=400)
    cells = Content(prompt).truncate(first, ellipsis=True, pad=True)
    if room > first:
        shown = Content.styled(one_line(said, limit=400), colour if wrong else "")
        shown = shown.truncate(max(1, room - first - 2), ellipsis=True, pad=True)
        cells = Content.assemble(cells, "  ", shown)
    return Content.assemble(
        (f"{row.item.position + 1:>{_NUMBER}} ", "$text-muted"),
        (f"{glyph} {word:<{_STATE - 2}}", colour),
        (f"{mark:<{_MARK}}", "$accent"),
        (f"{told[0]:<{_THEN}}" if comparing else "", told[1]),
        cells,
        (f"{_figures(row, earlier, comparing=comparing):>{_FIGURES}}", "$text-muted"),
    )


def _figures(row: Row, earlier: Row | None, *, comparing: bool) -> str:
    """Tokens and seconds, or what of both is more than before."""
    result = row.result
    if result is None or row.state not in {RowState.ANSWERED, RowState.FAILED}:
        return ""
    if not comparing:
        tokens = f"{result.usage.output_tokens:,}" if result.counted else "?"
        return f"{tokens:>6} {result.seconds:>7.1f} s"
    more = difference(result, earlier.result) if earlier else None
    if more is None:
        return ""
    seconds = f"{more.seconds:+.1f}" if abs(more.seconds) >= SECONDS_WORTH else "0.0"
    return f"{more.tokens:>+8,} {seconds:>6} s"


def _varied(name: str, value: JsonValue) -> str:
    """A setting or prompt by which a row differs, in few cells: a column has no room for names."""
    text = one_line(str(value), limit=16)
    return text if name == PROMPT_COLUMN else f"{_SHORT.get(name, name)}{text}"
