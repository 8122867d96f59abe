"""The app's way to the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.app import App

if TYPE_CHECKING:
    from tui_app.core.inference import Inference


@runtime_checkable
class InChat(Protocol):
    """A screen that is about a conversation."""

    @property
    def conversation_id(self) -> int:
        """The conversation's id, 0 before anything is kept of it."""


class CountingApp(App[None]):
    """Shows the totals over whatever is shown."""

    @property
    def inference(self) -> Inference:
        """What every screen talks to."""
        raise NotImplementedError

    async def action_totals(self) -> None:
        """Show the totals, of the chat at hand if there is one; the same key goes back."""
        from tui_app.ui.screens.totals import TotalsScreen

        if isinstance(self.screen, TotalsScreen):
            self.screen.dismiss(None)
            return
        chat = self.screen.conversation_id if isinstance(self.screen, InChat) else 0
        await self.push_screen(TotalsScreen(self.inference, chat or None))
