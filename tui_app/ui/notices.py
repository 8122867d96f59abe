"""Telling a person who looks elsewhere that something long has ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.app import App
from textual.notifications import SeverityLevel

from tui_app.core.terminal_sequences import notifying, passed_through
from tui_app.core.text import one_line

if TYPE_CHECKING:
    from tui_app.core.batch_runs import Run
    from tui_app.core.batches import Batches
    from tui_app.core.chat import Chat
    from tui_app.core.conversation import Turn
    from tui_app.core.inference import Inference
    from tui_app.core.preferences import Preferences

LONG_S: Final = 10.0
"""Seconds from asking to the end of an answer that is worth a notice."""
_ENDINGS: Final = {
    "complete": "has answered",
    "stopped": "was stopped",
    "failed": "has failed",
}


class NoticingApp(App[None]):
    """Rings and notifies while the terminal says that it has no focus; silent where it never says."""

    _standing: dict[str, float] = {}  # noqa: RUF012 - replaced, never changed

    @property
    def preferences(self) -> Preferences:
        """What the person chose for the whole app."""
        raise NotImplementedError

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notification; an error that still stands there is not shown a second time."""
        now = time.monotonic()
        self._standing = {words: end for words, end in self._standing.items() if end > now}
        if severity == "error":
            if message in self._standing:
                return
            until = now + (self.NOTIFICATION_TIMEOUT if timeout is None else timeout)
            self._standing = {**self._standing, message: until}
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def notice_ends(self, inference: Inference) -> Callable[[], None]:
        """Tell the ends of long answers from now on; returns what ends that."""
        return inference.chats.on_end(self._answer_ended)

    def notice_batches(self, batches: Batches) -> Callable[[], None]:
        """Tell from now on how a batch that ran in this process stopped; returns what ends that."""
        ran: dict[int, Run] = {}

        def changed(batch_id: int, position: int = -1) -> None:
            if (run := batches.running.get(batch_id)) is not None:
                ran[batch_id] = run
            elif batch_id in ran and batch_id not in batches.begun:  # only then it is known what stopped it
                ending = "has ended" if ran.pop(batch_id).done else "was paused"
                if failed := batches.errors.get(batch_id):
                    ending = f"stopped: {one_line(str(failed), limit=80)}"
                self.tell_away(f"batch {batch_id} {ending}")

        return batches.subscribe(changed)

    def tell_away(self, words: str) -> bool:
        """Tell something, if nobody looks and a notice is wanted; True when it was told."""
        if self.app_focus or self.preferences.current.notices == "never" or self._driver is None:
            return False
        if self.is_web:
            self.bell()
        else:
            self._driver.write(passed_through(notifying("inferterm", words), os.environ) + "\a")
            self._driver.flush()
        return True

    def _answer_ended(self, chat: Chat, turn: Turn) -> None:
        if turn.answer.timing.total_s >= LONG_S:
            ending = _ENDINGS.get(turn.answer.outcome, "has ended")
            self.tell_away(f"{turn.endpoint} {ending}: {one_line(chat.title, limit=60)}")
