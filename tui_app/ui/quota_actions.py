"""What a person can do with those who wait, from the quota screen."""

from __future__ import annotations

from textual.screen import Screen

from tui_app.core.inference import Inference
from tui_app.core.quota import Source, Waiting
from tui_app.ui.widgets.waiting_table import WaitingTable

_ON_WAITING = {"sooner", "later", "take_out"}
_AFTER = {
    Source.CHAT: "Nothing was sent: its chat has the prompt again.",
    Source.BATCH: "Nothing was sent: its row waits for the batch, which stops until you let it go on.",
    Source.RETRY: "It is not tried again; what was tried before stays as it was.",
}
"""What becomes of a request that is taken out, by who asked."""


class QuotaActions(Screen[None]):
    """The actions of the quota screen; each takes effect in the queue of this process."""

    inference: Inference

    @property
    def waiting(self) -> Waiting | None:
        """The request of this process under the cursor of the queue, where they are chosen."""
        raise NotImplementedError

    def refresh_budgets(self) -> None:
        """Look anew how everything stands."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        if action in _ON_WAITING:
            return self.waiting is not None and isinstance(self.focused, WaitingTable)
        return True

    def action_sooner(self) -> None:
        """Move the request one place up."""
        self._move(-1)

    def action_later(self) -> None:
        """Move the request one place down."""
        self._move(1)

    def _move(self, by: int) -> None:
        if self.waiting is not None:
            self.inference.queue.move(self.waiting.id, by)
            self.refresh_budgets()

    def action_take_out(self) -> None:
        """Take the request out of the queue."""
        waiting = self.waiting
        if waiting is None:
            return
        self.inference.queue.cancel(waiting.id)
        words = f"Taken out of the queue: no. {waiting.position}, {waiting.source} for {waiting.member}."
        after = _AFTER.get(waiting.source, "Nothing was sent; who asked is told so.")
        self.notify(f"{words}\n{after}", markup=False, timeout=6)
        self.refresh_budgets()

    def action_pause(self) -> None:
        """Let nothing of this process start, or let it go on."""
        queue = self.inference.queue
        if queue.paused:
            queue.resume()
        else:
            queue.pause()
        self.refresh_budgets()
