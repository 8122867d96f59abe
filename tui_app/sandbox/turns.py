"""What the turns of a conversation have to keep to."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from tui_app.sandbox.blocks import (
    DocumentBlock,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
)
from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.models import Model
from tui_app.sandbox.pictures import MOST_IMAGES, check_picture
from tui_app.sandbox.requests import VERSIONS, CountRequest, Message
from tui_app.sandbox.signatures import is_signed


def check_turns(request: CountRequest, model: Model, version: str, key: str) -> None:
    """Raise ApiError 400 when the turns, or what is in them, cannot be sent to this model."""
    turns = request.messages
    if not turns:
        raise ApiError(400, "messages: at least one message is required")
    _check_roles(turns, model)
    _check_content(turns)
    _check_pictures(turns)
    _check_tools(turns)
    _check_thinking(turns, key)
    if version != VERSIONS[0]:
        _check_newer_rules(turns)


def _check_roles(turns: list[Message], model: Model) -> None:
    if not model.takes_system_turns and any(turn.role == "system" for turn in turns):
        raise ApiError(
            400,
            'messages: Unexpected role "system". The Messages API accepts a top-level `system` '
            'parameter, not "system" as an input message role.',
        )
    first = next((turn.role for turn in turns if turn.role != "system"), None)
    if first != "user":
        raise ApiError(400, 'messages: first message must use the "user" role')
    if turns[-1].role != "assistant":
        return
    if not model.takes_prefill:
        raise ApiError(
            400,
            "This model does not support assistant message prefill. The conversation must end "
            "with a user message.",
        )
    if turns[-1].text != turns[-1].text.rstrip():
        raise ApiError(400, "messages: final assistant content cannot end with trailing whitespace")


def _check_content(turns: list[Message]) -> None:
    for place, turn in enumerate(turns):
        if turn.role == "assistant" and place == len(turns) - 1:
            continue
        if not turn.content or turn.content == [TextBlock(type="text", text="")]:
            who = "all" if turn.role == "assistant" else turn.role
            but = " except for the optional final assistant message" if who == "all" else ""
            raise ApiError(400, f"messages.{place}: {who} messages must have non-empty content{but}")
        for text in (block.text for block in turn.content if isinstance(block, TextBlock)):
            if not text:
                raise ApiError(400, "messages: text content blocks must be non-empty")
            if text.isspace():
                raise ApiError(400, "messages: text content blocks must contain non-whitespace text")


def _check_pictures(turns: list[Message]) -> None:
    found = [
        (f"messages.{place}.content.{at}", block)
        for place, turn in enumerate(turns)
        for at, block in enumerate(turn.content)
        if isinstance(block, ImageBlock)
    ]
    if len(found) > MOST_IMAGES:
        raise ApiError(400, f"messages: too many images: {len(found)} > {MOST_IMAGES}")
    for where, block in found:
        check_picture(block, where, len(found))


def _check_tools(turns: list[Message]) -> None:
    place, asked = 0, set[str]()
    for _, run in groupby(turns, key=lambda turn: turn.role):
        same = list(run)
        given = {
            block.tool_use_id: at
            for at, turn in enumerate(same, place)
            for block in turn.content
            if isinstance(block, ToolResultBlock)
        }
        for tool_use_id in given.keys() - asked:
            raise ApiError(
                400,
                f"messages.{given[tool_use_id]}.content.0: unexpected `tool_use_id` found in "
                f"`tool_result` blocks: {tool_use_id}. Each `tool_result` block must have a "
                "corresponding `tool_use` block in the previous message.",
            )
        if missing := asked - given.keys():
            raise _unanswered(
                place - 1,
                missing,
                " Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
            )
        asked = {block.id for turn in same for block in turn.content if isinstance(block, ToolUseBlock)}
        place += len(same)
    if asked:
        raise _unanswered(place - 1, asked)


def _unanswered(place: int, ids: Iterable[str], more: str = "") -> ApiError:
    return ApiError(
        400,
        f"messages.{place}: `tool_use` ids were found without `tool_result` blocks "
        f"immediately after: {', '.join(sorted(ids))}.{more}",
    )


def _check_thinking(turns: list[Message], key: str) -> None:
    for place, turn in reversed(list(enumerate(turns))):
        if turn.role != "assistant":
            continue
        for at, block in enumerate(turn.content):
            if isinstance(block, ThinkingBlock) and not is_signed(block, key):
                raise ApiError(
                    400,
                    f"messages.{place}.content.{at}: Invalid `signature` in `thinking` block",
                )
        return


def _check_newer_rules(turns: Iterable[Message]) -> None:
    for place, turn in enumerate(turns):
        for at, block in enumerate(turn.content):
            where = f"messages.{place}.content.{at}"
            if turn.role == "assistant" and isinstance(block, DocumentBlock):
                raise ApiError(400, f"{where}: `document` blocks are not permitted in assistant messages")
            if turn.role == "user" and isinstance(block, TextBlock) and block.citations:
                raise ApiError(400, f"{where}.text.citations: Extra inputs are not permitted")
