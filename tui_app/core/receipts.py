"""Receipts: what is written down of every request that has ended, so that it can be counted later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tui_app.core.conversation import Answer, Outcome
from tui_app.core.error_kinds import ErrorKind
from tui_app.core.quota import Source

_UNHEARD: Final = frozenset({ErrorKind.TIMEOUT, ErrorKind.CUT})
"""After these nobody knows what the service counted, although nothing came."""


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
