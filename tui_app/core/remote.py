"""The endpoints of clusters beside ours: compared, pushed, pulled, deleted, and asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from tui_app.core.cluster_plans import Difference, Way, differences, way
from tui_app.core.clusters import Cluster, ClusterEndpoint, ClusterUsage, Connection, Connections
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Endpoints
from tui_app.core.errors import EndpointNotFound, InvalidRequest
from tui_app.core.keys import Keys
from tui_app.core.storage import BrokenEndpoint

MARK = "/"
"""Between a cluster's name and an id: `prod/summaries` is the endpoint `summaries` of the cluster `prod`."""


TRIAL = "-inferterm-trial"
"""Ends the id of an endpoint that a cluster has for a moment, to try settings out."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An id here and in a cluster: what differs, and how ours would get there (None: it cannot)."""

    inference_id: str
    ours: Endpoint | None = None
    theirs: ClusterEndpoint | None = None
    differences: tuple[Difference, ...] = ()
    way: Way | None = None


class Remote:
    """All clusters that this user has a connection to; each is opened at its first use."""

    def __init__(self, connections: Connections, endpoints: Endpoints, keys: Keys) -> None:
        self.connections = connections
        self._endpoints, self._keys = endpoints, keys
        self._open: dict[str, tuple[Connection, Cluster]] = {}
        self._lock = asyncio.Lock()

    async def cluster(self, name: str) -> Cluster:
        """The cluster of that name. Raises InvalidRequest, KeyMissing, KeyStoreFailed, ConnectionLost."""
        connection = next((each for each in await self.connections.all() if each.name == name), None)
        if connection is None:
            raise InvalidRequest(f"no connection is called {name}", "Make one in the screen of clusters.")
        async with self._lock:
            known = self._open.get(name)
            if known is not None and known[0] == connection:
                return known[1]
            cluster = await self.connections.open(connection)
            self._open[name] = connection, cluster
        if known is not None:
            await known[1].aclose()
        return cluster

    async def forget(self, name: str) -> None:
        """Open it anew next time, such as after a change of its key."""
        known = self._open.pop(name, None)
        if known is not None:
            await known[1].aclose()

    async def compare(self, name: str) -> tuple[Pair, ...]:
        """Our endpoints beside those of a cluster, by id."""
        cluster = await self.cluster(name)
        theirs = {each.inference_id: each for each in await cluster.endpoints()}
        stored = await self._endpoints.stored()
        ours = {each.inference_id: each for each in stored if not isinstance(each, BrokenEndpoint)}
        return tuple(_pair(each, ours.get(each), theirs.get(each)) for each in sorted({*ours, *theirs}))

    async def push(self, name: str, inference_id: str, *, anew: bool = False) -> Way:
        """Make the cluster's endpoint what ours is; tell how that was done.

        What cannot be changed there is deleted and made anew only with `anew`; without it, raises
        InvalidRequest. Raises as `Endpoints.get`, `Keys.find` and `Cluster`.
        """
        ours = await self._endpoints.get(inference_id)
        if ours.local.sandbox:
            raise InvalidRequest(
                f"{inference_id} answers from the sandbox, which no cluster can reach",
                "Clone it for Anthropic or a compatible service, and push the clone.",
            )
        cluster = await self.cluster(name)
        found = await _found(cluster, inference_id)
        there = found.endpoint if found else None
        if found is not None and there is None:
            raise InvalidRequest(f"{inference_id} is taken in the cluster: {found.reason}", "Push a clone.")
        planned = way(ours, there)
        if planned is Way.NOTHING:
            return planned
        key, _ = await self._keys.find(ours)
        if planned is Way.UPDATE:
            await cluster.update(ours, key)
        elif planned is Way.PUT:
            await cluster.put(ours, key)
        elif there is not None:
            await _anew(cluster, there, ours, key, allowed=anew)
        return planned

    async def pull(self, name: str, inference_id: str, key: SecretStr | None = None) -> Endpoint:
        """Make ours what the cluster's endpoint is; its key stays in the cluster, so it needs one here.

        Raises as `Endpoints.create` and `Endpoints.change`.
        """
        there = await self._theirs(name, inference_id)
        ours = next(
            (each for each in await self._endpoints.stored() if each.inference_id == inference_id), None
        )
        if ours is None or isinstance(ours, BrokenEndpoint):
            await self._endpoints.create(there, key)
            return there
        merged = there.model_copy(update={"local": ours.local})
        await self._endpoints.change(merged, key, expected=ours)
        return merged

    async def usage(self, name: str, inference_id: str) -> ClusterUsage:
        """Who uses an endpoint in its cluster."""
        there = await self._theirs(name, inference_id)
        return await (await self.cluster(name)).usage(there.task_type, inference_id)

    async def delete(self, name: str, inference_id: str, *, force: bool = False) -> None:
        """Delete an endpoint in its cluster."""
        there = await self._theirs(name, inference_id)
        await (await self.cluster(name)).delete(there.task_type, inference_id, force=force)

    async def linked(self, reference: str) -> Endpoint:
        """A cluster's endpoint by `cluster/id`, as one that can be asked from here."""
        name, _, inference_id = reference.partition(MARK)
        there = await self._theirs(name, inference_id)
        local = there.local.model_copy(update={"cluster": name})
        return there.model_copy(update={"inference_id": reference, "local": local})

    async def aclose(self) -> None:
        """Close all connections."""
        for name in list(self._open):
            await self.forget(name)

    async def _theirs(self, name: str, inference_id: str) -> Endpoint:
        found = await _found(await self.cluster(name), inference_id)
        if found is None:
            raise EndpointNotFound(f"{name}{MARK}{inference_id}")
        if found.endpoint is None:
            raise InvalidRequest(f"{inference_id} of {name} is none for inferterm: {found.reason}")
        return found.endpoint


async def _found(cluster: Cluster, inference_id: str) -> ClusterEndpoint | None:
    theirs: Sequence[ClusterEndpoint] = await cluster.endpoints()
    return next((each for each in theirs if each.inference_id == inference_id), None)


async def _anew(cluster: Cluster, there: Endpoint, ours: Endpoint, key: SecretStr, *, allowed: bool) -> None:
    """Delete and create; a trial under another id first, for what is deleted there cannot come back."""
    changes = "; ".join(map(str, differences(ours, there)))
    if not allowed:
        raise InvalidRequest(
            f"{ours.inference_id} cannot be changed so in the cluster ({changes})",
            "Push a clone under another id, or delete it there and create it anew.",
        )
    trial = ours.model_copy(update={"inference_id": f"{ours.inference_id}{TRIAL}"})
    await cluster.put(trial, key)
    await cluster.delete(trial.task_type, trial.inference_id, force=True)
    await cluster.delete(there.task_type, there.inference_id, force=True)
    await cluster.put(ours, key)


def _pair(inference_id: str, ours: Endpoint | None, theirs: ClusterEndpoint | None) -> Pair:
    if ours is None:
        return Pair(inference_id, None, theirs)
    if theirs is None:
        return Pair(inference_id, ours, None, (), None if ours.local.sandbox else Way.PUT)
    if theirs.endpoint is None:
        return Pair(inference_id, ours, theirs)
    found = differences(ours, theirs.endpoint)
    return Pair(inference_id, ours, theirs, found, None if ours.local.sandbox else way(ours, theirs.endpoint))
