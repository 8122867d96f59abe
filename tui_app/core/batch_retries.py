"""What a batch asks again by itself, and what stops all of it."""

from __future__ import annotations

from typing import Final

from tui_app.core.errors import ConnectionLost, InfertermError, Loss, ServiceRefused
from tui_app.core.retries import is_spend_cap, retry_delay

_NOT_FOUND: Final = 404
_HOPELESS: Final = frozenset({401, 402, 403, _NOT_FOUND})
_BUSY: Final = frozenset({429, 529})
_PATIENT, _LONGEST_S = 8, 60.0
_NEVER_SENT: Final = frozenset({Loss.HOST_UNKNOWN, Loss.UNREACHABLE, Loss.TLS})
_NOBODY_THERE: Final = _NEVER_SENT | {Loss.REDIRECTED, Loss.NOT_THE_API}


def stops_all(error: InfertermError, *, answered: bool = False) -> bool:
    """Tell whether what one row met would meet every other: then the batch waits for a person.

    Where another row was `answered`, a 404 is not about the URL or the model that they have in common.
    """
    if isinstance(error, ServiceRefused):
        hopeless = error.refusal.status in _HOPELESS and not (answered and error.refusal.status == _NOT_FOUND)
        return hopeless or is_spend_cap(error)
    if isinstance(error, ConnectionLost):
        return error.loss in _NOBODY_THERE
    return True


def batch_retry_delay(error: ServiceRefused | ConnectionLost, attempt: int) -> float | None:
    """As `retry_delay`, but nothing is asked twice: not after a connection was lost that had sent it.

    A service that is busy is asked more often: nobody waits for this one answer.
    """
    if isinstance(error, ConnectionLost):
        return retry_delay(error, attempt) if error.loss in _NEVER_SENT else None
    if error.refusal.status not in _BUSY or attempt > _PATIENT:
        return retry_delay(error, attempt)
    delay = retry_delay(error, 1)
    if delay is None or error.refusal.retry_after_s is not None:
        return delay
    return max(delay, min(_LONGEST_S, 2.0 ** (attempt - 1)))
