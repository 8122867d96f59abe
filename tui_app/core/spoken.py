"""A conversation in lines that are said one after the other, for those who hear a screen or see few of its
tricks: each change of state once, nothing drawn over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tui_app.core.answer_words import facts
from tui_app.core.chat_events import ChatEvent, Readied
from tui_app.core.conversation import Outcome, Turn
from tui_app.core.durations import span
from tui_app.core.events import BlockOpened, Opened, Queued, Retrying, Sent, TextDelta, ThinkingDelta
from tui_app.core.text import brief, one_line
from tui_app.core.verdicts import verdict_of

WORTH_SAYING_S: Final = 1.0
"""A shorter wait for the quota is not mentioned."""
_LINE: Final = 400


class Telling:
    """What is said of one reply as it comes; `alone` tells why only this process is counted, if it is."""

    def __init__(self, alone: Callable[[], str] = str) -> None:
        self._alone, self._alone_said = alone, False
        self._waiting: tuple[int, int, str] | None = None
        self._sent, self._thinking = 0, False

    def of(self, event: ChatEvent) -> Iterator[str]:
        """The lines that an event is worth; text of the answer is none of them."""
        if isinstance(event, Queued | Sent) and not self._alone_said and (why := self._alone()):
            self._alone_said = True
            yield f"under this process's own limit, others are not counted: {_line(why)}"
        match event:
            case Readied(waits=True):
                yield "asking whether the model takes images"
            case Queued():
                yield from self._queued(event)
            case Retrying(reason, delay, attempt, attempts, queued):
                head = ", first in the queue" if queued else ""
                self._waiting = None
                yield f"retrying: attempt {attempt} of {attempts} in {span(delay)}{head}: {_line(reason)}"
            case Sent(attempt) if attempt != self._sent:
                self._sent, self._waiting = attempt, None
                yield "sent" if attempt == 1 else f"sent again, attempt {attempt}"
            case Opened(model):
                yield f"{one_line(model)} answers:"
            case ThinkingDelta() if not self._thinking:
                self._thinking = True
                yield "thinking"
            case BlockOpened(_, "tool_use", raw):
                yield f"the model asks for the tool {one_line(raw.get('name'))}"

    def _queued(self, event: Queued) -> Iterator[str]:
        state = (event.position, event.attempt, event.reason)
        if state == self._waiting or (event.expected_in_s < WORTH_SAYING_S and not event.reason):
            return
        self._waiting, self._sent = state, 0
        why = f": {_line(event.reason)}" if event.reason else ""
        yield f"queued, place {event.position}, expected to start in about {span(event.expected_in_s)}{why}"


def text_of(event: ChatEvent) -> str:
    """The text that an event brings of the answer proper."""
    match event:
        case TextDelta(_, text):
            return text
        case BlockOpened(_, "text", {"text": str(text)}):
            return text
        case _:
            return ""


def ending(turn: Turn, *, free: bool) -> Iterator[str]:
    """What is said when a turn has ended; `free` is for the sandbox."""
    if turn.answer.outcome is Outcome.RUNNING:
        return
    if found := verdict_of(turn.answer):
        head = "failed: " if found.kind == "failed" else ""
        yield from f"{head}{found.words}".splitlines()
        yield from found.more.splitlines()
    else:
        yield "the answer is whole"
    yield ", ".join(facts(turn, free=free))


def _line(text: str) -> str:
    return one_line(brief(text), limit=_LINE)
