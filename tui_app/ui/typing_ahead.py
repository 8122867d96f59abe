"""Typing ahead: a key waits until the one before it has had its effect, and goes where that led.

A terminal sends at once what is typed, but a key may open a screen, and that takes its time. Handed on as
they come, the letters of a prompt would be commands of the list that is still shown.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakSet

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import NoActiveWorker, Worker, WorkerCancelled, WorkerFailed, get_current_worker

TICK_S: Final = 0.25
"""How often it is seen to that nothing waits for ever; time in which the app stands still counts as one."""
PATIENCE: Final = 12
"""Ticks that keys wait for a command that has not opened anything yet."""
ESCAPE: Final = 2
"""Ticks that they do once Esc is among them."""
_ROUNDS: Final = 3
"""How often a message must have come up from the focus before all that a key set off has happened."""


async def ended(node: DOMNode, *groups: str) -> None:
    """Wait until the workers of a node that are of these groups have ended, however they do."""
    for worker in [each for each in node.workers if each.node is node and each.group in groups]:
        with suppress(WorkerFailed, WorkerCancelled):
            await worker.wait()


class Interlude:
    """Mixed into a screen that only bridges a wait: Esc is meant for it, other keys for what follows."""


class TypeAheadApp(App[None]):
    """An app in which no key overtakes another, and none reaches a place that it was not typed for.

    A worker named `action_…` may lead to another screen: keys wait until it has, or until it ends.
    """

    class Looked(Message):
        """Comes up from the focus behind all that was set off there before."""

        def __init__(self, place: tuple[Screen[Any], Widget | None], rounds: int) -> None:
            super().__init__()
            self.place, self.rounds = place, rounds

    keeps_keys = False
    """Whether keys are to wait, however long it takes."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Key | Paste] = deque()
        self._look: TypeAheadApp.Looked | None = None
        self._led: WeakKeyDictionary[Screen[Any], Worker[Any]] = WeakKeyDictionary()
        self._waited: WeakKeyDictionary[Worker[Any], int] = WeakKeyDictionary()
        self._followed: WeakSet[Worker[Any]] = WeakSet()
        self._forgone: WeakSet[Worker[Any]] = WeakSet()
        self._seen: TypeAheadApp.Looked | None = None
        self._ticking: Timer | None = None

    async def on_mount(self) -> None:
        self.screen_change_signal.subscribe(self, self._note_screen, immediate=True)

    async def on_event(self, event: Event) -> None:
        """Hand a key or a paste on, now or when its turn comes."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif (self._look or self._typed or self.keeps_keys) and not self._is_urgent(event):
            self._typed.append(event)
            self._begin_ticking()
        else:
            await self._hand_on(event)

    async def _hand_on(self, event: Key | Paste) -> None:
        """Let a key have its effect; text for what has the focus sets off nothing to wait for."""
        is_text = self._is_text(event)
        await super().on_event(event)
        if not is_text:
            self.look_around()

    def _is_text(self, event: Key | Paste) -> bool:
        if isinstance(event, Paste):
            key, character = "a", "a"
        elif "+" in event.key:
            return False
        else:
            key, character = event.key, event.character or ""
        return self.focused is not None and bool(character) and self.focused.check_consume_key(key, character)

    def _is_urgent(self, event: Key | Paste) -> bool:
        if isinstance(event, Paste) or event.is_printable:
            return False
        if event.key == "escape":
            return isinstance(self.screen, Interlude)
        active = self.screen.active_bindings.get(event.key)
        found = [*self._bindings.key_to_bindings.get(event.key, ()), *([active.binding] if active else ())]
        return event.key == "ctrl+c" or any(binding.action.endswith("quit") for binding in found)

    def look_around(self, rounds: int = 1) -> None:
        """Let keys wait until everything has happened that was set off where the person is."""
        if not self.screen_stack:  # the app is being closed
            return
        place = (self.screen, self.focused)
        self._look = self.Looked(place, rounds)
        if not (self.focused or self.screen).post_message(self._look):
            self.post_message(self._look)

    async def on_type_ahead_app_looked(self, event: Looked) -> None:
        """Look again where more may come, else hand the next keys on."""
        if event is not self._look or not self.screen_stack:
            return
        if working := self._at_work():
            for worker in working:
                self._follow(worker)
        elif event.place != (self.screen, self.focused):
            self.look_around()
        elif event.rounds < _ROUNDS:
            self.look_around(event.rounds + 1)
        else:
            self._look = None
            while self._typed and self._look is None and not self.keeps_keys:
                await self._hand_on(self._typed.popleft())

    def _at_work(self) -> list[Worker[Any]]:
        """The commands that may open something yet, and have not taken too long for it."""
        places = [screen for screen in self.screen_stack if not isinstance(screen, Interlude)]
        waiting = {self._led.get(screen) for screen in places} | set(self._forgone)
        running = (worker for worker in self.workers if worker.name.startswith("action_"))
        return [worker for worker in running if not worker.is_finished and worker not in waiting]

    def _follow(self, worker: Worker[Any]) -> None:
        self._begin_ticking()
        if worker not in self._followed:
            self._followed.add(worker)
            self.run_worker(self._until_ended(worker), group="typing ahead")

    async def _until_ended(self, worker: Worker[Any]) -> None:
        with suppress(WorkerFailed, WorkerCancelled):
            await worker.wait()
        self.look_around()

    def _note_screen(self, screen: Screen[Any]) -> None:
        """A screen came or went: note who opened it, and let keys wait until it is seen."""
        if not screen.is_mounted:
            with suppress(NoActiveWorker):
                worker = self._led[screen] = get_current_worker()
                self._waited.pop(worker, None)
                self._forgone.discard(worker)
        self._look = self.Looked((screen, None), 0)
        if not screen.call_after_refresh(self.look_around):
            self.look_around()

    def _begin_ticking(self) -> None:
        if self._ticking is None:
            self._ticking = self.set_interval(TICK_S, self._tick)

    def _tick(self) -> None:
        """See to it that nothing waits for ever."""
        working, before, self._seen = self._at_work(), self._seen, self._look
        if working and not self.keeps_keys:
            hurried = any(isinstance(event, Key) and event.key == "escape" for event in self._typed)
            for worker in working:
                self._waited[worker] = self._waited.get(worker, 0) + 1
            if min(self._waited[worker] for worker in working) > (ESCAPE if hurried else PATIENCE):
                self._forgone.update(working)
                self._let_go()
                self.look_around()
        elif self._typed and self._look is before:
            self.look_around()
        elif not self._typed and self._ticking is not None:
            self._ticking.stop()
            self._ticking = None

    def _let_go(self) -> None:
        """Drop what was typed for something that does not come, but what is text here, and Esc."""
        kept = [
            event
            for event in self._typed
            if self._is_text(event) or (isinstance(event, Key) and event.key == "escape")
        ]
        if dropped := len(self._typed) - len(kept):
            keys = "1 key that was" if dropped == 1 else f"{dropped} keys that were"
            self.notify(f"Dropped {keys} typed ahead: what was asked for takes its time.", severity="warning")
        self._typed = deque(kept)
