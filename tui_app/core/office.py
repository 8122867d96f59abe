"""What chats work with, and which of them are open in this process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tui_app.core.desk import Desk
from tui_app.core.endpoints import Endpoints
from tui_app.core.errors import InfertermError, ServiceRefused
from tui_app.core.storage import History
from tui_app.core.targets import Targets
from tui_app.core.vision import Vision

if TYPE_CHECKING:
    from tui_app.core.chat import Chat
    from tui_app.core.conversation import Turn


class Office:
    """Endpoints, keys, queue, history and models as chats need them; `clock` tells wall-clock seconds."""

    def __init__(
        self,
        endpoints: Endpoints,
        targets: Targets,
        desk: Desk,
        history: History,
        *,
        vision: Vision,
        clock: Callable[[], float],
    ) -> None:
        self.endpoints, self.targets, self.desk, self.history = endpoints, targets, desk, history
        self.vision, self.clock = vision, clock
        self.running: dict[int, Chat] = {}
        self.sending: set[Chat] = set()
        """Chats whose prompt is not a turn yet; one may have no id before it is."""
        self.heard: list[Callable[[Chat, Turn], None]] = []

    def ended(self, chat: Chat, turn: Turn) -> None:
        """Tell whoever wants to hear it that a turn has ended."""
        for hear in tuple(self.heard):
            hear(chat, turn)

    def opened(self, chat: Chat) -> None:
        """Remember a chat by its id, so that it is opened once."""
        self.running[chat.conversation.id] = chat

    async def note(self, inference_id: str, error: InfertermError | None) -> None:
        """Remember how an endpoint does; where that cannot be kept, it is not worth an answer."""
        with suppress(InfertermError):
            if error:
                await self.failed(inference_id, error)
            else:
                await self.succeeded(inference_id)

    async def failed(self, inference_id: str, error: InfertermError) -> None:
        """Remember an endpoint's last error."""
        refused = isinstance(error, ServiceRefused) and error.refusal.status == 401
        news = {"key_refused": True} if refused else {}
        await self.endpoints.note(inference_id, failed_at=self.clock(), error=str(error), **news)

    async def succeeded(self, inference_id: str) -> None:
        """Remember that the endpoint's key is taken."""
        await self.endpoints.note(inference_id, key_refused=False)
