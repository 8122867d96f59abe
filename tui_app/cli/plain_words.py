"""Conversations and turns of a plain chat in lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_app.core.attachments import facts
from tui_app.core.conversation import ConversationEntry, Outcome, Turn
from tui_app.core.counts import counted
from tui_app.core.findings import Hit
from tui_app.core.text import one_line
from tui_app.core.verdicts import verdict_of

_TITLE = 70


def kept_words(title: str, turns: int) -> str:
    """A conversation by its title and length."""
    return f"{one_line(title, limit=_TITLE) or 'Without a title'}, {counted(turns, 'turn')}"


def entry_words(entry: ConversationEntry) -> str:
    """A conversation as a list names it."""
    pinned = "pinned: " if entry.pinned else ""
    return f"{pinned}{kept_words(entry.title, entry.turns)} with {entry.endpoint}"


def hit_words(hit: Hit) -> str:
    """A find by its conversation and the words round it."""
    excerpt = one_line("".join(piece for piece, _ in hit.excerpt), limit=120)
    return f"{one_line(hit.title, limit=_TITLE)} with {hit.endpoint}, in the {hit.where}: {excerpt}"


def short_turn(turn: Turn) -> str:
    """A turn by the beginning of its prompt, and how it stands."""
    words = one_line(turn.prompt, limit=_TITLE) or turn.message.title
    found = verdict_of(turn.answer)
    which = f", version {turn.versions.index(turn.id) + 1} of {len(turn.versions)}" if turn.versions else ""
    return f"{words}{which}{f', {one_line(found.words, limit=_TITLE)}' if found else ''}"


def turn_lines(turns: Sequence[Turn]) -> Iterator[str]:
    """Turns, the earliest first."""
    for turn in turns:
        yield f"you: {turn.prompt}".rstrip()
        yield from (f"attached: {each.name}, {facts(each)}" for each in turn.attachments)
        yield from answer_lines(turn)


def answer_lines(turn: Turn) -> Iterator[str]:
    """An answer, and how it ended where that was not well."""
    answer = turn.answer
    yield f"{one_line(answer.model or turn.model)}: {answer.text.rstrip()}".rstrip()
    if answer.outcome is Outcome.RUNNING:
        yield "This answer comes in another terminal."
    elif found := verdict_of(answer):
        yield from filter(None, (found.words, found.more))
