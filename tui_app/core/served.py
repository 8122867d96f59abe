"""Port to the server for other programs, and what it tells of its requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from pydantic import SecretStr

from tui_app.core.conversation import Usage
from tui_app.core.errors import InfertermError

PORT: Final = 9250
HOST: Final = "127.0.0.1"


class PortTaken(InfertermError):
    """The server cannot listen there; `by_us` tells that another process of inferterm serves there."""

    def __init__(self, message: str, advice: str = "", *, by_us: bool = False) -> None:
        super().__init__(message, advice)
        self.by_us = by_us


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where to listen, and whether a key is asked for; port 0 is any free one."""

    port: int = PORT
    host: str = HOST
    auth: bool = True


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens: its URL, its key (None without access control), and what to know about it.

    `notes` are sentences for whoever started it, such as that its key is good for this run only.
    """

    url: str
    key: SecretStr | None
    notes: tuple[str, ...] = ()


ON_LOOPBACK: Final = ServeOptions()


class ServedState(StrEnum):
    """How a request stands."""

    READING = "reading"
    WAITING = "waiting"
    RUNNING = "running"
    ANSWERED = "answered"
    REFUSED = "refused"
    LEFT = "client left"


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """One request, as it stands: bodies with keys masked and cut after some kB, times in seconds.

    `path` is without its query; `began_at` is wall-clock; `waited_s` is the time in the queue of the
    quota, `took_s` the whole until the answer's end.
    """

    id: int
    method: str
    path: str
    began_at: float
    state: ServedState = ServedState.READING
    status: int | None = None
    inference_id: str = ""
    waited_s: float = 0.0
    took_s: float | None = None
    usage: Usage | None = None
    request: str = ""
    response: str = ""


class Server(Protocol):
    """The `_inference` API for other programs, in this process."""

    @property
    def serving(self) -> Serving | None:
        """Where it listens, None while it does not."""
        ...

    async def start(self, options: ServeOptions = ON_LOOPBACK) -> Serving:
        """Listen; the first request can come when this returns. Raises PortTaken, InvalidRequest."""
        ...

    async def stop(self) -> None:
        """Free the port, cut what is open, give back places in the queue; harmless when it does not run."""
        ...

    def requests(self) -> Sequence[ServedRequest]:
        """The latest requests, oldest first, also those of earlier runs."""
        ...

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` whenever a request or `serving` changes; returns what ends it."""
        ...
