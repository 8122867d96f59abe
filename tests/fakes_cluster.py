"""A cluster in memory: the port `tui_app.core.clusters.Cluster` for tests of others."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from pydantic import SecretStr

from tui_app.core.clusters import Cluster, ClusterEndpoint, ClusterInfo, ClusterUsage
from tui_app.core.conversation import Usage
from tui_app.core.endpoint import Endpoint, TaskType
from tui_app.core.errors import ConnectionLost, ServiceRefused
from tui_app.core.events import BlockClosed, BlockOpened, Opened, ServiceEvent, Stopping, TextDelta
from tui_app.core.jsons import JsonObject


class MemoryCluster(Cluster):
    """A cluster that runs what it is given; `refusal` is raised by every PUT, `lost` by `info` while set."""

    def __init__(self, *endpoints: Endpoint) -> None:
        self.run = {each.inference_id: each for each in endpoints}
        self.foreign: list[ClusterEndpoint] = []
        self.keys: dict[str, str] = {}
        self.done: list[str] = []
        self.refusal: ServiceRefused | None = None
        self.lost: ConnectionLost | None = None
        self.closed = False

    async def info(self) -> ClusterInfo:
        if self.lost:
            raise self.lost
        return ClusterInfo("memory", "9.5.0")

    async def endpoints(self) -> Sequence[ClusterEndpoint]:
        ours = [ClusterEndpoint(name, each.task_type, "anthropic", each) for name, each in self.run.items()]
        return [*ours, *self.foreign]

    async def put(self, endpoint: Endpoint, key: SecretStr) -> None:
        if self.refusal:
            raise self.refusal
        self.done.append(f"PUT {endpoint.inference_id}")
        self.run[endpoint.inference_id] = endpoint
        self.keys[endpoint.inference_id] = key.get_secret_value()

    async def update(self, endpoint: Endpoint, key: SecretStr) -> None:
        self.done.append(f"_update {endpoint.inference_id}")
        self.run[endpoint.inference_id] = endpoint

    async def usage(self, task_type: TaskType, inference_id: str) -> ClusterUsage:
        return ClusterUsage(("pipeline",))

    async def delete(self, task_type: TaskType, inference_id: str, *, force: bool) -> None:
        self.done.append(f"DELETE {inference_id}")
        del self.run[inference_id]

    async def stream(
        self,
        endpoint: Endpoint,
        body: JsonObject,
        *,
        before_send: Callable[[], Awaitable[None]],
        silence_s: float = 600.0,
    ) -> AsyncGenerator[ServiceEvent, None]:
        await before_send()
        yield Opened(endpoint.model, None, Usage())
        yield BlockOpened(0, "text", {"type": "text", "text": ""})
        yield TextDelta(0, f"{endpoint.inference_id} answers from the cluster")
        yield BlockClosed(0)
        yield Stopping("end_turn", Usage())

    async def aclose(self) -> None:
        self.closed = True
