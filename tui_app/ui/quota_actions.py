"""What a person can do with those who wait, from the quota screen."""

from __future__ import annotations

from textual.screen import Screen

from tui_app.core.inference import Inference
from tui_app.core.quota import Source, Waiting
from tui_app.ui.widgets.key_bar import key_of
from tui_app.ui.widgets.waiting_table import WaitingTable

_ON_WAITING = {"sooner", "later", "take_out"}
_AFTER = {
    Source.CHAT: "its chat has the prompt again",
    Source.BATCH: "its row waits for the batch, which stops until you let it go on",
    Source.RETRY: "it is not tried again, and what was tried before stays as it was",
}
"""What becomes of a request that is taken out for good, by who asked."""


class QuotaActions(Screen[None]):
    """The actions of the quota screen; each takes effect in the queue of this process."""

    inference: Inference
    taken_out: Waiting | None = None
    """The request that was taken out last, as long as it can be put back."""

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
        if action == "put_back":
            return self.taken_out is not None
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
        """Take the request out of the queue; it can be put back until the next one is, or one leaves."""
        waiting = self.waiting
        if waiting is None:
            return
        self.let_go()
        self.inference.queue.set_aside(waiting.id)
        self.taken_out = waiting
        words = f"Taken out of the queue: no. {waiting.position}, {waiting.source} for {waiting.member}."
        after = _AFTER.get(waiting.source, "who asked is told so")
        back = f"{key_of(self, 'quota.put_back')} puts it back in its place.\nOnce you leave, {after}."
        self.notify(f"{words}\n{back}", markup=False, timeout=8)
        self.refresh_budgets()
        self.refresh_bindings()

    def action_put_back(self) -> None:
        """Let what was taken out last wait again in its old place."""
        if self.taken_out is not None:
            self.inference.queue.put_back(self.taken_out.id)
            self.taken_out = None
            self.notify("Put back in its place in the queue.")
            self.refresh_budgets()
            self.refresh_bindings()

    def let_go(self) -> None:
        """Let whoever asked for what was taken out know that it is not sent."""
        if self.taken_out is not None:
            self.inference.queue.cancel(self.taken_out.id)
            self.taken_out = None

    def action_pause(self) -> None:
        """Let nothing of this process start, or let it go on."""
        queue = self.inference.queue
        if queue.paused:
            queue.resume()
        else:
            queue.pause()
        self.refresh_budgets()
