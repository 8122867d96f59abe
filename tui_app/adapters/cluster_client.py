"""A cluster through Elasticsearch's official client; streams, which that cannot read, go over httpx."""

from __future__ import annotations

import logging
import ssl
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from elastic_transport import ConnectionError as NoConnection
from elastic_transport import (
    ConnectionTimeout,
    HttpxAsyncHttpNode,
    JsonSerializer,
    NodeConfig,
    SerializationError,
    TlsError,
    TransportError,
)
from elasticsearch import ApiError, AsyncElasticsearch, ElasticsearchWarning, UnsupportedProductError
from pydantic import SecretStr

from tui_app.adapters.cluster_answers import (
    cluster_endpoint,
    read_cluster_json,
    refused,
)
from tui_app.adapters.cluster_streams import ClusterStreams, no_cluster
from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.http_clients import is_loopback
from tui_app.adapters.messages_losses import lost
from tui_app.core.clusters import Cluster, ClusterEndpoint, ClusterInfo, ClusterUsage, Connection
from tui_app.core.endpoint import Endpoint, TaskType
from tui_app.core.errors import ConnectionLost, InfertermError, Loss
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject

logging.getLogger("elastic_transport").addHandler(logging.NullHandler())
warnings.filterwarnings("ignore", category=ElasticsearchWarning)
# Both would write over the screen; what they say comes as an error as well.

PATIENCE_S: Final = 150.0
"""Longest wait for an answer: Elasticsearch 9.5 gives a completion 120 s, the client by default only 10."""
_UNTRUSTED: Final = "Give the connection the cluster's CA certificate, or its fingerprint."


class ElasticCluster(Cluster):
    """See `core.clusters.Cluster`. `proof` is what `trust` made of the connection."""

    def __init__(self, connection: Connection, key: SecretStr, proof: ssl.SSLContext | None) -> None:
        self._url, self._foreign = connection.base_url, ForeignText(key)
        self._streams = ClusterStreams(connection, key, proof)
        secure: dict[str, Any] = {} if proof is None else {"ssl_context": proof}
        reading = {each: _Reader() for each in ("application/json", "application/vnd.elasticsearch+json")}
        self._client = AsyncElasticsearch(
            [self._url if urlsplit(self._url).port else _with_port(self._url)],
            api_key=key.get_secret_value(),
            node_class=_Node,
            request_timeout=PATIENCE_S,
            max_retries=0,
            retry_on_status=(),
            serializers=reading,
            **secure,
        )

    async def info(self) -> ClusterInfo:
        """Its name and version."""
        told = await self._ask(self._client.info())
        version = told.get("version") or {}
        return ClusterInfo(self._foreign.word(told.get("cluster_name", "")), str(version.get("number", "")))

    async def endpoints(self) -> Sequence[ClusterEndpoint]:
        """All its inference endpoints, by id."""
        told = await self._ask(self._client.inference.get())
        items = [cluster_endpoint(item) for item in told.get("endpoints", ())]
        return sorted(items, key=lambda item: item.inference_id)

    async def put(self, endpoint: Endpoint, key: SecretStr) -> None:
        """Create it; the cluster tries it out first."""
        await self._ask(
            self._client.inference.put(
                task_type=endpoint.task_type,
                inference_id=endpoint.inference_id,
                inference_config=_with_key(endpoint.body(), key),
            )
        )

    async def update(self, endpoint: Endpoint, key: SecretStr) -> None:
        """Change its key, rate limit and task settings; Elasticsearch wants the key each time."""
        body = endpoint.body()
        limit = {"rate_limit": {"requests_per_minute": endpoint.limit}}
        changes = {"service_settings": limit, "task_settings": body["task_settings"]}
        await self._ask(
            self._client.inference.update(
                task_type=endpoint.task_type,
                inference_id=endpoint.inference_id,
                inference_config=_with_key(changes, key),
            )
        )

    async def usage(self, task_type: TaskType, inference_id: str) -> ClusterUsage:
        """Who uses it, by a deletion that is only tried."""
        told = await self._ask(
            self._client.inference.delete(task_type=task_type, inference_id=inference_id, dry_run=True)
        )
        pipelines, indexes = (tuple(map(str, told.get(name) or ())) for name in ("pipelines", "indexes"))
        return ClusterUsage(pipelines, indexes, self._foreign.words(str(told.get("error_message") or "")))

    async def delete(self, task_type: TaskType, inference_id: str, *, force: bool) -> None:
        """Delete it; refused with 409 while something uses it."""
        await self._ask(
            self._client.inference.delete(task_type=task_type, inference_id=inference_id, force=force or None)
        )

    def stream(
        self,
        endpoint: Endpoint,
        body: JsonObject,
        *,
        before_send: Callable[[], Awaitable[None]],
        silence_s: float = 600.0,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """See `ClusterStreams.events`."""
        return self._streams.events(endpoint, body, before_send, silence_s)

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.close()
        await self._streams.aclose()

    async def _ask(self, call: Awaitable[Any]) -> Any:  # noqa: ANN401 - the JSON door
        try:
            answer = await call
        except (UnsupportedProductError, SerializationError) as error:
            raise no_cluster(self._url, self._foreign, str(error)) from None
        except ApiError as error:
            raise refused(error.meta.status, error.body, self._foreign) from None
        except TransportError as error:
            raise self._lost(error) from None
        if not isinstance(answer.body, dict):
            raise no_cluster(self._url, self._foreign, str(answer.body))
        return answer.body

    def _lost(self, error: TransportError) -> InfertermError:
        host = urlsplit(self._url).netloc
        cause = error.__cause__ or error.__context__
        if isinstance(cause, httpx.HTTPError):
            return lost(cause, self._url, self._foreign, began=False, untrusted=_UNTRUSTED)
        if isinstance(error, TlsError):
            words = f"{host}: no secure connection: {self._foreign.words(str(error))}"
            return ConnectionLost(Loss.TLS, words, _UNTRUSTED)
        loss = Loss.TIMEOUT if isinstance(error, ConnectionTimeout) else Loss.UNREACHABLE
        kind = "was silent too long" if loss is Loss.TIMEOUT else "cannot be reached"
        words = "" if isinstance(error, ConnectionTimeout | NoConnection) else f": {error}"
        return ConnectionLost(
            loss, f"{host} {kind}{self._foreign.words(words)}", "Check the URL and the network."
        )


class _Reader(JsonSerializer):
    def json_loads(self, data: str | bytes) -> Any:  # noqa: ANN401 - the client's own signature
        return read_cluster_json(data)


class _Node(HttpxAsyncHttpNode):
    """The client's own, except that loopback goes round every proxy."""

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        if is_loopback(config.host):
            self.client = httpx.AsyncClient(
                base_url=self.base_url,
                verify=config.ssl_context or False,
                timeout=config.request_timeout,
                trust_env=False,
            )


def _with_port(url: str) -> str:
    """The official client wants a port in every URL."""
    parts = urlsplit(url)
    port = 443 if parts.scheme == "https" else 80
    return parts._replace(netloc=f"{parts.netloc}:{port}").geturl()


def _with_key(body: JsonObject, key: SecretStr) -> dict[str, Any]:
    settings = body["service_settings"]
    assert isinstance(settings, dict)
    return {**body, "service_settings": {"api_key": key.get_secret_value(), **settings}}
