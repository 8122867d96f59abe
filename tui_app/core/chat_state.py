"""What a chat is at a moment, and the steps by which that changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tui_app.core.chat_events import PathChanged, Progress, TurnRemoved, Watched
from tui_app.core.conversation import Conversation, Settings, Turn
from tui_app.core.errors import InvalidRequest
from tui_app.core.live_turn import LiveTurn
from tui_app.core.office import Office
from tui_app.core.readying import Readying


class ChatState(Watched):
    """A conversation, and the reply that is on its way in it."""

    def __init__(self, conversation: Conversation, office: Office) -> None:
        super().__init__()
        self._conversation, self._office = conversation, office
        self._live: LiveTurn | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._readying: Readying | None = None
        self._beginning = asyncio.Lock()

    @property
    def conversation(self) -> Conversation:
        """The conversation, with what came so far of an answer on its way."""
        return self._conversation.with_turn(self._live.turn) if self._live else self._conversation

    @property
    def title(self) -> str:
        """What the conversation is called; empty before the first prompt."""
        return self._conversation.title

    @property
    def lead(self) -> str:
        """How the answer to the next prompt is to begin; sent with it as an assistant turn."""
        return self._conversation.lead

    @property
    def settings(self) -> Settings:
        """The settings of this chat alone."""
        return self._conversation.settings

    @property
    def busy(self) -> bool:
        """Whether a reply is on its way, or a prompt that is being made ready for one."""
        return self._readying is not None or self.answering

    @property
    def answering(self) -> bool:
        """Whether a reply is on its way."""
        return self._task is not None and not self._task.done()

    @property
    def asks_sight(self) -> bool:
        """Whether a prompt waits for the service to say whether the model takes images."""
        return self._readying is not None and self._readying.waits

    @property
    def progress(self) -> Progress | None:
        """How far a reply is that did not begin yet: queued, counting down to a retry, sent."""
        return self._live.progress if self._live and self.busy else None

    def _forget(self, turn_id: int) -> None:
        turns = tuple(turn for turn in self._conversation.turns if turn.id != turn_id)
        self._conversation = replace(self._conversation, turns=turns)
        self._tell(TurnRemoved(turn_id))

    def _go_over(self, turns: tuple[Turn, ...]) -> None:
        self._conversation = replace(self._conversation, turns=turns)
        self._tell(PathChanged(turns))

    def _turn(self, turn_id: int) -> Turn:
        found = next((turn for turn in self._conversation.turns if turn.id == turn_id), None)
        if found is None:
            raise InvalidRequest(
                "that prompt does not stand in this conversation any more",
                "It can be sent as a new prompt, or flip to the version that has it.",
            )
        return found

    def _check_idle(self) -> None:
        if self.busy:
            raise InvalidRequest("an answer is still on its way", "Stop it with Esc, or wait for its end.")
