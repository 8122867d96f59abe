"""What every part of a plain chat stands on: who speaks, the chat that is followed, and what is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_app.cli.plain_input import LineReader
    from tui_app.cli.plain_voice import Voice
    from tui_app.cli.plain_ways import Way
    from tui_app.core.chat import Chat
    from tui_app.core.endpoint import Endpoint
    from tui_app.core.inference import Inference
    from tui_app.wiring import Workbench


class PlainSession:
    """The session as its parts know it; `endpoint` answers in `chat`."""

    bench: Workbench
    inference: Inference
    voice: Voice
    reader: LineReader
    chat: Chat
    endpoint: Endpoint

    def show(self, chat: Chat) -> None:
        """Follow a conversation from now on."""
        raise NotImplementedError

    def offer(self, ways: Sequence[Way], about: str) -> None:
        """Say what there is to choose, by numbers."""
        raise NotImplementedError

    async def introduce(self) -> None:
        """Say who answers, in which conversation, and what is left."""
        raise NotImplementedError

    async def leave_it(self) -> None:
        """Say that what was to go stays."""
        self.voice.say("It stays.")
