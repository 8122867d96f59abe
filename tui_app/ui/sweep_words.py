"""What a sweep will take, in words: what was asked before, how many requests, what they cost, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import date
from typing import Final

from textual.content import Content

from tui_app.core.batch_items import Item
from tui_app.core.batch_reuse import STILL_AT_WORK, Outlook
from tui_app.core.batches import Batches
from tui_app.core.durations import span
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import LedgerFailed
from tui_app.core.forecast import clock_time
from tui_app.core.sweeps import Sweep, before_words, doubts, factors, price_words

_DOUBTS: Final = 3


async def taking(batches: Batches, sweep: Sweep, ahead: Sequence[Outlook], known: int) -> Content:
    """What is doubtful, how many of all requests are `known`, and what those that are left will take.

    Raises what finding the key raises.
    """
    asked, left = sweep.asked, [each.left for each in ahead]
    price, doubtful = await asyncio.to_thread(_weighed, ahead, left, asked)
    lines = [Content.styled(f"! {each}", "$text-warning") for each in doubtful]
    if (more := len(lines) - _DOUBTS) > 0:
        lines[_DOUBTS:] = [Content.styled(f"! and {more} more", "$text-warning")]
    if any(each.rivalled for each in ahead):
        lines.append(Content.styled(f"! {STILL_AT_WORK}", "$text-warning"))
    anew = any(each.anew for each in ahead)
    if before := before_words(known, sum(len(each.rows) for each in ahead), anew=anew):
        lines.append(Content.styled(before, "$text-success"))
    if any(left):
        words = "Left" if before and not anew else factors(sweep)
        lines += [Content(f"{words}: {price}"), await _when(batches, asked, ahead)]
    return Content("\n").join(lines)


async def _when(batches: Batches, asked: Sequence[Endpoint], ahead: Sequence[Outlook]) -> Content:
    """When the last of what is left starts, behind all that runs already."""
    counts = [
        (endpoint, 0 if each.batch and each.batch.id in batches.begun else len(each.left))
        for endpoint, each in zip(asked, ahead, strict=True)
    ]
    try:
        last = await batches.last_starts_in(counts)
    except LedgerFailed as error:
        return Content.styled(f"! When it is done cannot be told: {error}", "$text-warning")
    at = clock_time(time.time(), last)
    when = f"the last starts at {at}, in {span(last)}" if last > 0 else "all may start at once"
    limits = ", ".join(dict.fromkeys(f"{each.limit:,} a minute" for each in asked))
    return Content(f"At {limits} {when}; done one answer later.")


def _weighed(
    ahead: Sequence[Outlook], left: Sequence[Sequence[Item]], asked: Sequence[Endpoint]
) -> tuple[str, tuple[str, ...]]:
    """What the rest costs, and what is doubtful in the plans: both go through every request."""
    return price_words(left, asked), tuple(doubts([each.plan for each in ahead], asked, date.today()))
