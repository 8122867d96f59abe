"""Ports to servers: the Messages API and the built-in sandbox."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import SecretStr

from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject, JsonValue

if TYPE_CHECKING:
    from tui_app.core.clusters import Cluster
    from tui_app.core.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes and with what: `base_url` is without `/v1`; `key` is masked in repr."""

    base_url: str
    key: SecretStr
    auth_scheme: Literal["x-api-key", "bearer"]
    anthropic_version: str


@dataclass(frozen=True, slots=True)
class ClusterTarget(Target):
    """The same by way of a cluster: its endpoint answers, `cluster` is open."""

    cluster: Cluster
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class ServerLimit:
    """What the service says of one of its own limits; missing figures are None.

    `name` is `requests`, `tokens`, `input-tokens`, `output-tokens`, …; `remaining` is within
    0..`limit`; `reset` is seconds from the answer until the bucket is full again, never negative.
    """

    name: str
    limit: int | None
    remaining: int | None
    reset: float | None


class Incoming:
    """The body that follows the headers, for who wants it as it comes: `hear` is told each piece of it.

    A piece is the JSON of an event, or of a whole body; in other bodies, an object of their words. No
    key is in it.
    """

    def __init__(self) -> None:
        self.hear: Callable[[JsonValue], None] | None = None

    def tell(self, piece: JsonValue) -> None:
        """Hand on a piece."""
        if self.hear is not None:
            self.hear(piece)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the headers of an answer told: the service's own limits, and the status.

    `sent_headers` and `headers` are those of request and answer, without credentials.
    """

    limits: tuple[ServerLimit, ...]
    status: int | None = None
    sent_headers: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    incoming: Incoming = field(default_factory=Incoming, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """One entry of `GET /v1/models`; figures and dates where the service gives them.

    `image_input` is whether it takes images, None where the service does not tell.
    """

    id: str
    display_name: str = ""
    max_input_tokens: int | None = None
    max_tokens: int | None = None
    lifecycle: str = ""
    retires_at: str = ""
    image_input: bool | None = None


class MessagesApi(Protocol):
    """The Messages API. One call is one request on the wire: retries are the caller's.

    All raise ServiceRefused and ConnectionLost; nothing of a key is in what they say.
    """

    def stream(
        self,
        target: Target,
        body: JsonObject,
        *,
        before_send: Callable[[], Awaitable[None]],
        on_exchange: Callable[[Exchange], None],
        silence_s: float = 600.0,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """POST /v1/messages: piece by piece where `body` says `stream: true`, else all events at the end.

        `before_send` is awaited once, when the connection stands, immediately before the first byte;
        what it raises comes out unchanged, and then nothing was sent.
        `on_exchange` is told the headers, also those of a refusal. `silence_s` bounds each wait
        for more bytes. The stream ends only with `message_stop`: one that just ends raises
        ConnectionLost(CUT). Plain JSON in place of a stream is accepted.
        """
        ...

    async def reach(self, base_url: str) -> float:
        """Connect (with TLS) and send nothing that costs: seconds it took."""
        ...

    async def models(self, target: Target) -> Sequence[ServiceModel]:
        """GET /v1/models, all pages."""
        ...

    async def model(self, target: Target, model_id: str) -> ServiceModel:
        """GET /v1/models/{id}. A server without that route raises ServiceRefused with status 404."""
        ...

    async def count_tokens(self, target: Target, body: JsonObject) -> int:
        """POST /v1/messages/count_tokens: input tokens, an estimate of the service's."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class Sandbox(Protocol):
    """The built-in server, started when an endpoint needs it."""

    async def start(self) -> tuple[str, SecretStr]:
        """Its base URL and key; started if it does not run yet."""
        ...

    async def aclose(self) -> None:
        """Stop it."""
        ...
