"""What happens before each picture of the server and the clusters, for real."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from elastic_transport import HttpxAsyncHttpNode
from elasticsearch import ApiError, AsyncElasticsearch
from pydantic import SecretStr

from tests.fakes_storage import FakeConnections
from tui_app.adapters.cluster_client import ElasticCluster
from tui_app.core.clusters import Connection
from tui_app.core.inference import Inference
from tui_app.core.served import ServeOptions, Serving
from tui_app.server.server import InferenceServer

FREE = ServeOptions(port=0)


class NoRing:
    """Keys of inferterm's own that last as long as the picture."""

    def __init__(self) -> None:
        self._held: dict[str, SecretStr] = {}

    async def own(self, name: str) -> SecretStr | None:
        """The key."""
        return self._held.get(name)

    async def keep_own(self, name: str, key: SecretStr) -> None:
        """Keep it."""
        self._held[name] = key

    async def forget_own(self, name: str) -> bool:
        """Delete it."""
        return self._held.pop(name, None) is not None


@asynccontextmanager
async def served(inference: Inference) -> AsyncGenerator[tuple[InferenceServer, Serving]]:
    """A server on a free port."""
    server = InferenceServer(inference, NoRing())
    try:
        yield server, await server.start(FREE)
    finally:
        await server.stop()


async def some_requests(serving: Serving, inference_id: str) -> None:
    """What a program asks, in Elasticsearch's official client."""
    assert serving.key is not None
    async with AsyncElasticsearch(
        serving.url, api_key=serving.key.get_secret_value(), node_class=HttpxAsyncHttpNode
    ) as client:
        await client.inference.get()
        for prompt in ("summarise the release notes", "and in one sentence"):
            await client.inference.completion(inference_id=inference_id, input=prompt)
        with suppress(ApiError):
            await client.inference.completion(inference_id="not-there", input="hello")


async def connect(connections: FakeConnections, serving: Serving, name: str = "prod") -> None:
    """Make a served inferterm the cluster of a connection."""
    assert serving.key is not None
    connection = Connection(name=name, url=serving.url)
    await connections.keep(connection)
    connections.clusters[name] = ElasticCluster(connection, serving.key, None)
