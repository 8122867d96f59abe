"""How an answer ended, as a line of the chat."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from tui_app.core.conversation import Answer
from tui_app.core.verdicts import verdict_of

_LOOKS: Final = {
    "stopped": ("■", "$text-muted"),
    "failed": ("✗", "$text-error"),
    "doubtful": ("!", "$text-warning"),
}


def verdict(answer: Answer) -> Content:
    """What there is to say; empty when all is well."""
    found = verdict_of(answer)
    if found is None:
        return Content("")
    sign, style = _LOOKS[found.kind]
    first = Content.styled(f"{sign} {found.words}", style)
    return Content.assemble(first, f"\n  {found.more}") if found.more else first
