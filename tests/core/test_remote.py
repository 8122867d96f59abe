from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from tests.fakes_cluster import MemoryCluster
from tests.fakes_keys import FakeKeys
from tests.fakes_storage import FakeConnections, MemoryEndpoints, MemoryHealth
from tui_app.core.cluster_plans import Way
from tui_app.core.clusters import ClusterEndpoint, Connection
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Endpoints, sandbox_endpoint
from tui_app.core.errors import EndpointNotFound, InvalidRequest, Refusal, ServiceRefused
from tui_app.core.jsons import JsonObject
from tui_app.core.remote import Remote
from tui_app.core.targets import Targets


def endpoint(inference_id: str, model: str = "claude-x", limit: int = 50) -> Endpoint:
    settings: JsonObject = {"model_id": model, "rate_limit": {"requests_per_minute": limit}}
    body: JsonObject = {
        "service": "anthropic",
        "service_settings": settings,
        "task_settings": {"max_tokens": 1},
    }
    return Endpoint.parse(inference_id, body)[0]


class Bench:
    """Endpoints here, one cluster called prod, and what is between."""

    def __init__(self, *ours: Endpoint, theirs: Sequence[Endpoint] = ()) -> None:
        keys = FakeKeys({each.inference_id: "sk-ant-ours" for each in ours})
        self.store = MemoryEndpoints(*ours)
        self.cluster = MemoryCluster(*theirs)
        self.connections = FakeConnections()
        self.connections.kept["prod"] = Connection(name="prod", url="http://127.0.0.1:9200")
        self.connections.clusters["prod"] = self.cluster
        targets = Targets(keys, None)  # type: ignore[arg-type]
        self.remote = Remote(self.connections, Endpoints(self.store, keys, MemoryHealth(), targets), keys)


async def test_endpoints_here_and_there_stand_side_by_side() -> None:
    bench = Bench(endpoint("both", limit=20), endpoint("ours"), theirs=[endpoint("both"), endpoint("theirs")])
    bench.cluster.foreign.append(
        ClusterEndpoint(".elser", "sparse_embedding", "elasticsearch", None, "another")
    )
    pairs = {pair.inference_id: pair for pair in await bench.remote.compare("prod")}
    assert [pair.way for pair in pairs.values()] == [None, Way.UPDATE, Way.PUT, None]
    assert [each.ours for each in pairs["both"].differences] == [20]
    assert list(pairs) == [".elser", "both", "ours", "theirs"]


async def test_a_new_endpoint_is_pushed_with_its_key() -> None:
    bench = Bench(endpoint("ours"))
    assert await bench.remote.push("prod", "ours") is Way.PUT
    assert bench.cluster.keys == {"ours": "sk-ant-ours"}
    assert await bench.remote.push("prod", "ours") is Way.NOTHING


async def test_a_changed_limit_is_pushed_as_an_update() -> None:
    bench = Bench(endpoint("ours", limit=20), theirs=[endpoint("ours")])
    assert await bench.remote.push("prod", "ours") is Way.UPDATE
    assert bench.cluster.done == ["_update ours"]


async def test_another_model_is_pushed_only_when_told_to_delete() -> None:
    bench = Bench(endpoint("ours", model="claude-y"), theirs=[endpoint("ours")])
    with pytest.raises(InvalidRequest, match="here claude-y, there claude-x"):
        await bench.remote.push("prod", "ours")
    assert bench.cluster.done == []
    assert await bench.remote.push("prod", "ours", anew=True) is Way.ANEW
    assert bench.cluster.run["ours"].model == "claude-y"


async def test_what_the_cluster_would_refuse_costs_no_endpoint() -> None:
    bench = Bench(endpoint("ours", model="claude-y"), theirs=[endpoint("ours")])
    bench.cluster.refusal = ServiceRefused(Refusal(400, "status_exception", "no such model"))
    with pytest.raises(ServiceRefused, match="no such model"):
        await bench.remote.push("prod", "ours", anew=True)
    assert bench.cluster.run["ours"].model == "claude-x"


async def test_a_sandbox_endpoint_stays_here() -> None:
    bench = Bench(sandbox_endpoint("toy"))
    with pytest.raises(InvalidRequest, match="sandbox"):
        await bench.remote.push("prod", "toy")


async def test_an_id_that_another_service_has_is_not_touched() -> None:
    bench = Bench(endpoint("ours"))
    bench.cluster.foreign.append(ClusterEndpoint("ours", "completion", "openai", None, "the service openai"))
    with pytest.raises(InvalidRequest, match="taken"):
        await bench.remote.push("prod", "ours")


async def test_a_pulled_endpoint_is_kept_here() -> None:
    bench = Bench(theirs=[endpoint("theirs")])
    await bench.remote.pull("prod", "theirs", SecretStr("sk-ant-mine"))
    assert bench.store.entries["theirs"] == endpoint("theirs")


async def test_a_pull_leaves_what_is_inferterms_own() -> None:
    ours = endpoint("both", limit=20)
    noted = ours.model_copy(update={"local": ours.local.model_copy(update={"note": "mine"})})
    bench = Bench(noted, theirs=[endpoint("both")])
    pulled = await bench.remote.pull("prod", "both")
    assert (pulled.limit, pulled.local.note) == (50, "mine")


async def test_a_clusters_endpoint_can_be_asked_by_its_reference() -> None:
    bench = Bench(theirs=[endpoint("theirs")])
    linked = await bench.remote.linked("prod/theirs")
    assert (linked.inference_id, linked.local.cluster) == ("prod/theirs", "prod")
    with pytest.raises(EndpointNotFound):
        await bench.remote.linked("prod/none")


async def test_an_unknown_connection_is_named() -> None:
    with pytest.raises(InvalidRequest, match="no connection is called dev"):
        await Bench().remote.compare("dev")


async def test_a_changed_connection_is_opened_anew() -> None:
    bench = Bench()
    await bench.remote.cluster("prod")
    bench.connections.kept["prod"] = Connection(name="prod", url="http://127.0.0.1:9201")
    bench.connections.clusters["prod"] = MemoryCluster()
    assert await bench.remote.cluster("prod") is not bench.cluster
    assert bench.cluster.closed
