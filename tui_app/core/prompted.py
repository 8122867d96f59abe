"""Kept prompts on their way into a chat: what was said before, what is asked, how the answer begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from tui_app.core.conversation import Answer, Block, Outcome, Settings, Turn
from tui_app.core.errors import InvalidRequest
from tui_app.core.models import takes_lead
from tui_app.core.templates import Said, Template

_IN_WORDS: Final = "Begin your answer with exactly this, and go on from there:"


@dataclass(frozen=True, slots=True)
class Opening:
    """A filled-in prompt as a chat takes it: turns that were said before, what is asked now, its lead."""

    said: tuple[tuple[str, str], ...]
    prompt: str
    lead: str
    settings: Settings

    def fits(self, system: str) -> bool:
        """Whether a chat with this system prompt can take it: it is then nothing but what is asked."""
        own = self.settings.system.strip()
        return not self.said and not self.lead and own in {"", system.strip()}

    def turns(self, endpoint: str, at: float) -> tuple[Turn, ...]:
        """What was said before as turns that nobody was asked: their model is empty."""
        return tuple(
            Turn(number, prompt, at, endpoint, "", _written(answer), parent=number - 1)
            for number, (prompt, answer) in enumerate(self.said, 1)
        )


def opening(template: Template) -> Opening:
    """The filled-in prompt as a chat takes it. Raises InvalidRequest where it asks nothing."""
    said = list(_joined(template.turns))
    lead = template.lead
    if lead:
        said.pop()
    if not said or said[0].role != "user":
        raise InvalidRequest("the first turn must be the user's", "Correct the prompt's file.")
    if said[-1].role != "user":
        raise InvalidRequest("the prompt is empty", "Type what the model is to answer.")
    pairs = tuple((said[at].text, said[at + 1].text) for at in range(0, len(said) - 1, 2))
    return Opening(pairs, said[-1].text, lead, Settings(template.system))


def refuses_lead(template: Template, model: str) -> str:
    """What is wrong with sending it to a model, empty if nothing: it may not take a last assistant turn."""
    if not template.lead or takes_lead(model):
        return ""
    return f"{model} refuses a prompt that ends with the assistant's turn (HTTP 400)"


def without_lead(template: Template) -> Template:
    """The same without the beginning of its answer."""
    return replace(template, turns=template.turns[:-1]) if template.lead else template


def lead_in_words(template: Template) -> Template:
    """The same with the beginning of its answer asked for by the user, which every model takes."""
    if not template.lead:
        return template
    *before, last = template.turns[:-1]
    asked = Said(last.role, f"{last.text.rstrip()}\n\n{_IN_WORDS}\n{template.lead}")
    return replace(template, turns=(*before, asked))


def _joined(turns: tuple[Said, ...]) -> Iterator[Said]:
    """The turns, those of one role that follow one another made one, as the service does."""
    pending: Said | None = None
    for turn in turns:
        if not turn.text.strip():
            continue
        if pending and pending.role == turn.role:
            pending = Said(turn.role, f"{pending.text}\n\n{turn.text}")
            continue
        if pending:
            yield pending
        pending = turn
    if pending:
        yield pending


def _written(text: str) -> Answer:
    return Answer(Outcome.COMPLETE, (Block("text", text, {"type": "text", "text": text}),))
