"""Conversations, and what a search found in them, as lines in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from tui_app.core.conversation import ConversationEntry
from tui_app.core.durations import ago
from tui_app.core.findings import Hit
from tui_app.core.text import one_line, plain

_ENDPOINT, _NARROW_ENDPOINT, _TURNS, _AGE = 24, 14, 6, 12
_NARROW: Final = 100
_LEAST_TITLE: Final = 20
_UNTITLED: Final = "(a prompt that was not sent)"
PIN: Final = "★ "


def title_of(entry: ConversationEntry) -> str:
    """A conversation's title as the list shows it."""
    return one_line(entry.title, limit=200) or _UNTITLED


def line(title: Content | str, endpoint: str, turns: str, age: str, width: int) -> Content:
    """One line of the list, in columns; numbers stand to the right."""
    second = _ENDPOINT if width >= _NARROW else _NARROW_ENDPOINT
    room = max(_LEAST_TITLE, width - second - _TURNS - _AGE - 5)
    first = title if isinstance(title, Content) else Content(title)
    cells = (first, room), (Content.styled(endpoint, "$text-muted"), second)
    left = Content("  ").join([cell.truncate(size, ellipsis=True, pad=True) for cell, size in cells])
    return Content.assemble(left, f"{turns:>{_TURNS}}", (f"  {age:>{_AGE}}", "$text-muted"))


def entry_line(entry: ConversationEntry, wall: float, width: int) -> Content:
    """A conversation as the list shows it; `wall` is the wall clock."""
    title = Content.assemble((PIN, "$accent") if entry.pinned else "", title_of(entry))
    age = ago(max(0.0, wall - entry.updated_at))
    return line(title, one_line(entry.endpoint, limit=200), str(entry.turns), age, width)


def hit_lines(hit: Hit, wall: float, width: int) -> Content:
    """What was found in a turn, under the title of its conversation."""
    title = one_line(hit.title, limit=200) or _UNTITLED
    age = ago(max(0.0, wall - hit.asked_at))
    head = line(Content.styled(title, "bold"), one_line(hit.endpoint, limit=200), "", age, width)
    styles = "$text-muted", "bold $accent underline"
    pieces = [(plain(text).replace("\n", " "), styles[found]) for text, found in _shortened(hit, width // 3)]
    found = Content.assemble((f"{hit.where:<8}", "$text-muted italic"), *pieces)
    return Content("\n").join([head, found.truncate(width, ellipsis=True)])


def name_lines(entry: ConversationEntry, wall: float, width: int) -> Content:
    """A conversation whose title or endpoint was looked for, as high as what was found in a text."""
    why = Content.styled("by title or endpoint", "$text-muted italic")
    return Content("\n").join([entry_line(entry, wall, width), why])


def _shortened(hit: Hit, lead: int) -> Sequence[tuple[str, bool]]:
    """The excerpt with at most so many characters before the first find, so that this is in sight."""
    (first, found), *rest = hit.excerpt or (("", False),)
    if found or len(first) <= lead:
        return hit.excerpt
    return (f"…{first[len(first) - lead :].partition(' ')[2] or first[-lead:]}", False), *rest
