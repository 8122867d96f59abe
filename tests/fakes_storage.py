"""What is kept on disk, kept in memory: the ports of `tui_app.core.storage` for tests of others."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from pydantic import SecretStr

from tui_app.core.clusters import Cluster, Connection, Connections
from tui_app.core.conversation import (
    Answer,
    Conversation,
    ConversationEntry,
    Outcome,
    Settings,
    Turn,
)
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import (
    BrokenEndpointFile,
    EndpointChanged,
    EndpointExists,
    EndpointNotFound,
    StoreFailed,
)
from tui_app.core.settings import AppSettings
from tui_app.core.storage import ABANDONED, ABANDONED_ADVICE, BrokenEndpoint, Health


class MemoryEndpoints:
    """An EndpointStore that starts with what it is given; `failure` is raised by every call while set."""

    def __init__(self, *entries: Endpoint | BrokenEndpoint) -> None:
        self.entries = {entry.inference_id: entry for entry in entries}
        self.failure: StoreFailed | None = None
        self._watchers: set[asyncio.Event] = set()

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


class MemoryHistory:
    """A History; `saved` holds every answer that was saved, in order, with its turn's id and time."""

    def __init__(self) -> None:
        self.conversations: dict[int, Conversation] = {}
        self.saved: list[tuple[int, Answer, float]] = []
        self.failure: StoreFailed | None = None
        self._ids = itertools.count(1)

    async def entries(self, endpoint: str | None = None) -> Sequence[ConversationEntry]:
        self._check()
        found = [
            ConversationEntry(each.id, each.endpoint, each.title, len(each.turns), each.updated_at)
            for each in self.conversations.values()
            if endpoint is None or each.endpoint == endpoint
        ]
        return sorted(found, key=lambda entry: (entry.updated_at, entry.id), reverse=True)

    async def create(self, endpoint: str, title: str, settings: Settings, at: float) -> Conversation:
        self._check()
        made = Conversation(next(self._ids), endpoint, title, at, at, settings)
        self.conversations[made.id] = made
        return made

    async def load(self, conversation_id: int) -> Conversation | None:
        self._check()
        return self.conversations.get(conversation_id)

    async def rename(self, conversation_id: int, title: str) -> None:
        self._keep(replace(self._get(conversation_id), title=title))

    async def delete(self, conversation_id: int) -> None:
        self._check()
        self.conversations.pop(conversation_id, None)

    async def save_draft(self, conversation_id: int, draft: str) -> None:
        self._check()
        if conversation_id in self.conversations:
            self._keep(replace(self._get(conversation_id), draft=draft))

    async def save_settings(self, conversation_id: int, settings: Settings) -> None:
        self._keep(replace(self._get(conversation_id), settings=settings))

    async def add_turn(self, conversation_id: int, turn: Turn) -> Turn:
        found = self._get(conversation_id)
        added = replace(turn, id=next(self._ids))
        latest = max(found.updated_at, turn.asked_at)
        self._keep(replace(found.with_turn(added), draft="", updated_at=latest))
        return added

    async def save_answer(self, turn_id: int, answer: Answer, at: float) -> None:
        self._check()
        found = self._holder(turn_id)
        if found is None:
            raise StoreFailed("This turn was deleted meanwhile")
        turn = next(turn for turn in found.turns if turn.id == turn_id)
        self.saved.append((turn_id, answer, at))
        changed = found.with_turn(replace(turn, answer=answer))
        self._keep(replace(changed, updated_at=max(found.updated_at, at)))

    async def delete_turn(self, turn_id: int) -> None:
        self._check()
        found = self._holder(turn_id)
        if found is not None:
            self._keep(replace(found, turns=tuple(turn for turn in found.turns if turn.id != turn_id)))

    def lose_the_process(self) -> None:
        """Make every running answer one whose process was killed."""
        for found in list(self.conversations.values()):
            turns = tuple(replace(turn, answer=_abandoned(turn.answer)) for turn in found.turns)
            self._keep(replace(found, turns=turns))

    def _holder(self, turn_id: int) -> Conversation | None:
        holders = (each for each in self.conversations.values() if turn_id in {t.id for t in each.turns})
        return next(holders, None)

    def _get(self, conversation_id: int) -> Conversation:
        self._check()
        if conversation_id not in self.conversations:
            raise StoreFailed("This conversation was deleted meanwhile")
        return self.conversations[conversation_id]

    def _keep(self, conversation: Conversation) -> None:
        self.conversations[conversation.id] = conversation

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure


def _abandoned(answer: Answer) -> Answer:
    if answer.outcome is not Outcome.RUNNING:
        return answer
    return replace(answer, outcome=Outcome.STOPPED, error=ABANDONED, advice=ABANDONED_ADVICE)


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
