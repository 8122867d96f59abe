"""Refusals of bodies that Elasticsearch's object parser reads, in its words for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tui_app.core.characters import mended
from tui_app.core.elastic_errors import ARGUMENT, PARSE, Refused, refused
from tui_app.core.text import one_line

UNFIT: Final = "unfit"
"""The type of a pydantic error whose message says why a value cannot be parsed."""

_CHAT: Final = "UnifiedCompletionRequest"
_PARSERS: Final = {
    ("messages",): "Message",
    ("messages", "tool_calls"): "ToolCall",
    ("messages", "tool_calls", "function"): "tool_call_function_field",
    ("messages", "reasoning_details"): "ReasoningDetail",
    ("tool_choice",): "ToolChoiceObject",
    ("tool_choice", "function"): "tool_choice_function_field",
    ("tools",): "Tool",
    ("tools", "function"): "tool_function_field",
    ("reasoning",): "Reasoning",
}
"""What Elasticsearch calls the parser of each object within a chat, by the object's path."""


def refusal_of(error: ValidationError, where: Callable[[str], str], parser: str = _CHAT) -> Refused:
    """The first problem of a failed parse; what is missing comes last, as it is noticed last.

    `where` gives line and column of a member of the body, as `1:2`; `parser` is that of the whole body.
    """
    found = min(
        error.errors(include_url=False, include_context=False), key=lambda item: item["type"] == "missing"
    )
    path = tuple(_word(part) for part in found["loc"] if isinstance(part, str))
    outer = [f"{_failed(path, at, parser)}: " for at in range(len(path) - 1)]
    words = "".join(outer) + _words(found, path, parser)
    if found["type"] == "missing" and not outer:
        return refused(words, kind=ARGUMENT)
    return refused(f"[{where(str(found['loc'][0]) if found['loc'] else '')}] {words}", kind=PARSE)


def token_of(value: object) -> str:
    """The name of a JSON value's first token, in Elasticsearch's words."""
    match value:
        case None:
            return "VALUE_NULL"
        case bool():
            return "VALUE_BOOLEAN"
        case int() | float():
            return "VALUE_NUMBER"
        case str():
            return "VALUE_STRING"
        case Sequence():
            return "START_ARRAY"
    return "START_OBJECT"


def _words(found: ErrorDetails, path: tuple[str, ...], root: str) -> str:
    if not path:
        return f"[{root}] Expected START_OBJECT but was: {token_of(found['input'])}"
    parser = _parser(path[:-1], root)
    if found["type"] == "missing":
        return f"Required [{path[-1]}]"
    if found["type"] == "extra_forbidden":
        return f"[{parser}] unknown field [{path[-1]}]"
    if found["type"] == UNFIT:
        return f"{_failed(path, len(path) - 1, root)}: {found['msg']}"
    return f"[{parser}] {path[-1]} doesn't support values of type: {token_of(found['input'])}"


def _failed(path: tuple[str, ...], at: int, root: str) -> str:
    return f"[{_parser(path[:at], root)}] failed to parse field [{path[at]}]"


def _parser(path: tuple[str, ...], root: str) -> str:
    return _PARSERS.get(path, path[-1]) if path else root


def _word(part: str) -> str:
    """A name that a stranger chose, short and in characters that can be sent."""
    return mended(one_line(part, limit=80))
