"""A batch's rows for other programs: as objects of JSONL, or as rows of CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui_app.core.batch_estimates import dollars
from tui_app.core.batch_items import Batch, Result, Row, RowState, Trouble
from tui_app.core.checks import Verdict
from tui_app.core.counts import counted
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.tables import Format, write_csv

RESULTS: Final = (
    "answer",
    "outcome",
    "passed",
    "checks",
    "error",
    "stop_reason",
    "model",
    "input_tokens",
    "output_tokens",
    "queued_s",
    "first_token_s",
    "answer_s",
    "cost_usd",
    "request_id",
    "mark",
)
"""The columns that CSV gets after the row's own and those of what was varied.

One whose name is taken gets `result_` before it, and one of what was varied `varied_`.
"""
_PLACES: Final = 4


def written(batch: Batch, rows: Iterable[Row], kind: Format) -> Iterator[str]:
    """All rows in their order, line for line with its end."""
    if kind == "jsonl":
        for row in rows:
            yield json.dumps(record(row), ensure_ascii=False, allow_nan=False) + "\n"
        return
    own = batch.head.columns
    varied = {name: _free(name, own, "varied") for name in batch.head.varied}
    names = {name: _free(name, (*own, *varied.values()), "result") for name in RESULTS}
    columns = (*own, *varied.values(), *names.values())
    yield from write_csv(columns, (_cells(row, varied, names) for row in rows))


def _free(name: str, taken: Sequence[str], prefix: str) -> str:
    """The name of a column of ours beside those that the file has."""
    while name in taken:
        name = f"{prefix}_{name}"
    return name


def record(row: Row) -> dict[str, JsonValue]:
    """A row with all that came of it: what JSONL holds, an object a line."""
    item, result = row.item, row.result or Result()
    return {
        "number": item.position + 1,
        "line": item.line,
        "row": item.row,
        **({"settings": item.variation} if item.variation else {}),
        "prompt": item.prompt,
        "outcome": row.state.value,
        "answer": result.text if row.state is RowState.ANSWERED or result.text else None,
        "stop_reason": result.stop_reason,
        "model": result.model or None,
        "tokens": _tokens(result),
        "times": _times(result),
        "cost_usd": _rounded(result.dollars, 8),
        "checks": [_verdict(each) for each in result.verdicts],
        "passed": result.passed,
        "error": result.error or None,
        "request_id": result.request_id,
        "mark": row.mark,
    }


def _cells(row: Row, varied: Mapping[str, str], names: Mapping[str, str]) -> JsonObject:
    found = record(row)
    tokens, times = found["tokens"], found["times"]
    assert isinstance(tokens, Mapping)
    assert isinstance(times, Mapping)
    figures = {f"{name}_tokens": count for name, count in tokens.items()}
    flat = {**found, **figures, **times, "checks": checks_words(row.result)}
    chosen = {varied[name]: value for name, value in row.item.variation.items()}
    return {**row.item.row, **chosen, **{names[name]: flat[name] for name in RESULTS}}


def checks_words(result: Result | None) -> str:
    """What became of each check, in words: `ok: contains Paris; FAILED: equals 4 (it is 5)`."""
    verdicts = result.verdicts if result else ()
    return "; ".join(
        f"{'ok' if each.passed else 'FAILED'}: {each.name + ': ' if each.name else ''}{each.check}"
        + (f" ({each.why})" if each.why else "")
        for each in verdicts
    )


def _verdict(verdict: Verdict) -> dict[str, JsonValue]:
    named: dict[str, JsonValue] = {"name": verdict.name} if verdict.name else {}
    return {
        "check": verdict.check,
        "passed": verdict.passed,
        "why": verdict.why,
        "supported": verdict.supported,
        **named,
    }


def _tokens(result: Result) -> dict[str, JsonValue]:
    if not result.counted:
        return {"input": None, "output": None}
    return {"input": result.usage.total_input, "output": result.usage.output_tokens}


def _times(result: Result) -> dict[str, JsonValue]:
    timing = result.timing
    return {
        "queued_s": _rounded(timing.queued_s),
        "first_token_s": _rounded(timing.first_token_s),
        "answer_s": _rounded(result.seconds),
    }


def _rounded(number: float | None, places: int = _PLACES) -> float | None:
    return None if number is None else round(number, places)


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of all rows, in numbers; `dollars` is None where a price is not known, `free` if not paid."""

    total: int
    passed: int
    failing: int
    failed: int
    lost: int
    waiting: int
    tokens_in: int
    tokens_out: int
    dollars: float | None
    free: bool = False

    @property
    def words(self) -> str:
        """It in one line."""
        counts = {
            "passed": self.passed,
            "fails a check" if self.failing == 1 else "fail a check": self.failing,
            "failed": self.failed,
            "lost": self.lost,
            "not asked": self.waiting,
        }
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        return f"{counted(self.total, 'row')}: {told}; {self.took}"

    @property
    def took(self) -> str:
        """Tokens, and their price where it is known."""
        price = "" if self.dollars is None else f", {paid_words(self.dollars, free=self.free)}"
        return f"{self.tokens_in:,} tokens in, {self.tokens_out:,} out{price}"


def paid_words(price: float, *, free: bool) -> str:
    """A price of answers; `free` is for the sandbox's."""
    return f"would cost {dollars(price)}" if free else dollars(price)


def summary(rows: Sequence[Row], *, free: bool = False) -> Summary:
    """What came of all rows; `free` is for the sandbox's."""
    results = [row.result for row in rows if row.result is not None]
    prices = [result.dollars for result in results if not result.trouble]
    answered = [row.result for row in rows if row.state is RowState.ANSWERED and row.result]
    passed = sum(result.passed for result in answered)
    return Summary(
        len(rows),
        passed,
        len(answered) - passed,
        sum(row.state is RowState.FAILED for row in rows),
        sum(row.state is RowState.LOST for row in rows),
        sum(row.state in {RowState.WAITING, RowState.SENT} for row in rows),
        sum(result.usage.total_input for result in results),
        sum(result.usage.output_tokens for result in results),
        None if None in prices else sum(price for price in prices if price is not None),
        free,
    )


def troubles(rows: Iterable[Row]) -> frozenset[Trouble]:
    """What kept answers from coming."""
    return frozenset(row.result.trouble for row in rows if row.result) - {Trouble.NONE}


def worst(row: Row) -> str:
    """What is wrong with a row, in a few words; empty if nothing is."""
    result = row.result
    if result is None or (result.passed and not result.error):
        return ""
    if result.error:
        return result.error
    failed = next((each for each in result.verdicts if not each.passed), None)
    return f"{failed.check}: {failed.why}" if failed else "too few checks pass"
