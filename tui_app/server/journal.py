"""The latest requests, for people to look at; in memory only, and bounded."""

from __future__ import annotations

import itertools
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from tui_app.core.java_text import masked
from tui_app.core.served import ServedRequest, ServedState

_KEPT: Final = 200
BODY_MAX: Final = 16 * 1024
"""Characters of a body that are kept."""
_QUIET: Final = frozenset({ServedState.ANSWERED, ServedState.REFUSED, ServedState.LEFT})


class Journal:
    """Remembers requests as frozen values; who subscribed is told of every change."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._ids = itertools.count(1)
        self._requests: OrderedDict[int, ServedRequest] = OrderedDict()
        self._listeners: list[Callable[[], None]] = []

    def requests(self) -> tuple[ServedRequest, ...]:
        """The latest requests, oldest first."""
        return tuple(self._requests.values())

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` at every change; returns what ends it, once."""
        self._listeners.append(changed)

        def end() -> None:
            if changed in self._listeners:
                self._listeners.remove(changed)

        return end

    def announce(self) -> None:
        """Tell everybody that something changed."""
        for changed in tuple(self._listeners):
            changed()

    def begin(self, method: str, path: str) -> Entry:
        """Note a new request; the oldest is forgotten for it."""
        request = ServedRequest(next(self._ids), method, _cut(str(masked(path)), 500), self._clock())
        self._requests[request.id] = request
        while len(self._requests) > _KEPT:
            self._requests.popitem(last=False)
        self.announce()
        return Entry(self, request)

    def keep(self, request: ServedRequest) -> None:
        """Put a request's new state in the place of its old one, if it is still remembered."""
        if request.id in self._requests:
            self._requests[request.id] = request
            self.announce()


class Entry:
    """One request's line in the journal, while it is written."""

    def __init__(self, journal: Journal, request: ServedRequest) -> None:
        self._journal, self._now = journal, request
        self._began = time.perf_counter()

    def note(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of ServedRequest
        """Change some of the fields."""
        self._now = replace(self._now, **changes)
        self._journal.keep(self._now)

    def note_response(self, piece: str) -> None:
        """Append to the response's body, as far as there is room."""
        room = BODY_MAX - len(self._now.response)
        if room > 0:
            self.note(response=self._now.response + _cut(str(masked(piece)), room))

    def note_request(self, text: str) -> None:
        """Keep the request's body; the caller has masked what is in it by its name."""
        self.note(request=_cut(str(masked(text)), BODY_MAX))

    def end(self) -> None:
        """Note how long it took; a request that was not answered was left by its client."""
        state = self._now.state if self._now.state in _QUIET else ServedState.LEFT
        self.note(took_s=time.perf_counter() - self._began, state=state)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
