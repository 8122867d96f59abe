"""Ports to what is kept on disk: endpoint files, conversations, the health of endpoints."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from tui_app.core.conversation import Answer, Conversation, ConversationEntry, Settings, Turn
from tui_app.core.endpoint import Endpoint
from tui_app.core.findings import Hit
from tui_app.core.records import Record
from tui_app.core.user_messages import NOTHING, UserMessage


@dataclass(frozen=True, slots=True)
class BrokenEndpoint:
    """An endpoint file that cannot be read: it is listed, never dropped or overwritten.

    `line` counts from 1 and is None where the whole file is meant.
    """

    inference_id: str
    path: str
    line: int | None
    reason: str

    @property
    def place(self) -> str:
        """The file, and the line of it, as editors take them."""
        return f"{self.path}:{self.line}" if self.line else self.path


class EndpointStore(Protocol):
    """Where endpoints are kept; the one place that several processes and a person's editor share."""

    async def all(self) -> Sequence[Endpoint | BrokenEndpoint]:
        """All of them, sorted by id; what cannot be read is listed as broken."""
        ...

    async def get(self, inference_id: str) -> Endpoint:
        """One of them. Raises EndpointNotFound, BrokenEndpointFile, StoreFailed."""
        ...

    async def create(self, endpoint: Endpoint) -> None:
        """Keep a new one. Raises EndpointExists, BrokenEndpointFile, StoreFailed."""
        ...

    async def replace(self, endpoint: Endpoint, *, expected: Endpoint | None = None) -> None:
        """Keep a changed one; with `expected`, only if it still stands so.

        Raises EndpointChanged, EndpointNotFound, BrokenEndpointFile, StoreFailed.
        """
        ...

    async def delete(self, inference_id: str) -> None:
        """Forget one, also a broken one. Raises EndpointNotFound, StoreFailed."""
        ...

    def turn(self, inference_id: str) -> AbstractAsyncContextManager[None]:
        """While it is open, nobody else has the turn of this id, in no process: for changes of several parts.

        Raises EndpointNotFound for what can be no id, StoreFailed.
        """
        ...

    def changes(self) -> AsyncIterator[None]:
        """Fire after each change, whoever made it; never twice within a tenth of a second."""
        ...


ABANDONED: Final = "the terminal was closed while this answer came"
"""The `error` of an answer whose process is gone."""
ABANDONED_ADVICE: Final = "What came is kept. Ask again for the rest."


class History(Protocol):
    """Where conversations are kept. Every call commits before it returns. All raise StoreFailed.

    What is gone may be deleted again and given a draft, to no effect; any other change of it raises.
    """

    async def entries(self, endpoint: str | None = None) -> Sequence[ConversationEntry]:
        """All conversations that are not set aside, the pinned first, then the latest."""
        ...

    async def latest(self, endpoint: str) -> int | None:
        """The conversation that an endpoint had last, pinned or not."""
        ...

    async def search(self, text: str, limit: int = 100) -> Sequence[Hit]:
        """Turns in whose prompt, answer and attached files every word of `text` stands, the latest first.

        The last word may be the beginning of one; case and accents do not matter.
        """
        ...

    async def prompts(self, besides: int, limit: int = 200) -> Sequence[str]:
        """The latest prompts of all conversations but one, the oldest first, each once; no very long ones."""
        ...

    async def create(self, endpoint: str, title: str, settings: Settings, at: float) -> Conversation:
        """Begin a conversation."""
        ...

    async def put(self, conversation: Conversation, turns: Sequence[Turn]) -> int:
        """Keep a whole conversation as a new one and tell its id; `turns` are all versions, parents first.

        It stands where `conversation` stands.
        """
        ...

    async def load(self, conversation_id: int) -> Conversation | None:
        """One conversation, whole; None if there is none.

        An answer whose process is gone comes as STOPPED with ABANDONED; one that comes in another
        terminal just now as RUNNING.
        """
        ...

    async def tree(self, conversation_id: int) -> Sequence[Turn]:
        """All turns of a conversation with all their versions, parents first."""
        ...

    async def rename(self, conversation_id: int, title: str) -> None:
        """Give it another title."""
        ...

    async def pin(self, conversation_id: int, pinned: bool) -> None:
        """Let it stand first in the list, or no longer."""
        ...

    async def move(self, conversation_id: int, endpoint: str) -> None:
        """Give it to another endpoint; what was said stays with who said it."""
        ...

    async def set_aside(self, conversation_id: int, at: float | None) -> None:
        """Take it out of sight as if it were deleted, or bring it back (None).

        What was set aside a day before `at` is forgotten.
        """
        ...

    async def delete(self, conversation_id: int) -> None:
        """Forget it with all its turns."""
        ...

    async def save_draft(self, conversation_id: int, draft: UserMessage | str) -> None:
        """Keep the prompt that was not sent, with what is attached to it."""
        ...

    async def save_settings(self, conversation_id: int, settings: Settings) -> None:
        """Keep the settings of the chat."""
        ...

    async def save_lead(self, conversation_id: int, lead: str) -> None:
        """Keep how the answer to the next prompt is to begin."""
        ...

    async def add_turn(
        self,
        conversation_id: int,
        turn: Turn,
        *,
        draft: UserMessage = NOTHING,
        lead: str = "",
        gone: int | None = None,
    ) -> Turn:
        """Add a turn after its parent, all at once or not at all; the conversation stands there now.

        One that was set aside comes back: who asks on in another terminal knows nothing of that.
        `draft` stays unsent, `lead` is how the answer after this one is to begin, `gone` a turn that is
        forgotten. Id, parent and versions of the turn are given here.
        """
        ...

    async def save_answer(self, turn_id: int, answer: Answer, at: float) -> None:
        """Keep an answer as it stands now."""
        ...

    async def save_record(self, turn_id: int, record: Record, at: float) -> None:
        """Keep what was sent for a turn and what came, unless it is gone; only the latest stay."""
        ...

    async def record(self, turn_id: int) -> Record | None:
        """What was sent for a turn and what came, where that is kept."""
        ...

    async def choose(self, conversation_id: int, turn_id: int) -> None:
        """Let the conversation stand at the end of what followed a turn last."""
        ...

    async def delete_turn(self, turn_id: int) -> None:
        """Forget one turn; what followed it follows what was before it."""
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """What is remembered of an endpoint: when it was last verified, its last error. Wall-clock seconds."""

    verified_at: float | None = None
    verified_latency_s: float | None = None
    failed_at: float | None = None
    error: str = ""
    key_refused: bool = False


class HealthBook(Protocol):
    """Where the health of endpoints is kept, shared by all processes. All raise StoreFailed."""

    async def all(self) -> Mapping[str, Health]:
        """By inference id."""
        ...

    async def note(self, inference_id: str, health: Health) -> None:
        """Replace what is remembered of one."""
        ...

    async def forget(self, inference_id: str) -> None:
        """Remember nothing of one any more."""
        ...
