"""Elasticsearch clusters: connections to them, the endpoints that they run, and the port to one."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from tui_app.core.endpoint import Endpoint, TaskType, check_id, check_url
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")


def _check_fingerprint(fingerprint: str) -> str:
    digits = fingerprint.replace(":", "").strip().lower()
    if digits and not _FINGERPRINT.fullmatch(digits):
        raise ValueError("a fingerprint is a SHA-256: 64 hexadecimal digits, with or without colons")
    return digits


class Connection(BaseModel):
    """How a cluster is reached: its URL, what proves that it is that cluster, where its API key lies.

    Over https either the system's certificates hold, or `ca_certificate` (a path to a PEM file), or
    `fingerprint` (SHA-256 of a certificate of its chain, as Elasticsearch prints it at its first start).
    `key_variable` names an environment variable with the API key; without it the key is in the keyring.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, AfterValidator(check_id)]
    url: Annotated[str, Field(min_length=1), AfterValidator(check_url)]
    ca_certificate: str = ""
    fingerprint: Annotated[str, AfterValidator(_check_fingerprint)] = ""
    key_variable: Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")] = ""

    @model_validator(mode="after")
    def _proof_fits(self) -> Connection:
        if self.ca_certificate and self.fingerprint:
            raise ValueError("a certificate file and a fingerprint exclude each other")
        if self.fingerprint and not self.url.startswith("https://"):
            raise ValueError("a fingerprint proves nothing over http")
        return self

    @property
    def base_url(self) -> str:
        """The URL without slashes at its end."""
        return self.url.rstrip("/")


@dataclass(frozen=True, slots=True)
class ClusterEndpoint:
    """One entry of a cluster's `GET _inference/_all`.

    `endpoint` is None for what inferterm cannot be: another service, a preconfigured id; `reason`
    says why.
    """

    inference_id: str
    task_type: str
    service: str
    endpoint: Endpoint | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClusterUsage:
    """Who uses an endpoint in a cluster, as its refusal to delete it says; `words` are Elasticsearch's."""

    pipelines: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    words: str = ""

    @property
    def is_used(self) -> bool:
        """Whether anything would miss it."""
        return bool(self.pipelines or self.indexes or self.words)


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """What `GET /` tells of a cluster."""

    name: str
    version: str


class Cluster(Protocol):
    """One cluster under one key. All raise ServiceRefused and ConnectionLost."""

    async def info(self) -> ClusterInfo:
        """Its name and version."""
        ...

    async def endpoints(self) -> Sequence[ClusterEndpoint]:
        """All its inference endpoints, by id."""
        ...

    async def put(self, endpoint: Endpoint, key: SecretStr) -> None:
        """`PUT _inference/<task_type>/<id>`: creates it; the cluster tries it out first."""
        ...

    async def update(self, endpoint: Endpoint, key: SecretStr) -> None:
        """`PUT _inference/<task_type>/<id>/_update`: key, rate limit and task settings."""
        ...

    async def usage(self, task_type: TaskType, inference_id: str) -> ClusterUsage:
        """Who uses an endpoint, by a deletion that is only tried."""
        ...

    async def delete(self, task_type: TaskType, inference_id: str, *, force: bool) -> None:
        """Delete it; without `force` the cluster refuses (409) while something uses it."""
        ...

    def stream(
        self,
        endpoint: Endpoint,
        body: JsonObject,
        *,
        before_send: Callable[[], Awaitable[None]],
        silence_s: float = 600.0,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """Let the cluster's endpoint answer the messages of a Messages API `body`, as it comes."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class Connections(Protocol):
    """Where connections and their keys are kept, and who opens them."""

    async def all(self) -> Sequence[Connection]:
        """All connections, by name. Raises StoreFailed."""
        ...

    async def keep(self, connection: Connection) -> None:
        """Keep one, over an older one of that name. Raises StoreFailed."""
        ...

    async def delete(self, name: str) -> None:
        """Forget one and its key. Raises StoreFailed, KeyStoreFailed."""
        ...

    async def keep_key(self, connection: Connection, key: SecretStr) -> bool:
        """Keep its API key; False where there is no keyring and it holds for this run only."""
        ...

    async def open(self, connection: Connection, key: SecretStr | None = None) -> Cluster:
        """A client of that cluster, with its kept key unless one is given; nothing is sent yet.

        Raises KeyMissing, KeyStoreFailed, and ConnectionLost for what is no proof.
        """
        ...
