"""Receipts: what is written down of every request that has ended, so that it can be counted later."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from tui_app.core.conversation import Answer, Outcome
from tui_app.core.errors import ConnectionLost, Loss, ServiceRefused
from tui_app.core.quota import Source
from tui_app.core.retries import is_spend_cap


class ErrorKind(StrEnum):
    """What a request failed of: the service's own `error.type`, or how its connection was lost."""

    RATE_LIMITED = "rate_limit_error"
    OVERLOADED = "overloaded_error"
    KEY_REFUSED = "authentication_error"
    NOT_ALLOWED = "permission_error"
    BILLING = "billing_error"
    SPEND_LIMIT = "spend_limit_reached"
    INVALID = "invalid_request_error"
    TOO_LARGE = "request_too_large"
    NOT_FOUND = "not_found_error"
    SERVICE = "api_error"
    TIMEOUT = "timeout_error"
    NETWORK = "network"
    CUT = "cut"
    OTHER = "other"


ERROR_WORDS: Final[Mapping[ErrorKind, str]] = {
    ErrorKind.RATE_LIMITED: "rate limited",
    ErrorKind.OVERLOADED: "overloaded",
    ErrorKind.KEY_REFUSED: "key refused",
    ErrorKind.NOT_ALLOWED: "not allowed",
    ErrorKind.BILLING: "billing",
    ErrorKind.SPEND_LIMIT: "spend limit",
    ErrorKind.INVALID: "invalid request",
    ErrorKind.TOO_LARGE: "too large",
    ErrorKind.NOT_FOUND: "not found",
    ErrorKind.SERVICE: "service error",
    ErrorKind.TIMEOUT: "timed out",
    ErrorKind.NETWORK: "network",
    ErrorKind.CUT: "cut off",
    ErrorKind.OTHER: "other",
}
"""Each kind as a person reads it."""

_BY_STATUS: Final = {
    401: ErrorKind.KEY_REFUSED,
    402: ErrorKind.BILLING,
    403: ErrorKind.NOT_ALLOWED,
    404: ErrorKind.NOT_FOUND,
    408: ErrorKind.TIMEOUT,
    413: ErrorKind.TOO_LARGE,
    429: ErrorKind.RATE_LIMITED,
    504: ErrorKind.TIMEOUT,
    529: ErrorKind.OVERLOADED,
}
_UNHEARD: Final = frozenset({ErrorKind.TIMEOUT, ErrorKind.CUT})
"""After these nobody knows what the service counted, although nothing came."""
_KINDS: Final = frozenset(ErrorKind) - {ErrorKind.NETWORK, ErrorKind.CUT, ErrorKind.OTHER}


def kind_of(error: ServiceRefused | ConnectionLost) -> ErrorKind:
    """The kind of an error: what the service calls it, else what its status means."""
    if isinstance(error, ConnectionLost):
        lost = {Loss.TIMEOUT: ErrorKind.TIMEOUT, Loss.CUT: ErrorKind.CUT}
        return lost.get(error.loss, ErrorKind.NETWORK)
    if is_spend_cap(error):
        return ErrorKind.SPEND_LIMIT
    status = error.refusal.status or 0
    named = next((kind for kind in _KINDS if kind == error.refusal.kind), None)
    family = ErrorKind.INVALID if 400 <= status < 500 else ErrorKind.SERVICE
    return _BY_STATUS.get(status) or named or family


class Receipt(NamedTuple):
    """One request that has ended, however often it was tried. No word of what was said.

    `at` is when it was asked, in wall-clock seconds; `model` is the one that was asked, `answered_by`
    the one that the service named, if it did. `sandbox` is None where that was not written down.
    `error` is empty unless the last attempt failed, `retried` names the kinds of those before it, parted
    by spaces. `told` says whether the service told the final counts: it does at the end only. Stretches
    are seconds, None where there was nothing to measure; `first_token_s` counts from the sending.
    """

    at: float
    endpoint: str
    model: str
    answered_by: str = ""
    source: str = Source.CHAT
    conversation_id: int | None = None
    sandbox: bool | None = False
    outcome: str = Outcome.COMPLETE
    error: str = ""
    retried: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0
    told: bool = True
    queued_s: float = 0.0
    first_token_s: float | None = None
    streamed_s: float | None = None
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked: what a receipt says beside what came of the request."""

    endpoint: str
    model: str
    source: Source
    conversation_id: int | None = None
    sandbox: bool = False


def receipt(
    asker: Asker, answer: Answer, at: float, failures: Sequence[ErrorKind], *, streamed: bool
) -> Receipt:
    """What is written down of an answer as it ended; `failures` are those of its attempts, in order.

    An answer that came as a whole (not `streamed`) has no first token. A verification that left as soon as
    it was answered did all that it was to do.
    """
    failed_last = 0 < answer.attempts <= len(failures)
    usage, timing, outcome = answer.usage, answer.timing, answer.outcome
    refused = outcome is Outcome.FAILED and not usage.total_input and not _UNHEARD & {*failures[-1:]}
    told = answer.stop_reason is not None or outcome is Outcome.COMPLETE or refused
    if asker.source is Source.VERIFY and outcome is Outcome.STOPPED and answer.model:
        outcome = Outcome.COMPLETE
    return Receipt(
        at,
        asker.endpoint,
        asker.model,
        answer.model,
        asker.source.value,
        asker.conversation_id,
        asker.sandbox,
        outcome.value,
        failures[-1].value if failed_last else "",
        " ".join(failures[:-1] if failed_last else failures),
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_creation_input_tokens,
        usage.cache_read_input_tokens,
        told,
        timing.queued_s,
        timing.first_token_s if streamed else None,
        timing.streamed_s if streamed else None,
        timing.total_s,
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """Which requests are meant: those that fit all that is not None. `since` is wall-clock seconds."""

    since: float | None = None
    endpoint: str | None = None
    model: str | None = None
    conversation_id: int | None = None

    def holds(self, receipt: Receipt) -> bool:
        """Whether a request is one of them."""
        return (
            (self.since is None or receipt.at >= self.since)
            and self.endpoint in {None, receipt.endpoint}
            and self.model in {None, receipt.model}
            and self.conversation_id in {None, receipt.conversation_id}
        )


def reach_of(receipts: Iterable[Receipt]) -> tuple[float, float] | None:
    """When the earliest and the latest were asked, None where there are none."""
    times = [each.at for each in receipts]
    return (min(times), max(times)) if times else None


EVERYTHING: Final = Scope()
"""All requests."""


class ReceiptBook(Protocol):
    """Where receipts are kept, shared by all processes."""

    @property
    def trouble(self) -> str:
        """Why the latest receipts could not be kept; empty where they are, or are on their way."""
        ...

    def note(self, receipt: Receipt) -> None:
        """Keep a receipt soon. Never raises and never waits: no answer depends on it."""
        ...

    async def reach(self, scope: Scope) -> tuple[float, float] | None:
        """When the earliest and the latest of those were asked that are meant. Raises StoreFailed."""
        ...

    def read(self, scope: Scope) -> AsyncIterator[Sequence[Receipt]]:
        """Those that are meant, also what was noted just now, some at a time. Raises StoreFailed."""
        ...

    async def titles(self, conversation_ids: Iterable[int]) -> Mapping[int, str]:
        """The titles of those conversations that are there. Raises StoreFailed."""
        ...

    async def aclose(self) -> None:
        """Wait until all is kept that was noted."""
        ...


class MemoryReceipts:
    """Keeps receipts as long as the process lives."""

    trouble = ""

    def __init__(self) -> None:
        self.kept: list[Receipt] = []
        self.named: dict[int, str] = {}

    def note(self, receipt: Receipt) -> None:
        """Keep it."""
        self.kept.append(receipt)

    async def reach(self, scope: Scope) -> tuple[float, float] | None:
        """When the earliest and the latest were asked."""
        return reach_of(filter(scope.holds, self.kept))

    async def read(self, scope: Scope) -> AsyncIterator[Sequence[Receipt]]:
        """Those that are meant."""
        yield list(filter(scope.holds, self.kept))

    async def titles(self, conversation_ids: Iterable[int]) -> Mapping[int, str]:
        """Those in `named`."""
        return {each: self.named[each] for each in conversation_ids if each in self.named}

    async def aclose(self) -> None:
        """Nothing to wait for."""
