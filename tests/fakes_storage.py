"""What is kept on disk, kept in memory: the ports of `tui_app.core.storage` for tests of others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from weakref import WeakValueDictionary

from pydantic import SecretStr

from tui_app.core.clusters import Cluster, Connection, Connections
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import (
    BrokenEndpointFile,
    EndpointChanged,
    EndpointExists,
    EndpointNotFound,
    StoreFailed,
)
from tui_app.core.settings import AppSettings
from tui_app.core.storage import BrokenEndpoint, Health


class MemoryEndpoints:
    """An EndpointStore that starts with what it is given; `failure` is raised by every call while set."""

    def __init__(self, *entries: Endpoint | BrokenEndpoint) -> None:
        self.entries = {entry.inference_id: entry for entry in entries}
        self.failure: StoreFailed | None = None
        self._watchers: set[asyncio.Event] = set()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, inference_id: str) -> AbstractAsyncContextManager[None]:
        return self._turns.setdefault(inference_id, asyncio.Lock())

    async def all(self) -> Sequence[Endpoint | BrokenEndpoint]:
        self._check()
        return [self.entries[name] for name in sorted(self.entries)]

    async def get(self, inference_id: str) -> Endpoint:
        self._check()
        found = self.entries.get(inference_id)
        if found is None:
            raise EndpointNotFound(inference_id)
        if isinstance(found, BrokenEndpoint):
            raise BrokenEndpointFile(found.path, found.line, found.reason)
        return found

    async def create(self, endpoint: Endpoint) -> None:
        self._check()
        if isinstance(self.entries.get(endpoint.inference_id), BrokenEndpoint):
            await self.get(endpoint.inference_id)
        if endpoint.inference_id in self.entries:
            raise EndpointExists(endpoint.inference_id)
        self.put(endpoint)

    async def replace(self, endpoint: Endpoint, *, expected: Endpoint | None = None) -> None:
        found = await self.get(endpoint.inference_id)
        if expected is not None and found != expected:
            raise EndpointChanged(endpoint.inference_id)
        self.put(endpoint)

    async def delete(self, inference_id: str) -> None:
        self._check()
        if self.entries.pop(inference_id, None) is None:
            raise EndpointNotFound(inference_id)
        self._fire()

    def changes(self) -> AsyncIterator[None]:
        changed = asyncio.Event()
        self._watchers.add(changed)
        return self._changes(changed)

    def put(self, entry: Endpoint | BrokenEndpoint) -> None:
        """Change an entry as another terminal or an editor does."""
        self.entries[entry.inference_id] = entry
        self._fire()

    async def _changes(self, changed: asyncio.Event) -> AsyncIterator[None]:
        try:
            while True:
                await changed.wait()
                changed.clear()
                yield
        finally:
            self._watchers.discard(changed)

    def _fire(self) -> None:
        for changed in self._watchers:
            changed.set()

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure


class MemoryHealth:
    """A HealthBook that starts with what it is given."""

    def __init__(self, healths: Mapping[str, Health] | None = None) -> None:
        self.healths = dict(healths or {})
        self.failure: StoreFailed | None = None

    async def all(self) -> Mapping[str, Health]:
        self._check()
        return dict(self.healths)

    async def note(self, inference_id: str, health: Health) -> None:
        self._check()
        self.healths[inference_id] = health

    async def forget(self, inference_id: str) -> None:
        self._check()
        self.healths.pop(inference_id, None)

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure


class MemorySettings:
    """See `preferences.SettingsStore`; `failure` is raised by whatever changes, and told by `load`."""

    def __init__(self, kept: AppSettings | None = None) -> None:
        self.kept = kept or AppSettings()
        self.failure: StoreFailed | None = None

    def load(self) -> tuple[AppSettings, StoreFailed | None]:
        """Give what is kept."""
        return self.kept, self.failure

    async def change(self, **news: str | bool) -> AppSettings:
        """Keep some."""
        if self.failure is not None:
            raise self.failure
        self.kept = self.kept.model_copy(update=news)
        return self.kept


class FakeConnections(Connections):
    """Connections in memory; `clusters` are what opening them gives, by name."""

    def __init__(self) -> None:
        self.kept: dict[str, Connection] = {}
        self.keys: dict[str, SecretStr] = {}
        self.clusters: dict[str, Cluster] = {}

    async def all(self) -> Sequence[Connection]:
        """All connections, by name."""
        return [self.kept[name] for name in sorted(self.kept)]

    async def keep(self, connection: Connection) -> None:
        """Keep one."""
        self.kept[connection.name] = connection

    async def delete(self, name: str) -> None:
        """Forget one and its key."""
        self.kept.pop(name, None)
        self.keys.pop(name, None)

    async def keep_key(self, connection: Connection, key: SecretStr) -> bool:
        """Keep its API key."""
        self.keys[connection.name] = key
        return True

    async def open(self, connection: Connection, key: SecretStr | None = None) -> Cluster:
        """The cluster that the test put there."""
        return self.clusters[connection.name]
