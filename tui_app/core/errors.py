"""Everything that can go wrong and that a person can act on.

InfertermError
├── InvalidEndpoint        problems of an endpoint's body, each with its path
├── EndpointNotFound
├── EndpointExists
├── EndpointChanged        somebody else changed it since it was read
├── BrokenEndpointFile     a file that cannot be read as an endpoint
├── StoreFailed            the disk refused: settings, endpoint files, conversations
├── InvalidRequest         a prompt or setting that cannot be sent
├── BatchBusy              another process works on the batch
├── KeyMissing             no key for an endpoint anywhere that was looked
├── KeyStoreFailed         the place for keys is absent, locked, dismissed, silent, unsafe or broken
├── QuotaError
│   ├── WaitTooLong        the turn would come later than the caller waits
│   ├── QueueFull
│   ├── TakenOut           somebody took the request out of the queue
│   └── LedgerFailed       the ledger cannot be read or written
│       └── LedgerBusy     … at this moment, because another process writes
├── ServiceRefused         the service answered with an error (or sent one in mid-stream)
└── ConnectionLost         nothing or only a part came back
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_app.core.problems import Problem


class InfertermError(Exception):
    """The root: `str()` says what is wrong and where, `advice` what to do about it."""

    status: ClassVar[int] = 500

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class InvalidEndpoint(InfertermError):
    """A body that is no endpoint; `problems` holds all of them at once."""

    status = 400

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class EndpointNotFound(InfertermError):
    """No endpoint has this inference id."""

    status = 404

    def __init__(self, inference_id: str) -> None:
        super().__init__(
            f"Inference endpoint not found [{inference_id}]",
            "`inferterm endpoints list` names the endpoints that exist.",
        )


class EndpointExists(InfertermError):
    """Another endpoint has this inference id already."""

    status = 400

    def __init__(self, inference_id: str) -> None:
        super().__init__(
            f"Inference endpoint [{inference_id}] already exists",
            "Choose another id, or edit that endpoint.",
        )


class EndpointChanged(InfertermError):
    """Somebody else changed or deleted the endpoint since it was read; nothing was overwritten."""

    status = 409

    def __init__(self, inference_id: str) -> None:
        super().__init__(
            f"Inference endpoint [{inference_id}] was changed by somebody else meanwhile",
            "Nothing was overwritten. Open it again to see how it stands now, then repeat your change.",
        )


class BrokenEndpointFile(InfertermError):
    """A file that cannot be read as an endpoint; it is left as it is."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        where = f"{path}:{line}" if line else path
        super().__init__(f"{where}: {reason}", "Correct the file; nothing was changed in it.")
        self.path, self.line, self.reason = path, line, reason


class StoreFailed(InfertermError):
    """The disk refused to read or to keep something."""


class InvalidRequest(InfertermError):
    """A prompt or a setting that cannot be sent."""

    status = 400


class GivenBack(InvalidRequest):
    """A prompt was stopped before it was sent; it is the draft again, or stands where it stood."""

    def __init__(self) -> None:
        super().__init__("The prompt was not sent.", "It is kept; send it again when you want to.")


class BatchBusy(InfertermError):
    """Another process works on the batch at this moment."""

    status = 409


class KeyMissing(InfertermError):
    """No key was found in any place where this endpoint's may lie."""

    status = 401


class KeyTrouble(StrEnum):
    """Why a place for keys could not be used."""

    ABSENT = "absent"
    LOCKED = "locked"
    DISMISSED = "dismissed"
    NO_ANSWER = "no answer"
    UNSAFE = "unsafe"
    FAILED = "failed"
    WRONG_PASSPHRASE = "wrong passphrase"


class KeyStoreFailed(InfertermError):
    """A place for keys could not be used; `trouble` says why, `advice` what works instead."""

    def __init__(self, trouble: KeyTrouble, message: str, advice: str = "") -> None:
        super().__init__(message, advice)
        self.trouble = trouble


class QuotaError(InfertermError):
    """A request that the quota did not let start."""

    status = 429


class WaitTooLong(QuotaError):
    """The turn comes later than the caller is ready to wait; `seconds` from now, if known."""

    status = 408

    def __init__(self, message: str, seconds: float | None = None, advice: str = "") -> None:
        super().__init__(message, advice)
        self.seconds = seconds


class QueueFull(QuotaError):
    """More requests wait than the queue holds."""


class TakenOut(QuotaError):
    """Somebody took the request out of the queue; nothing of it was sent since it waited."""

    def __init__(self) -> None:
        super().__init__("The request was taken out of the queue.", "Ask again to let it wait anew.")


class LedgerFailed(QuotaError):
    """The ledger that all processes share cannot be read or written."""

    status = 500


class LedgerBusy(LedgerFailed):
    """Another process holds the ledger's lock at this moment; the queue asks again by itself."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the service said when it refused.

    `status` is the HTTP status (None for an `error` event in mid-stream), `kind` is `error.type`,
    `code` is `error.details.error_code`, `retry_after_s` is from `retry-after-ms` or `retry-after`,
    `should_retry` is the header `x-should-retry`. `limits` are `retry-after` and the headers
    `anthropic-ratelimit-…` as they came; `has_message` tells whether `message` is the service's own
    `error.message`.
    """

    status: int | None
    kind: str
    message: str
    code: str | None = None
    request_id: str | None = None
    retry_after_s: float | None = None
    should_retry: bool | None = None
    limits: tuple[tuple[str, str], ...] = ()
    has_message: bool = True


class ServiceRefused(InfertermError):
    """The service answered with an error."""

    def __init__(self, refusal: Refusal, advice: str = "") -> None:
        where = f"status {refusal.status}" if refusal.status else "an error event in mid-stream"
        super().__init__(f"{refusal.kind} ({where}): {refusal.message}", advice)
        self.refusal = refusal


class Loss(StrEnum):
    """How a connection was lost."""

    HOST_UNKNOWN = "host unknown"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIMEOUT = "timeout"
    DROPPED = "dropped"
    CUT = "cut"
    REDIRECTED = "redirected"
    NOT_THE_API = "not the api"


class ConnectionLost(InfertermError):
    """The network or the server failed: nothing came, or only a part (`loss` is then CUT).

    `answered` is the HTTP status of a redirect.
    """

    status = 502

    def __init__(self, loss: Loss, message: str, advice: str = "", answered: int | None = None) -> None:
        super().__init__(message, advice)
        self.loss, self.answered = loss, answered
