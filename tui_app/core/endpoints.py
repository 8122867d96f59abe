"""Endpoints with all that belongs to them: file, key, health, and the budget they share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import SecretStr

from tui_app.core.endpoint import Endpoint, Local, RateLimit, ServiceSettings, TaskSettings
from tui_app.core.errors import (
    EndpointChanged,
    EndpointExists,
    EndpointNotFound,
    InfertermError,
    KeyMissing,
    KeyStoreFailed,
)
from tui_app.core.keys import Keys, KeyState, KeyStatus
from tui_app.core.quota import Group
from tui_app.core.storage import BrokenEndpoint, EndpointStore, Health, HealthBook
from tui_app.core.targets import Targets

Item = TypeVar("Item", Endpoint, Endpoint | BrokenEndpoint)

SANDBOX_ID = "sandbox"
"""The id under which the built-in sandbox can always be asked, whether or not a file has it."""
_KEPT_HERE = frozenset({KeyState.KEYRING, KeyState.VAULT, KeyState.RUN})


def sandbox_endpoint(inference_id: str = SANDBOX_ID) -> Endpoint:
    """An endpoint that works without a key and a network."""
    return Endpoint(
        inference_id=inference_id,
        service="anthropic",
        service_settings=ServiceSettings(model_id="claude-haiku-4-5", rate_limit=RateLimit()),
        task_settings=TaskSettings(max_tokens=4096),
        local=Local(sandbox=True, note="The built-in sandbox: no key, no network, no cost."),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """An endpoint as a list shows it; `shares` names the others that draw on the same budget."""

    endpoint: Endpoint
    key: KeyStatus
    group: Group
    health: Health = Health()
    shares: tuple[str, ...] = ()


class Endpoints:
    """The endpoints of this user; every change goes through here, whichever front end asks for it.

    `limit_changed` hears of an endpoint's new limit, also where somebody wrote it into the file by hand.
    """

    def __init__(self, store: EndpointStore, keys: Keys, health: HealthBook, targets: Targets) -> None:
        self._store, self._keys, self._health, self._targets = store, keys, health, targets
        self.linked: Callable[[str], Awaitable[Endpoint]] | None = None
        self.limit_changed: Callable[[str, int], None] = lambda inference_id, limit: None
        self._limits: dict[str, int] = {}

    async def stored(self) -> tuple[Endpoint | BrokenEndpoint, ...]:
        """What lies on disk, by id, at once: keys and health are not looked up."""
        return self._noted(await self._store.all())

    async def sandboxes(self) -> frozenset[str]:
        """The ids of those that the built-in sandbox answers, which cost nothing."""
        found = await self.stored()
        return frozenset(
            each.inference_id for each in found if isinstance(each, Endpoint) and each.local.sandbox
        )

    async def entries(self) -> tuple[Entry | BrokenEndpoint, ...]:
        """All endpoints with what belongs to them, by id."""
        stored, health = await asyncio.gather(self._store.all(), self._remembered())
        whole = [item for item in self._noted(stored) if isinstance(item, Endpoint)]
        statuses = await asyncio.gather(*map(self._targets.key_status, whole))
        known = {e.inference_id: status for e, status in zip(whole, statuses, strict=True)}
        rows = [
            item if isinstance(item, BrokenEndpoint) else self._entry(item, known, health) for item in stored
        ]
        return tuple(with_shares(rows))

    def _entry(
        self, endpoint: Endpoint, keys: Mapping[str, KeyStatus], health: Mapping[str, Health]
    ) -> Entry:
        status = keys[endpoint.inference_id]
        group = self._targets.group(endpoint, status)
        return Entry(endpoint, status, group, health.get(endpoint.inference_id, Health()))

    async def _remembered(self) -> Mapping[str, Health]:
        try:
            return await self._health.all()
        except InfertermError:
            return {}

    async def get(self, inference_id: str) -> Endpoint:
        """One endpoint, also a cluster's by `cluster/id`.

        Raises EndpointNotFound, BrokenEndpointFile, StoreFailed; of a cluster also what `Remote` raises.
        """
        try:
            (endpoint,) = self._noted((await self._store.get(inference_id),))
            return endpoint
        except EndpointNotFound:
            if inference_id == SANDBOX_ID:
                return sandbox_endpoint()
            if self.linked is not None and "/" in inference_id:
                return await self.linked(inference_id)
            raise

    async def entry(self, inference_id: str) -> Entry:
        """One endpoint with what belongs to it. Raises as `get`."""
        endpoint = await self.get(inference_id)
        for row in await self.entries():
            if isinstance(row, Entry) and row.endpoint.inference_id == inference_id:
                return row
        status = await self._targets.key_status(endpoint)
        return Entry(endpoint, status, self._targets.group(endpoint, status))

    async def create(self, endpoint: Endpoint, key: SecretStr | None = None) -> KeyStatus:
        """Keep a new endpoint and its key, or neither.

        The file comes first: of two who create the same id at once, only the one who got it may touch
        its key. Raises EndpointExists, KeyStoreFailed (nothing stays written then), StoreFailed.
        """
        taken = {item.inference_id for item in await self._store.all()}
        if endpoint.inference_id in taken:
            raise EndpointExists(endpoint.inference_id)
        async with self._store.turn(endpoint.inference_id):
            await self._store.create(endpoint)
            if key is None:
                return await self._targets.key_status(endpoint)
            status = None
            try:
                status = await self._keys.keep(endpoint, key)
            finally:
                if status is None:
                    await self._store.delete(endpoint.inference_id)
            return status

    async def change(
        self, endpoint: Endpoint, key: SecretStr | None = None, expected: Endpoint | None = None
    ) -> KeyStatus:
        """Keep a changed endpoint, and a new key if one is given; where one of them fails, neither.

        Raises EndpointNotFound, EndpointChanged (it is not what `expected` says any more),
        KeyStoreFailed, BrokenEndpointFile, StoreFailed.
        """
        await self._store.get(endpoint.inference_id)
        async with self._store.turn(endpoint.inference_id):
            current = await self._store.get(endpoint.inference_id)
            if expected is not None and current != expected:
                raise EndpointChanged(endpoint.inference_id)
            if key is None:
                status = None
                await self._store.replace(endpoint, expected=current)
            else:
                status = await self._swap(current, endpoint, key)
            self._noted((current,))
            self._noted((endpoint,))
        if key or current.local.key != endpoint.local.key:
            await self.note(endpoint.inference_id, key_refused=False)
        return status or await self._targets.key_status(endpoint)

    async def _swap(self, current: Endpoint, changed: Endpoint, key: SecretStr) -> KeyStatus:
        """Keep the key and then the file; where the file fails, the former key is put back."""
        former = None
        with suppress(KeyMissing, KeyStoreFailed):
            found, where = await self._keys.find(current)
            former = found if where.state in _KEPT_HERE else None
        status = await self._keys.keep(changed, key)
        try:
            await self._store.replace(changed, expected=current)
        except InfertermError:
            with suppress(KeyStoreFailed):
                if former is None or current.local.key != changed.local.key:
                    await self._keys.delete(changed.inference_id)
                if former is not None:
                    await self._keys.keep(current, former)
            raise
        return status

    async def delete(self, inference_id: str, *, with_key: bool) -> bool:
        """Forget an endpoint, and its key if told so; True when a key was deleted.

        Raises EndpointNotFound, KeyStoreFailed (the endpoint stays then), StoreFailed.
        """
        if inference_id not in {item.inference_id for item in await self._store.all()}:
            raise EndpointNotFound(inference_id)
        async with self._store.turn(inference_id):
            deleted = await self._keys.delete(inference_id) if with_key else False
            await self._store.delete(inference_id)
        await self._health.forget(inference_id)
        return deleted

    async def note(self, inference_id: str, **news: object) -> None:
        """Remember something of an endpoint's health, leaving the rest of it as it was."""
        known = (await self._health.all()).get(inference_id, Health())
        changed = replace(known, **news)  # type: ignore[arg-type]
        if changed != known:
            await self._health.note(inference_id, changed)

    def changes(self) -> AsyncIterator[None]:
        """Fire after each change of the files, whoever made it."""
        return self._store.changes()

    async def follow_limits(self) -> None:
        """Let limits hold as soon as they are changed in the files, as long as those can be watched."""
        with suppress(InfertermError):
            await self.stored()
            async for _ in self.changes():
                await self.stored()

    def _noted(self, read: Iterable[Item]) -> tuple[Item, ...]:
        """Give what was just read, and tell of each limit that is not the one that was known."""
        found = tuple(read)
        limits = {each.inference_id: each.limit for each in found if isinstance(each, Endpoint)}
        before, self._limits = self._limits, {**self._limits, **limits}
        for inference_id, limit in limits.items():
            if before.get(inference_id, limit) != limit:
                self.limit_changed(inference_id, limit)
        return found


def with_shares(rows: Iterable[Entry | BrokenEndpoint]) -> list[Entry | BrokenEndpoint]:
    """Name, for each endpoint, the others in its group."""
    rows = list(rows)
    members: dict[Group, list[str]] = {}
    for row in rows:
        if isinstance(row, Entry):
            members.setdefault(row.group, []).append(row.endpoint.inference_id)
    return [
        replace(row, shares=tuple(m for m in members[row.group] if m != row.endpoint.inference_id))
        if isinstance(row, Entry)
        else row
        for row in rows
    ]
