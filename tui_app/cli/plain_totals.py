"""What a plain chat says of totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_app.cli.plain_session import PlainSession
from tui_app.core.totals import By
from tui_app.core.totals_words import errors_words, group_words, sum_lines

if TYPE_CHECKING:
    from tui_app.core.sums import Sum


class PlainTotals(PlainSession):
    """Saying what was asked, in this chat and everywhere."""

    async def do_totals(self, rest: str) -> None:
        """Say what this chat came to; with a span, what all requests of that span came to, by endpoint."""
        if not rest:
            total = await self.inference.totals.chat(self.chat.conversation.id)
            self.voice.say(*_lines("This chat", total))
            return
        report = await self.inference.totals.report(By.ENDPOINT, rest)
        self.voice.say(*_lines(f"All requests, {rest}", report.total))
        for group in report.groups if len(report.groups) > 1 else ():
            self.voice.say(*_lines(group_words(group, By.ENDPOINT), group.sum))


def _lines(name: str, total: Sum) -> list[str]:
    if not total.requests:
        return [f"{name}: nothing was asked yet."]
    errors = errors_words(total)
    return [f"{name}: {'; '.join(sum_lines(total))}.", *([f"Errors: {errors}."] if errors else [])]
