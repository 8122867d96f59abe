"""Conversations kept in memory: the port `History` for tests of others."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from tui_app.core.branches import leaf_without, newest_below, path, versions
from tui_app.core.conversation import (
    Answer,
    Conversation,
    ConversationEntry,
    Outcome,
    Settings,
    Turn,
)
from tui_app.core.errors import StoreFailed
from tui_app.core.findings import Hit
from tui_app.core.records import Record
from tui_app.core.storage import ABANDONED, ABANDONED_ADVICE
from tui_app.core.user_messages import NOTHING, UserMessage


class MemoryHistory:
    """A History; `saved` holds every answer that was saved, in order, with its turn's id and time.

    `conversations` are those in sight, with the turns on the way to where they stand; `aside` those
    that are set aside; `trees` all turns of each, by id.
    """

    def __init__(self) -> None:
        self.conversations: dict[int, Conversation] = {}
        self.aside: dict[int, Conversation] = {}
        self.trees: dict[int, dict[int, Turn]] = {}
        self.records: dict[int, Record] = {}
        self.saved: list[tuple[int, Answer, float]] = []
        self.failure: StoreFailed | None = None
        self._ids = itertools.count(1)

    async def entries(self, endpoint: str | None = None) -> Sequence[ConversationEntry]:
        self._check()
        found = [
            ConversationEntry(
                each.id, each.endpoint, each.title, len(self._tree(each)), each.updated_at, each.pinned
            )
            for each in self.conversations.values()
            if endpoint is None or each.endpoint == endpoint
        ]
        return sorted(found, key=lambda entry: (entry.pinned, entry.updated_at, entry.id), reverse=True)

    async def latest(self, endpoint: str) -> int | None:
        found = await self.entries(endpoint)
        return max(found, key=lambda entry: (entry.updated_at, entry.id)).id if found else None

    async def prompts(self, besides: int, limit: int = 200) -> Sequence[str]:
        self._check()
        found = sorted(
            (turn.id, turn.prompt)
            for each in self.conversations.values()
            for turn in self._tree(each).values()
            if each.id != besides
        )
        return tuple(dict.fromkeys(prompt for _, prompt in found[::-1][:limit]))[::-1]

    async def search(self, text: str, limit: int = 100) -> Sequence[Hit]:
        self._check()
        wanted = text.casefold().split()
        found = [
            _hit(conversation, turn, wanted[0])
            for conversation in self.conversations.values()
            for turn in self._tree(conversation).values()
            if wanted and all(word in _said(turn).casefold() for word in wanted)
        ]
        return sorted(found, key=lambda hit: -hit.turn_id)[:limit]

    async def create(self, endpoint: str, title: str, settings: Settings, at: float) -> Conversation:
        self._check()
        made = Conversation(next(self._ids), endpoint, title, at, at, settings)
        self.conversations[made.id] = made
        return made

    async def put(self, conversation: Conversation, turns: Sequence[Turn]) -> int:
        made = await self.create(conversation.endpoint, conversation.title, conversation.settings, 0.0)
        ids = {0: 0}
        for turn in turns:
            added = await self.add_turn(made.id, replace(turn, parent=ids[turn.parent or 0]))
            ids[turn.id] = added.id
        if conversation.turns:
            self._stand_at(made.id, ids[conversation.leaf])
        kept = replace(conversation, id=made.id, turns=self._get(made.id).turns)
        self._keep(kept)
        return made.id

    async def load(self, conversation_id: int) -> Conversation | None:
        self._check()
        return self.conversations.get(conversation_id)

    async def tree(self, conversation_id: int) -> Sequence[Turn]:
        found = self._tree(self._get(conversation_id))
        beside = versions(_parents(found))
        return [replace(found[each], versions=beside.get(each, ())) for each in sorted(found)]

    async def rename(self, conversation_id: int, title: str) -> None:
        self._keep(replace(self._get(conversation_id), title=title))

    async def pin(self, conversation_id: int, pinned: bool) -> None:
        self._keep(replace(self._get(conversation_id), pinned=pinned))

    async def move(self, conversation_id: int, endpoint: str) -> None:
        self._keep(replace(self._get(conversation_id), endpoint=endpoint))

    async def set_aside(self, conversation_id: int, at: float | None) -> None:
        self._check()
        source, to = (self.conversations, self.aside) if at is not None else (self.aside, self.conversations)
        if conversation_id not in source:
            raise StoreFailed("This conversation was deleted meanwhile")
        to[conversation_id] = source.pop(conversation_id)

    async def delete(self, conversation_id: int) -> None:
        self._check()
        self.conversations.pop(conversation_id, None)
        self.aside.pop(conversation_id, None)

    async def save_draft(self, conversation_id: int, draft: UserMessage | str) -> None:
        self._check()
        if conversation_id in self.conversations:
            self._keep(self._get(conversation_id).with_unsent(UserMessage.of(draft)))

    async def save_settings(self, conversation_id: int, settings: Settings) -> None:
        self._keep(replace(self._get(conversation_id), settings=settings))

    async def save_lead(self, conversation_id: int, lead: str) -> None:
        self._keep(replace(self._get(conversation_id), lead=lead))

    async def add_turn(
        self,
        conversation_id: int,
        turn: Turn,
        *,
        draft: UserMessage = NOTHING,
        lead: str = "",
        gone: int | None = None,
    ) -> Turn:
        self._check()
        if conversation_id in self.aside:
            self.conversations[conversation_id] = self.aside.pop(conversation_id)
        if gone is not None:
            await self.delete_turn(gone)
        found = self._get(conversation_id)
        parent = found.leaf if turn.parent is None else turn.parent
        added = replace(turn, id=next(self._ids), parent=parent)
        self._tree(found)[added.id] = added
        latest = max(found.updated_at, turn.asked_at)
        self._keep(replace(found.with_unsent(draft), updated_at=latest, lead=lead))
        self._stand_at(conversation_id, added.id)
        return self._get(conversation_id).turns[-1]

    async def save_answer(self, turn_id: int, answer: Answer, at: float) -> None:
        self._check()
        found = self._holder(turn_id)
        if found is None:
            raise StoreFailed("This turn was deleted meanwhile")
        tree = self._tree(found)
        tree[turn_id] = replace(tree[turn_id], answer=answer)
        self.saved.append((turn_id, answer, at))
        self._keep(replace(found, updated_at=max(found.updated_at, at)))
        self._stand_at(found.id, found.leaf)

    async def save_record(self, turn_id: int, record: Record, at: float) -> None:
        self._check()
        self.records[turn_id] = record

    async def record(self, turn_id: int) -> Record | None:
        self._check()
        return self.records.get(turn_id)

    async def choose(self, conversation_id: int, turn_id: int) -> None:
        tree = self._tree(self._get(conversation_id))
        if turn_id not in tree:
            raise StoreFailed("This turn was deleted meanwhile")
        self._stand_at(conversation_id, newest_below(_parents(tree), turn_id))

    async def delete_turn(self, turn_id: int) -> None:
        self._check()
        found = self._holder(turn_id)
        if found is None:
            return
        tree = self._tree(found)
        parents = _parents(tree)
        gone = tree.pop(turn_id)
        for each in [each for each in tree.values() if each.parent == turn_id]:
            tree[each.id] = replace(each, parent=gone.parent)
        self._stand_at(found.id, leaf_without(parents, turn_id) if found.leaf == turn_id else found.leaf)

    def lose_the_process(self) -> None:
        """Make every running answer one whose process was killed."""
        for found in list(self.conversations.values()):
            tree = self._tree(found)
            tree.update({each.id: replace(each, answer=_abandoned(each.answer)) for each in tree.values()})
            self._stand_at(found.id, found.leaf)

    def _tree(self, conversation: Conversation) -> dict[int, Turn]:
        """All turns, with what a test has put into the conversation by itself."""
        tree = self.trees.setdefault(conversation.id, {})
        before = 0
        for turn in conversation.turns:
            tree[turn.id] = replace(turn, parent=before if turn.parent is None else turn.parent)
            before = turn.id
        return tree

    def _stand_at(self, conversation_id: int, leaf: int) -> None:
        tree = self.trees[conversation_id]
        parents = _parents(tree)
        beside = versions(parents)
        turns = tuple(replace(tree[each], versions=beside.get(each, ())) for each in path(parents, leaf))
        self._keep(replace(self.conversations[conversation_id], turns=turns))

    def _holder(self, turn_id: int) -> Conversation | None:
        holders = (each for each in self.conversations.values() if turn_id in self._tree(each))
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


def _parents(tree: Mapping[int, Turn]) -> dict[int, int]:
    return {each.id: each.parent or 0 for each in tree.values()}


def _said(turn: Turn) -> str:
    return " ".join((turn.prompt, turn.answer.text, *(each.text for each in turn.attachments)))


def _hit(conversation: Conversation, turn: Turn, word: str) -> Hit:
    in_prompt, in_answer = word in turn.prompt.casefold(), word in turn.answer.text.casefold()
    text = turn.prompt if in_prompt else turn.answer.text
    if not in_prompt and not in_answer:
        text = next((each.text for each in turn.attachments if word in each.text.casefold()), text)
    at = max(0, text.casefold().find(word))
    pieces = (
        (text[max(0, at - 60) : at], False),
        (text[at : at + len(word)], True),
        (text[at + len(word) :][:90], False),
    )
    where: Literal["prompt", "answer", "file"] = "prompt" if in_prompt else "answer" if in_answer else "file"
    found = tuple((" ".join(piece.split("\n")), marked) for piece, marked in pieces if piece)
    return Hit(
        conversation.id, turn.id, conversation.endpoint, conversation.title, turn.asked_at, where, found
    )


def _abandoned(answer: Answer) -> Answer:
    if answer.outcome is not Outcome.RUNNING:
        return answer
    return replace(answer, outcome=Outcome.STOPPED, error=ABANDONED, advice=ABANDONED_ADVICE)
