"""What a reply is made of, in the order in which it comes:

    ((Queued | Retrying)* Sent)* Opened (BlockOpened (TextDelta | ThinkingDelta | …)* BlockClosed)* Finished

A retry goes back to the start, and so does a request whose turn is taken back while it connects;
after Opened nothing is retried. What fails is raised from
`tui_app.core.errors`, and what came before it stays with the reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tui_app.core.conversation import Answer, Usage
from tui_app.core.jsons import JsonObject


@dataclass(frozen=True, slots=True)
class Queued:
    """The request waits for its turn: place (1 is next), seconds until the expected start, why.

    `attempt` counts from 1.
    """

    position: int
    expected_in_s: float
    reason: str = ""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Retrying:
    """An attempt failed and another follows by itself in `delay_s` seconds.

    `queued` tells that it waits at the head of the queue until the service opens again; Queued follows.
    """

    reason: str
    delay_s: float
    attempt: int
    attempts: int
    queued: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """The request is on its way; `attempt` counts from 1. Queued after it: it was not sent after all."""

    attempt: int
    queued_s: float


@dataclass(frozen=True, slots=True)
class Opened:
    """The service took the request: the answer begins; `message_id` is the service's own for it."""

    model: str
    request_id: str | None
    usage: Usage
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class BlockOpened:
    """A content block begins; `raw` is it as it came, `kind` its type."""

    index: int
    kind: str
    raw: JsonObject


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text of a text block."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """More of a thinking block."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class OtherDelta:
    """Any other piece of a block: a signature, a part of a tool's input, a citation."""

    index: int
    raw: JsonObject


@dataclass(frozen=True, slots=True)
class BlockClosed:
    """A content block is whole."""

    index: int


@dataclass(frozen=True, slots=True)
class Stopping:
    """Why the model stopped, and the final counts (they replace earlier ones)."""

    stop_reason: str | None
    usage: Usage
    stop_details: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply is whole."""

    answer: Answer


ServiceEvent: TypeAlias = (
    Opened | BlockOpened | TextDelta | ThinkingDelta | OtherDelta | BlockClosed | Stopping
)
"""What the Messages API itself says."""

Event: TypeAlias = Queued | Retrying | Sent | ServiceEvent | Finished
"""All that a front end is told."""
