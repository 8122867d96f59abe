"""A request as it was sent and what came back, piece by piece with its time; no key is ever in it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tui_app.core.events import (
    BlockClosed,
    BlockOpened,
    Opened,
    OtherDelta,
    ServiceEvent,
    Stopping,
    TextDelta,
    ThinkingDelta,
)
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.service import Exchange

MOST_PIECES: Final = 20_000
"""So many events are kept of one answer; the last place says how many more came."""
CLUSTER_KEY: Final = "ApiKey"
"""The `auth` of a request that goes to a cluster, whose URL belongs to its connection."""
MOST_ARGUMENT: Final = 100_000
"""Bytes of a body that a command takes as its argument; Linux takes no argument of 131,072 or more."""
SECRETS: Final = frozenset(
    {"x-api-key", "authorization", "api-key", "cookie", "set-cookie", "proxy-authorization"}
)
"""Headers that are never kept."""
_SHOWN: Final = 40

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One event, or a whole body: seconds since the prompt was asked, and itself as it came."""

    at_s: float
    event: JsonObject


@dataclass(frozen=True, slots=True)
class Record:
    """The last attempt of a request; times are seconds since it was asked, None where it did not come so far.

    `granted_s` is when its turn came in the queue, `sent_s` when the first byte left, `headers_s` when the
    headers of the answer came.
    """

    url: str
    body: JsonObject
    auth: str = "x-api-key"
    attempt: int = 1
    sent_headers: Headers = ()
    headers: Headers = ()
    status: int | None = None
    granted_s: float | None = None
    sent_s: float | None = None
    headers_s: float | None = None
    ended_s: float | None = None
    pieces: tuple[Piece, ...] = ()
    more: int = 0

    @property
    def first_token_s(self) -> float | None:
        """When the first piece of text or thinking came."""
        kinds = ("text_delta", "thinking_delta")
        return next((each.at_s for each in self.pieces if _delta(each.event) in kinds), None)


class Recorder:
    """Writes a Record down while a reply comes; a retry starts it over. `now` tells the loop's seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._asked_at = now, now()
        self._attempt, self._url, self._auth = 1, "", "x-api-key"
        self._body: JsonObject = {}
        self._exchange: Exchange | None = None
        self._marks: dict[str, float] = {}
        self._pieces: list[Piece] = []
        self._more = 0
        self._as_it_came = False

    def granted(self, attempt: int) -> None:
        """Its turn has come."""
        self._attempt, self._exchange, self._pieces, self._more = attempt, None, [], 0
        self._marks = {"granted_s": self._since()}
        self._as_it_came = False

    def prepared(self, url: str, auth: str, body: JsonObject) -> None:
        """This is what is to be sent."""
        self._url, self._auth, self._body = url, auth, body

    def sent(self) -> None:
        """The first byte leaves."""
        self._marks["sent_s"] = self._since()

    def answered(self, exchange: Exchange) -> None:
        """The headers came."""
        self._exchange = exchange
        self._marks["headers_s"] = self._since()
        exchange.incoming.hear = self._came

    def heard(self, event: ServiceEvent) -> None:
        """A piece of the answer was read; it is told in the API's words where it does not say how it came."""
        if not self._as_it_came:
            self._add(told(event))

    def _came(self, piece: JsonValue) -> None:
        self._as_it_came = True
        self._add(piece if isinstance(piece, dict) else {"body": piece})

    def _add(self, event: JsonObject) -> None:
        if len(self._pieces) < MOST_PIECES:
            self._pieces.append(Piece(round(self._since(), 4), event))
        else:
            self._more += 1

    def record(self) -> Record:
        """All of it as it stands."""
        exchange = self._exchange
        return Record(
            self._url,
            self._body,
            self._auth,
            self._attempt,
            exchange.sent_headers if exchange else (),
            exchange.headers if exchange else (),
            exchange.status if exchange else None,
            ended_s=self._since(),
            pieces=tuple(self._pieces),
            more=self._more,
            **self._marks,
        )

    def _since(self) -> float:
        return self._now() - self._asked_at


class Unrecorded(Recorder):
    """Writes nothing down."""

    def __init__(self) -> None:
        super().__init__(lambda: 0.0)

    def answered(self, exchange: Exchange) -> None:
        """Nothing is kept."""

    def heard(self, event: ServiceEvent) -> None:
        """Nothing is kept."""


def told(event: ServiceEvent) -> JsonObject:
    """An event as the API words it, as far as it is read."""
    match event:
        case TextDelta(index, text):
            return _part(index, {"type": "text_delta", "text": text})
        case ThinkingDelta(index, text):
            return _part(index, {"type": "thinking_delta", "thinking": text})
        case OtherDelta(index, raw):
            return _part(index, raw)
        case _:
            return _frame(event)


def _frame(event: Opened | BlockOpened | BlockClosed | Stopping) -> JsonObject:
    match event:
        case Opened(model, _, usage, message_id):
            counts: JsonObject = {"input_tokens": usage.total_input}
            message: JsonObject = {"id": message_id, "model": model, "usage": counts}
            return {"type": "message_start", "message": message}
        case BlockOpened(index, _, raw):
            return {"type": "content_block_start", "index": index, "content_block": raw}
        case BlockClosed(index):
            return {"type": "content_block_stop", "index": index}
        case Stopping(stop_reason, usage):
            usage_words: JsonObject = {"output_tokens": usage.output_tokens}
            return {"type": "message_delta", "delta": {"stop_reason": stop_reason}, "usage": usage_words}


def stages(record: Record) -> Iterator[tuple[str, float, float]]:
    """The way of the request: what it did, from when to when, in seconds."""
    marks = (
        ("queued", record.granted_s),
        ("connecting", record.sent_s),
        ("waiting for headers", record.headers_s),
        ("waiting for the first token", record.first_token_s),
        ("streaming", record.ended_s),
    )
    before = 0.0
    for name, at in marks:
        if at is not None:
            yield name, before, max(before, at)
            before = max(before, at)


def curl(record: Record) -> str:
    """The same request for a shell, its key from `ANTHROPIC_API_KEY`, a cluster's URL too.

    Standard input brings a body that is too long for an argument.
    """
    if record.auth == CLUSTER_KEY:
        path = shlex.quote(f"/{record.url.partition('/')[2]}")
        lines = [f'curl -sS -N "$ELASTICSEARCH_URL"{path}', "-H 'content-type: application/json'"]
        lines.append('-H "authorization: ApiKey $ELASTICSEARCH_API_KEY"')
    else:
        credential = "x-api-key: " if record.auth == "x-api-key" else "authorization: Bearer "
        lines = [f"curl -sS -N {shlex.quote(record.url)}", f'-H "{credential}$ANTHROPIC_API_KEY"']
    kept = {"content-type", "anthropic-version", "accept", "anthropic-beta"}
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in record.sent_headers if name in kept]
    body = json.dumps(record.body, ensure_ascii=False, default=dict)
    if len(body.encode("utf-8", "replace")) > MOST_ARGUMENT:
        return " \\\n  ".join([*lines, f"--data-binary @- <<'END'\n{body}\nEND\n"])
    return " \\\n  ".join([*lines, f"-d {shlex.quote(body)}"]) + "\n"


def shortened(value: JsonValue) -> JsonValue:
    """A body as it is shown: of an image's base64 its beginning and its length."""
    if isinstance(value, Mapping):
        encoded = value.get("type") == "base64"
        return {
            name: _short(each) if encoded and name == "data" and isinstance(each, str) else shortened(each)
            for name, each in value.items()
        }
    if isinstance(value, str):
        return _short(value) if value.startswith("data:") and ";base64," in value[:_SHOWN] else value
    return [shortened(each) for each in value] if isinstance(value, list | tuple) else value


def _short(data: str) -> str:
    more = len(data) - _SHOWN
    return data if more <= _SHOWN else f"{data[:_SHOWN]}… and {more:,} characters more"


def without_secrets(headers: Iterator[tuple[str, str]]) -> Headers:
    """Headers as they may be kept and shown."""
    return tuple((name.lower(), value) for name, value in headers if name.lower() not in SECRETS)


def _part(index: int, delta: JsonObject) -> JsonObject:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def _delta(event: JsonObject) -> JsonValue:
    delta = event.get("delta")
    return delta.get("type") if isinstance(delta, dict) else None
