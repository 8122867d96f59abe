"""What a batch is made of: what each row asks, and what became of it. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tui_app.core.checks import Check, Measured, Verdict
from tui_app.core.conversation import Answer, Timing, Usage
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.judging import judge_all, judge_soon, passes
from tui_app.core.models import cost
from tui_app.core.requests import Request
from tui_app.core.tables import Format


class RowState(StrEnum):
    """How a row stands. LOST: it was sent, and whoever waited for its answer was killed."""

    WAITING = "waiting"
    SENT = "sent"
    ANSWERED = "answered"
    FAILED = "failed"
    LOST = "lost"


ENDED = frozenset({RowState.ANSWERED, RowState.FAILED, RowState.LOST})
"""States of rows that are not asked any more by themselves."""


class Trouble(StrEnum):
    """What kept an answer from coming whole."""

    NONE = ""
    REFUSED = "refused"
    NETWORK = "network"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Item:
    """What one row asks: `position` from 0, `line` of the file, the row itself, the request, its checks.

    `variation` are the settings and the prompt's name by which it differs from others of the same row.
    """

    position: int
    line: int
    row: JsonObject
    request: Request
    checks: tuple[Check, ...] = ()
    threshold: float | None = None
    variation: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """What the user says last."""
        said = [each for each in self.request.messages if isinstance(each, Mapping)]
        last = next((each for each in reversed(said) if each.get("role") == "user"), {})
        return str(last.get("content", ""))

    @property
    def lead(self) -> str:
        """How the answer is to begin, where the last message is the assistant's; else empty."""
        last = self.request.messages[-1]
        sent = isinstance(last, Mapping) and last.get("role") == "assistant"
        return str(last.get("content", "")) if isinstance(last, Mapping) and sent else ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a row. `dollars` is None where price or tokens are not known."""

    text: str = ""
    stop_reason: str | None = None
    model: str = ""
    request_id: str | None = None
    usage: Usage = field(default_factory=Usage)
    timing: Timing = field(default_factory=Timing)
    attempts: int = 0
    dollars: float | None = None
    verdicts: tuple[Verdict, ...] = ()
    passed: bool = False
    error: str = ""
    trouble: Trouble = Trouble.NONE

    @property
    def seconds(self) -> float:
        """From the sending to the end; what it waited before does not count."""
        first, streamed = self.timing.first_token_s, self.timing.streamed_s
        if first is not None and streamed is not None:
            return first + streamed
        return max(0.0, self.timing.total_s - self.timing.queued_s)

    @property
    def counted(self) -> bool:
        """Whether the service told the tokens of an answer that came; a cluster does not."""
        return not self.text or self.usage.total_input + self.usage.output_tokens > 0


LOST = Result(
    error="it was sent, and the process that waited for its answer was killed or could not keep it",
    trouble=Trouble.LOST,
)
"""The result of a row of which nothing more can be known."""


def result_of(item: Item, answer: Answer, model: str, trouble: Trouble = Trouble.NONE) -> Result:
    """What came of a row, not yet judged; `model` is the one that was asked."""
    dollars = cost(answer.model or model, answer.usage)
    result = Result(
        answer.text,
        answer.stop_reason,
        answer.model or model,
        answer.request_id,
        answer.usage,
        answer.timing,
        answer.attempts,
        dollars,
        error=answer.error,
        trouble=trouble,
    )
    return result if result.counted else replace(result, dollars=None)


def judged(item: Item, result: Result) -> Result:
    """A whole answer with what the row's checks say of it."""
    return _with(item, result, judge_all(item.checks, _measured(result)))


def judged_soon(item: Item, result: Result) -> Result | None:
    """The same, None where the checks take more than a moment."""
    verdicts = judge_soon(item.checks, _measured(result))
    return None if verdicts is None else _with(item, result, verdicts)


def _measured(result: Result) -> Measured:
    tokens = result.usage.output_tokens if result.counted else None
    return Measured(result.text, tokens, result.seconds, result.dollars, result.stop_reason or "")


def _with(item: Item, result: Result, verdicts: tuple[Verdict, ...]) -> Result:
    return replace(result, verdicts=verdicts, passed=passes(verdicts, item.threshold))


@dataclass(frozen=True, slots=True)
class Row:
    """An item as it stands; `mark` is a person's, 1 to 5."""

    item: Item
    state: RowState = RowState.WAITING
    result: Result | None = None
    mark: int | None = None

    @property
    def failing(self) -> bool:
        """Whether a check refused the answer; one that was not judged yet fails nothing."""
        if self.result is None or self.state is not RowState.ANSWERED or self.result.passed:
            return False
        return bool(self.result.verdicts) or not self.item.checks

    @property
    def judged(self) -> Row:
        """The same with what its checks say, where a kill came between the answer and that."""
        if self.result is None or self.state is not RowState.ANSWERED or self.result.verdicts:
            return self
        return replace(self, result=judged(self.item, self.result)) if self.item.checks else self

    @property
    def given_up(self) -> Row:
        """The same where nobody works on it any more: what was sent is lost."""
        return replace(self, state=RowState.LOST, result=LOST) if self.state is RowState.SENT else self


@dataclass(frozen=True, slots=True)
class Head:
    """What is asked of whom, but for the rows: the same of every run of the same command.

    `kin` is the same for all batches of one file and one endpoint, whatever else was asked of it. `free` is
    for the sandbox, whose prices are only what another service would take.
    """

    title: str
    endpoint: str
    model: str
    format: Format
    columns: tuple[str, ...]
    varied: tuple[str, ...] = ()
    kin: str = ""
    free: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it is kept. Times are wall-clock seconds; `busy` tells that a process works on it now.

    `ended_at` is set when every row has ended, or when a person ended it before (`stopped`).
    """

    id: int
    identity: str
    head: Head
    created_at: float
    ended_at: float | None = None
    stopped: bool = False
    busy: bool = False
    counts: Mapping[RowState, int] = field(default_factory=dict)
    failing: int = 0

    @property
    def total(self) -> int:
        """How many rows it has."""
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """How many of them are not asked any more."""
        return sum(self.counts.get(state, 0) for state in ENDED)
