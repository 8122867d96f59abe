"""What a batch will take, before it is asked: tokens and dollars."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tui_app.core.batch_items import Item
from tui_app.core.counts import counted
from tui_app.core.endpoint import Endpoint
from tui_app.core.jsons import JsonValue
from tui_app.core.models import known

_CHARS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """What so many requests will take: tokens in (estimated) and out (at most), US dollars if known."""

    requests: int
    tokens_in: int
    tokens_out: int
    least: float | None
    most: float | None


def estimate(items: Sequence[Item], endpoint: Endpoint) -> Estimate:
    """What these items will take, at four characters a token and with answers as long as may be."""
    tokens_in = tokens_out = 0
    for item in items:
        body = item.request.body(endpoint)
        tokens_in += math.ceil(len(json.dumps(body.get("messages"), ensure_ascii=False)) / _CHARS_A_TOKEN)
        tokens_in += math.ceil(len(str(body.get("system", ""))) / _CHARS_A_TOKEN)
        tokens_out += _whole(body.get("max_tokens"))
    model = known(endpoint.model)
    if model is None:
        return Estimate(len(items), tokens_in, tokens_out, None, None)
    least = tokens_in * model.price.input / 1e6
    return Estimate(len(items), tokens_in, tokens_out, least, least + tokens_out * model.price.output / 1e6)


def estimate_words(told: Estimate, *, free: bool = False) -> str:
    """An estimate in words; `free` is for the sandbox."""
    tokens = f"about {told.tokens_in:,} tokens in, at most {told.tokens_out:,} out"
    if told.least is None or told.most is None:
        price = "the price of this model is not known"
    else:
        price = f"about {dollars(told.least)} for what goes in, {dollars(told.most)} at most"
    if free:
        price = f"the sandbox costs nothing (elsewhere {price})"
    return f"{counted(told.requests, 'request')}, {tokens}: {price}"


def dollars(amount: float) -> str:
    """An amount of US dollars with as many places as say something."""
    if amount >= 1:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if amount >= 0.001 else f"${amount:.6f}"


def _whole(value: JsonValue) -> int:
    return int(value) if isinstance(value, int | float) else 0
