"""From an endpoint to where its requests go, with which key, and on which budget they draw."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import SecretStr

from tui_app.core.clusters import Cluster
from tui_app.core.endpoint import ANTHROPIC_URL, SANDBOX_URL, Endpoint, check_url
from tui_app.core.errors import InvalidRequest
from tui_app.core.keys import Keys, KeyState, KeyStatus, fingerprint
from tui_app.core.quota import Group
from tui_app.core.service import ClusterTarget, Sandbox, Target

SANDBOX_KEY = "sandbox"
"""Stands in a group for the sandbox's own key."""

OpenCluster: TypeAlias = Callable[[str], Awaitable[Cluster]]
"""Finds the open cluster of a connection's name."""


@dataclass(frozen=True, slots=True)
class Route:
    """All that one request needs: the endpoint, where it goes, and the budget it draws on."""

    endpoint: Endpoint
    target: Target
    group: Group


class Targets:
    """Finds the key and the address of endpoints; starts the sandbox for those that use it."""

    def __init__(self, keys: Keys, sandbox: Sandbox, default_url: str = ANTHROPIC_URL) -> None:
        self._keys, self._sandbox, self.default = keys, sandbox, default_url
        self.cluster: OpenCluster | None = None

    async def route(self, endpoint: Endpoint, key: SecretStr | None = None) -> Route:
        """The way to `endpoint`; `key` stands in for the kept one.

        Raises KeyMissing, KeyStoreFailed, and InvalidRequest for a default URL that is none.
        """
        base, local = endpoint.base_url(self.default), endpoint.local
        if local.cluster and self.cluster:
            return Route(endpoint, await _through(endpoint, self.cluster), _cluster_group(endpoint))
        mark = SANDBOX_KEY
        if local.sandbox:
            url, key = await self._sandbox.start()
        else:
            url = base
            self._check_default(endpoint)
            key = key or (await self._keys.find(endpoint))[0]
            mark = fingerprint(key)
        target = Target(url, key, local.auth_scheme, local.anthropic_version)
        return Route(endpoint, target, Group(base, mark, endpoint.model))

    def _check_default(self, endpoint: Endpoint) -> None:
        if endpoint.service_settings.url is not None:
            return
        try:
            check_url(self.default)
        except ValueError as error:
            # Not quoted: a password may be in it.
            raise InvalidRequest(
                f"what ANTHROPIC_BASE_URL holds cannot be used: {error}",
                "Correct or unset it, or give the endpoint a url of its own.",
            ) from None

    async def key_status(self, endpoint: Endpoint) -> KeyStatus:
        """Where the endpoint's key stands, without asking anybody for anything."""
        if endpoint.local.cluster:
            return KeyStatus(KeyState.CLUSTER, detail=endpoint.local.cluster)
        if endpoint.local.sandbox:
            return KeyStatus(KeyState.SANDBOX, SANDBOX_KEY)
        return await self._keys.status(endpoint)

    def group(self, endpoint: Endpoint, status: KeyStatus) -> Group:
        """The budget of an endpoint; while its key is not known it shares with nobody."""
        if endpoint.local.cluster:
            return _cluster_group(endpoint)
        mark = SANDBOX_KEY if endpoint.base_url(self.default) == SANDBOX_URL else status.fingerprint
        return Group(endpoint.base_url(self.default), mark or f"none-{endpoint.inference_id}", endpoint.model)


async def _through(endpoint: Endpoint, opened: OpenCluster) -> ClusterTarget:
    cluster = await opened(endpoint.local.cluster)
    theirs = endpoint.model_copy(update={"inference_id": _id_there(endpoint)})
    version = endpoint.local.anthropic_version
    return ClusterTarget(endpoint.base_url(), SecretStr(""), "x-api-key", version, cluster, theirs)


def _cluster_group(endpoint: Endpoint) -> Group:
    """A cluster keeps its own limit for each endpoint; here each has a budget of its own."""
    return Group(endpoint.base_url(), "cluster", _id_there(endpoint))


def _id_there(endpoint: Endpoint) -> str:
    return endpoint.inference_id.rpartition("/")[2]
