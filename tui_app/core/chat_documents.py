"""Conversations as JSON documents: with every version of every turn, and read again as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, cast

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from tui_app.core.attachments import Attachment
from tui_app.core.characters import mended
from tui_app.core.conversation import Answer, Block, Conversation, Outcome, Settings, Timing, Turn, Usage
from tui_app.core.document_files import (
    DocumentAttachment,
    DocumentFile,
    Files,
    read_attachments,
    read_files,
    written_attachments,
    written_files,
)
from tui_app.core.errors import InvalidRequest
from tui_app.core.jsons import JsonObject
from tui_app.core.user_messages import Span, UserMessage, sound_folds

VERSION: Final = 1
_STRAY: Final = "a document of inferterm's conversations has `inferterm: chats` and a list `chats`"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class _Block(_Value):
    kind: str
    text: str = ""
    raw: dict[str, JsonValue] = {}


class _Answer(_Value):
    outcome: Outcome = Outcome.COMPLETE
    blocks: list[_Block] = []
    model: str = ""
    stop_reason: str | None = None
    stop_details: dict[str, JsonValue] | None = None
    usage: Usage = Usage()
    timing: Timing = Timing()
    request_id: str | None = None
    attempts: int = 0
    error: str = ""
    advice: str = ""
    message_id: str = ""
    lead: str = ""

    def value(self) -> Answer:
        """The answer; one that was on its way counts as stopped."""
        names = set(type(self).model_fields) - {"blocks", "outcome"}
        rest = {name: getattr(self, name) for name in names}
        outcome = Outcome.STOPPED if self.outcome is Outcome.RUNNING else self.outcome
        blocks = tuple(Block(each.kind, each.text, cast(JsonObject, each.raw)) for each in self.blocks)
        return Answer(outcome, blocks, **rest)


class _Turn(_Value):
    id: int
    parent: int = 0
    prompt: str
    folds: list[Span] = []
    attachments: list[DocumentAttachment] = []
    asked_at: float
    endpoint: str
    model: str
    answer: _Answer = _Answer()


class _Chat(_Value):
    endpoint: str
    title: str = ""
    created_at: float
    updated_at: float
    settings: Settings = Settings()
    draft: str = ""
    draft_folds: list[Span] = []
    draft_attachments: list[DocumentAttachment] = []
    lead: str = ""
    pinned: bool = False
    stands_at: int = 0
    turns: list[_Turn] = []


class _Document(_Value):
    inferterm: Literal["chats"]
    version: Literal[1]
    chats: list[_Chat]
    files: dict[str, DocumentFile] = {}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A conversation with all its turns, parents first; its own are those on the way to where it stands."""

    conversation: Conversation
    turns: tuple[Turn, ...]


def written(chapters: Sequence[Chapter]) -> str:
    """The document; halves of characters, which no file can hold, are replaced."""
    chats = [_chat(each) for each in chapters]
    document: dict[str, object] = {"inferterm": "chats", "version": VERSION, "chats": chats}
    if files := written_files(_attached(chapters)):
        document["files"] = files
    text = json.dumps(document, ensure_ascii=False, indent=1, default=dict) + "\n"
    return mended(text)


def read(text: str) -> list[Chapter]:
    """What a document holds. Raises InvalidRequest, which says where it is none."""
    try:
        document = _Document.model_validate_json(text.removeprefix("\ufeff"))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        if place == "version":
            raise InvalidRequest(
                "this export is of another version", "Import it with the inferterm that wrote it, or newer."
            ) from None
        raise InvalidRequest(f"{place + ': ' if place else ''}{first['msg'].lower()}", _STRAY) from None
    files = read_files(document.files)
    return [_chapter(each, files, f"chats.{number}") for number, each in enumerate(document.chats)]


def _attached(chapters: Sequence[Chapter]) -> Iterator[Attachment]:
    for each in chapters:
        yield from each.conversation.draft_attachments
        for turn in each.turns:
            yield from turn.attachments


def _chat(chapter: Chapter) -> dict[str, object]:
    talk = chapter.conversation
    return {
        "endpoint": talk.endpoint,
        "title": talk.title,
        "created_at": talk.created_at,
        "updated_at": talk.updated_at,
        "settings": asdict(talk.settings),
        "draft": talk.draft,
        "draft_folds": talk.draft_folds,
        "draft_attachments": written_attachments(talk.draft_attachments),
        "lead": talk.lead,
        "pinned": talk.pinned,
        "stands_at": talk.leaf,
        "turns": [_turn(turn) for turn in chapter.turns],
    }


def _turn(turn: Turn) -> dict[str, object]:
    answer = turn.answer
    names = ("outcome", "model", "stop_reason", "stop_details", "request_id", "attempts", "error", "advice")
    told: dict[str, object] = {name: getattr(answer, name) for name in (*names, "message_id", "lead")}
    told |= {"usage": asdict(answer.usage), "timing": asdict(answer.timing)}
    told["blocks"] = [{"kind": each.kind, "text": each.text, "raw": each.raw} for each in answer.blocks]
    return {
        "id": turn.id,
        "parent": turn.parent or 0,
        "prompt": turn.prompt,
        "folds": turn.folds,
        "attachments": written_attachments(turn.attachments),
        "asked_at": turn.asked_at,
        "endpoint": turn.endpoint,
        "model": turn.model,
        "answer": told,
    }


def _chapter(chat: _Chat, files: Files, where: str) -> Chapter:
    """A chat's value; a turn whose parent is not before it is a first one, a second of the same id none."""
    turns: dict[int, Turn] = {}
    for number, each in enumerate(chat.turns):
        if each.id in turns:
            continue
        message = UserMessage(
            each.prompt,
            sound_folds(each.folds, len(each.prompt)),
            read_attachments(each.attachments, files, f"{where}.turns.{number}.attachments"),
        )
        parent = each.parent if each.parent in turns else 0
        asked = ("", each.asked_at, each.endpoint, each.model)
        turns[each.id] = Turn(each.id, *asked, each.answer.value(), parent).asking(message)
    leaf = chat.stands_at if chat.stands_at in turns else next(reversed(turns), 0)
    way: list[Turn] = []
    while leaf:
        way.append(turns[leaf])
        leaf = turns[leaf].parent or 0
    times = (chat.created_at, chat.updated_at)
    kept = (chat.endpoint, chat.title, *times, chat.settings)
    talk = Conversation(0, *kept, turns=tuple(way[::-1]), pinned=chat.pinned, lead=chat.lead)
    draft = UserMessage(
        chat.draft,
        sound_folds(chat.draft_folds, len(chat.draft)),
        read_attachments(chat.draft_attachments, files, f"{where}.draft_attachments"),
    )
    return Chapter(talk.with_unsent(draft), tuple(turns.values()))
