"""A conversation as Markdown, for people: the turns on the way to where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tui_app.core.answer_words import facts
from tui_app.core.attachments import facts as facts_of
from tui_app.core.conversation import Block, Conversation, Settings, Turn
from tui_app.core.text import one_line


def markdown(conversation: Conversation) -> str:
    """Title, settings, and each prompt with its answer, its model, tokens, cost and times."""
    return "\n".join(_lines(conversation)).rstrip() + "\n"


def _lines(talk: Conversation) -> Iterator[str]:
    yield f"# {one_line(talk.title, limit=200) or 'A conversation'}"
    yield ""
    yield f"- endpoint: {talk.endpoint}"
    yield f"- from {_moment(talk.created_at)} to {_moment(talk.updated_at)}"
    for words in _settings(talk.settings):
        yield f"- {words}"
    for turn in talk.turns:
        yield from _turn(turn)


def _settings(settings: Settings) -> Iterator[str]:
    for name, value in settings.overrides().items():
        yield f"{name}: {value:g}" if isinstance(value, float) else f"{name}: {value}"
    if settings.without:
        yield f"not sent: {', '.join(settings.without)}"
    if settings.system.strip():
        yield "system prompt:"
        yield ""
        yield from (f"  > {line}" for line in settings.system.splitlines())


def _turn(turn: Turn) -> Iterator[str]:
    yield ""
    yield f"## Prompt, {_moment(turn.asked_at)}"
    yield ""
    yield turn.prompt
    yield ""
    for each in turn.attachments:
        name = each.name.replace("`", "'")
        yield f"- attached: `{name}` ({facts_of(each)})"
    if turn.attachments:
        yield ""
    yield f"## Answer of {one_line(turn.answer.model or turn.model)}"
    yield ""
    for block in turn.answer.blocks:
        yield from _block(block)
    if turn.answer.error:
        yield f"**{turn.answer.outcome}:** {one_line(turn.answer.error, limit=400)}"
        yield ""
    yield f"*{' · '.join(facts(turn, free=False))}*"


def _block(block: Block) -> Iterator[str]:
    if block.kind == "text":
        yield block.text
    else:
        yield f"<details><summary>{one_line(block.kind)}</summary>"
        yield ""
        yield block.text or "(nothing that can be read)"
        yield ""
        yield "</details>"
    yield ""


def _moment(seconds: float) -> str:
    """A moment in the clock of this machine; a number that is none stays one."""
    try:
        return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "seconds")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:g}"
