"""An estimate of tokens that agrees with itself: the pieces of a text, and the size of a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from tui_app.sandbox.blocks import (
    AnyBlock,
    ImageBlock,
    RedactedThinkingBlock,
    TextBlock,
    ThinkingBlock,
)
from tui_app.sandbox.models import find
from tui_app.sandbox.pictures import picture
from tui_app.sandbox.requests import CountRequest

_PIECE: Final = re.compile(r" ?[^\W\d_]{1,7}| ?\d{1,3}| ?[^\w\s]{1,2}|\s+|.", re.DOTALL)
_PER_TURN: Final = 4
_PER_TOOL: Final = 12
_MOST_OF_A_FILE: Final = 1_600


def pieces(text: str) -> list[str]:
    """Split a text into what counts as a token each; joined they are the text again."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """Count the tokens of a text."""
    return sum(1 for _ in _PIECE.finditer(text))


def count_input(request: CountRequest) -> int:
    """Count the input tokens of a request: turns, system prompt, tools and output format."""
    model = find(request.model)
    fine = model is None or not model.takes_sampling
    total = sum(_PER_TURN + _blocks(turn.content, fine) for turn in request.messages)
    total += _blocks(request.system or (), fine)
    for tool in request.tools or ():
        total += _PER_TOOL + _json(tool.model_dump(exclude_none=True))
    if request.output_config and request.output_config.format:
        total += _json(request.output_config.format.schema_of_output)
    return total


def _blocks(blocks: Iterable[AnyBlock], fine: bool) -> int:
    return sum(_block(block, fine) for block in blocks)


def _block(block: AnyBlock, fine: bool) -> int:
    if isinstance(block, TextBlock):
        return count(block.text)
    if isinstance(block, ThinkingBlock):
        return count(block.thinking)
    if isinstance(block, RedactedThinkingBlock):
        return len(block.data) // 16
    if isinstance(block, ImageBlock) and (found := picture(block)):
        return found.tokens(fine=fine)
    source = getattr(block, "source", None)
    if isinstance(source, dict):
        return min(_MOST_OF_A_FILE, len(str(source.get("data", ""))) // 4) + _PER_TOOL
    return _json(block.model_dump(exclude_none=True, exclude={"cache_control"}))


def _json(value: object) -> int:
    return count(json.dumps(value, ensure_ascii=False, default=str))
