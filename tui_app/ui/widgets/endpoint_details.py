"""Everything that the list's one line has no room for, about the endpoint under the cursor."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tui_app.core.durations import ago
from tui_app.core.endpoint import ANTHROPIC_URL, Endpoint
from tui_app.core.endpoints import Entry
from tui_app.core.keys import KeyState
from tui_app.core.quota import Quota
from tui_app.core.quota_words import alone_words, closure_words, queue_words, shared_words, trouble_words
from tui_app.core.storage import BrokenEndpoint, Health
from tui_app.core.text import plain
from tui_app.ui.widgets.columns import hung
from tui_app.ui.widgets.endpoint_rows import Moment, Row, endpoint_of, trouble_of

_LABEL = 12
_LONG_ID = 15
"""Ids longer than this may be cut in the list."""


def details(
    row: Row | None,
    quota: Quota | None,
    moment: Moment,
    width: int,
    *,
    trouble: str = "",
    excess: str = "",
    quota_key: str = "",
) -> Content:
    """What is known of a row, one labelled line a fact; `trouble` is why there is no telling the quota.

    `excess` says that its limit is above the service's own, `quota_key` shows the whole budget.
    """
    if row is None:
        return Content("")
    if isinstance(row, BrokenEndpoint):
        lines = list(_broken(row))
    else:
        endpoint = endpoint_of(row)
        lines = (
            []
            if endpoint is None
            else list(_whole(endpoint, row, quota, moment, excess=excess, key=quota_key))
        )
        if quota is None and trouble:
            lines.insert(2, _line("Ledger", trouble_words(trouble), "$text-error"))
    return Content("\n").join(hung(line, _LABEL, width - _LABEL) for line in lines)


def _broken(row: BrokenEndpoint) -> Iterator[Content]:
    yield _line("File", row.path)
    yield _line("Problem", trouble_of(row), "$text-error")
    yield _line("What to do", "Correct it in an editor. It is read again at once; nothing was changed in it.")


def _whole(
    endpoint: Endpoint, row: Row, quota: Quota | None, moment: Moment, *, excess: str, key: str
) -> Iterator[Content]:
    entry = row if isinstance(row, Entry) else None
    if len(endpoint.inference_id) > _LONG_ID:
        yield _line("Id", endpoint.inference_id)
    yield _line("Model", f"{endpoint.model}, answers up to {endpoint.task_settings.max_tokens:,} tokens")
    yield _line("Goes to", _target(endpoint, entry))
    shared = shared_words(entry.shares) if entry else ""
    limit = ", ".join(filter(None, (f"{endpoint.limit} starts in any 60 s", shared)))
    yield _line("Limit", limit + (f" · {key} shows who started what" if key else ""))
    if excess:
        yield _line("", f"! {excess}", "$text-warning")
    if quota is not None and (words := alone_words(quota)):
        yield _line("Ledger", words, "$text-warning")
    if quota is not None and (words := queue_words(quota, moment.now)):
        yield _line("Queue", words, "$text-warning")
    if quota is not None and (words := closure_words(quota, moment.now, moment.wall)):
        yield _line("Service", words, "$text-warning")
    if entry:
        yield _line("Key", key_sentence(entry, endpoint))
        yield from _health(entry.health, moment.wall)
    if endpoint.local.note:
        yield _line("Note", " ".join(plain(endpoint.local.note).split()))


def _target(endpoint: Endpoint, entry: Entry | None) -> str:
    if endpoint.local.sandbox:
        return "the built-in sandbox"
    return entry.group.base_url if entry else endpoint.base_url(ANTHROPIC_URL)


def key_sentence(entry: Entry, endpoint: Endpoint) -> str:
    """Where a key stands, which it is, and how it is sent."""
    status = entry.key
    if status.state is KeyState.SANDBOX:
        return "none needed"
    pieces = [str(status.state)]
    if status.detail:
        pieces.append(" ".join(plain(status.detail).split()))
    if status.fingerprint:
        pieces.append(f"fingerprint {status.fingerprint}")
    if status.state is KeyState.MISSING:
        pieces.append("press k to paste one or to say where it lies")
    elif status.state is KeyState.UNAVAILABLE:
        pieces.append("press k to see to it")
    elif endpoint.local.auth_scheme != "x-api-key":
        pieces.append("sent as bearer token")
    return ", ".join(pieces)


def _health(health: Health, wall: float) -> Iterator[Content]:
    if health.verified_at is not None:
        took = health.verified_latency_s
        latency = f", first token after {took:.2f} s" if took is not None else ""
        yield _line("Verified", ago(wall - health.verified_at) + latency)
    if health.failed_at is not None:
        newer = health.failed_at > (health.verified_at or 0)
        words = f"{ago(wall - health.failed_at)}: {plain(health.error)}"
        yield _line("Last error", words, "$text-error" if newer else "")


def _line(label: str, words: str, style: str = "") -> Content:
    return Content.assemble((label.ljust(_LABEL), "$text-muted"), (words, style))
