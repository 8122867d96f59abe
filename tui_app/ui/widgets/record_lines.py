"""The record of an exchange as lines: a timing picture, the request, the answer, every event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from textual.content import Content

from tui_app.core.answer_words import seconds
from tui_app.core.records import Headers, Record, shortened, stages
from tui_app.core.text import one_line, plain
from tui_app.ui.widgets.line_pieces import pieces

_NAME: Final = 28
_LEAST: Final = 40
"""Cells of the narrowest lines that are made, wherever they are shown."""
_SHORT_S: Final = 0.1
"""What took less is told in milliseconds."""
_SHADES: Final = {"queued": "$text-muted", "streaming": "$accent"}


def lines(record: Record, width: int) -> list[Content]:
    """All of it, no line wider than `width`."""
    width = max(_LEAST, width)
    return [each for part in (_timing, _request, _answer, _events) for each in part(record, width)]


def _timing(record: Record, width: int) -> Iterator[Content]:
    yield Content.styled("Timing", "bold")
    found = list(stages(record))
    whole = max((until for _, _, until in found), default=0.0) or 1.0
    room = max(10, width - _NAME - 14)
    for name, begin, until in found:
        before = round(begin / whole * room)
        long = max(1, round(until / whole * room) - before)
        bar = f"{' ' * before}{'━' * long}"[:room]
        stretch = until - begin
        took = seconds(stretch) if stretch >= _SHORT_S else f"{stretch * 1000:.0f} ms"
        style = _SHADES.get(name, "$foreground")
        yield Content.assemble(
            (f"  {name:<{_NAME}}", "$text-muted"), (f"{bar:<{room}}", style), f"{took:>10}"
        )
    if record.attempt > 1:
        yield Content.styled(f"  the last of {record.attempt} attempts", "$text-muted")
    yield Content("")


def _request(record: Record, width: int) -> Iterator[Content]:
    yield Content.assemble(("Request  ", "bold"), f"POST {one_line(record.url, limit=400)}")
    yield from _headers(record.sent_headers, width)
    yield Content.styled(f"  {record.auth}: (a key, never kept)", "$text-muted")
    yield from _json(shortened(record.body), width)
    yield Content("")


def _answer(record: Record, width: int) -> Iterator[Content]:
    nothing = "its headers are not kept" if record.pieces else "none came"
    status = nothing if record.status is None else f"HTTP {record.status}"
    yield Content.assemble(("Answer  ", "bold"), status)
    yield from _headers(record.headers, width)
    yield Content("")


def _events(record: Record, width: int) -> Iterator[Content]:
    count = len(record.pieces) + record.more
    refused = record.status is not None and record.status >= 400
    yield Content.styled("Body" if refused else f"Events  {count:,}", "bold")
    for piece in record.pieces:
        event = plain(json.dumps(piece.event, ensure_ascii=False, default=dict)).replace("\n", " ")
        head = f"  {piece.at_s:9.3f} s  "
        for number, row in enumerate(pieces(event, width - len(head))):
            yield Content.assemble((head if not number else " " * len(head), "$text-muted"), row)
    if record.more:
        yield Content.styled(f"  … and {record.more:,} more that were not kept", "$text-muted")


def _headers(headers: Headers, width: int) -> Iterator[Content]:
    for name, value in headers:
        for row in pieces(f"{name}: {one_line(value, limit=2_000)}", width - 2):
            yield Content.styled(f"  {row}", "$text-muted")


def _json(value: object, width: int) -> Iterator[Content]:
    for line in json.dumps(value, ensure_ascii=False, indent=2, default=dict).split("\n"):
        for row in pieces(plain(line), width - 2):
            yield Content(f"  {row}")
