"""A month of requests for a picture."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from tui_app.core.receipts import Receipt

_ENDPOINTS: Final = (
    ("prod-summaries", "claude-sonnet-5-5", 0.45),
    ("release-notes", "claude-haiku-5-5", 0.3),
    ("review-bot", "claude-opus-5-5", 0.7),
    ("our-own", "qwen3-32b", 0.25),
)
_ERRORS: Final = ("rate_limit_error", "rate_limit_error", "overloaded_error", "network", "cut")


def a_month(now: float) -> Iterator[Receipt]:
    """Requests of the 30 days before `now`: fewer at weekends, a few of them failed."""
    chance = random.Random(11)
    for day in range(30):
        for _ in range(chance.randrange(2, 9) if day % 7 in {2, 3} else chance.randrange(20, 60)):
            endpoint, model, first = chance.choice(_ENDPOINTS)
            error = chance.choice(_ERRORS) if chance.random() < 0.03 else ""
            yield Receipt(
                now - day * 86_400 - chance.random() * 30_000,
                endpoint,
                model,
                source=chance.choice(("chat", "ask", "batch", "serve")),
                conversation_id=chance.choice((1, 2, 3, None)),
                outcome="failed" if error else "complete",
                error=error,
                retried="overloaded_error" if chance.random() < 0.02 else "",
                input_tokens=chance.randrange(200, 9_000),
                output_tokens=0 if error else chance.randrange(40, 1_200),
                cache_read_input_tokens=chance.choice((0, 0, 4_000)),
                told=error != "cut",
                first_token_s=None if error else first * chance.lognormvariate(0, 0.5),
                streamed_s=None if error else chance.uniform(2, 12),
            )
