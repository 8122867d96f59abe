"""An exchange in lines: as much of it as one wants to hear, or all of it for a file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tui_app.core.answer_words import seconds
from tui_app.core.records import Headers, Record, stages
from tui_app.core.text import one_line, plain

_SHORT_S = 0.1


def short_lines(record: Record) -> Iterator[str]:
    """How long each step took, where it went, what was answered; no headers of requests, no events."""
    yield from _way(record)
    yield _status(record)
    yield from _headers(record.headers)
    yield f"{len(record.pieces) + record.more:,} events"


def _way(record: Record) -> Iterator[str]:
    steps = (f"{name} {_took(until - begin)}" for name, begin, until in stages(record))
    yield f"timing: {', '.join(steps) or 'it was not sent'}"
    if record.attempt > 1:
        yield f"the last of {record.attempt} attempts"
    yield f"request: POST {one_line(record.url, limit=400)}"


def _status(record: Record) -> str:
    return f"answer: {'none' if record.status is None else f'HTTP {record.status}'}"


def all_lines(record: Record) -> Iterator[str]:
    """All of it: both sides' headers and bodies, every event with its seconds."""
    yield from _way(record)
    yield from _headers(record.sent_headers)
    yield f"{record.auth}: (a key, never kept)"
    yield json.dumps(record.body, ensure_ascii=False, indent=1, default=dict)
    yield _status(record)
    yield from _headers(record.headers)
    for piece in record.pieces:
        yield f"{piece.at_s:.3f} s {json.dumps(piece.event, ensure_ascii=False, default=dict)}"
    if record.more:
        yield f"{record.more:,} more events were not kept"


def _headers(headers: Headers) -> Iterator[str]:
    for name, value in headers:
        yield plain(f"{name}: {one_line(value, limit=2_000)}")


def _took(stretch: float) -> str:
    return seconds(stretch) if stretch >= _SHORT_S else f"{stretch * 1000:.0f} ms"
