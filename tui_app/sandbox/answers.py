"""From a request to its answer."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tui_app.sandbox import replies
from tui_app.sandbox.agreed_words import THINK, USE_A_TOOL
from tui_app.sandbox.facts import several
from tui_app.sandbox.messages import Answer, Block, Text, Thinking, ToolUse, fit
from tui_app.sandbox.models import Model, Thinks
from tui_app.sandbox.requests import AdaptiveThinking, MessageRequest, ThinkingByBudget
from tui_app.sandbox.samples import sample, sample_object
from tui_app.sandbox.scenarios import Flakiness, act
from tui_app.sandbox.tools import AnyTool, NamedChoice, Tool

_ROOM_FOR_HIDDEN_THINKING = 64


def answer(request: MessageRequest, model: Model, flakiness: Flakiness, key: str) -> Answer:
    """Give the answer to a valid request, cut to its `max_tokens` and `stop_sequences`.

    Raises ApiError where an agreed word of the prompt asks for an error.
    """
    word = request.prompt.strip().casefold()
    acted = None if request.tool_results else act(request.prompt, flakiness)
    whole = acted or _composed(request, model, key, word)
    return fit(whole, request.max_tokens, request.stop_sequences or ())


def _composed(request: MessageRequest, model: Model, key: str, word: str) -> Answer:
    blocks: list[Block] = []
    if thinking := _thinking(request, model, key, word == THINK):
        blocks.append(thinking)
    choice = request.tool_choice
    is_forced = choice is not None and choice.type in ("any", "tool")
    if is_forced or (word == USE_A_TOOL and not request.tool_results):
        if not is_forced:
            blocks.append(Text("Sandbox: here is a use of a tool, as you asked."))
        blocks.append(_tool_use(request))
        return Answer(blocks, stop_reason="tool_use")
    blocks.append(Text(_text(request, model)))
    return Answer(blocks)


def _text(request: MessageRequest, model: Model) -> str:
    output = request.output_config.format if request.output_config else None
    if output:
        return json.dumps(sample(output.schema_of_output), ensure_ascii=False)
    return replies.compose(request, model)


def _thinking(request: MessageRequest, model: Model, key: str, is_asked: bool) -> Thinking | None:
    wanted = request.thinking
    display = getattr(wanted, "display", None)
    if isinstance(wanted, AdaptiveThinking | ThinkingByBudget) or is_asked:
        hidden = display == "omitted" or (display is None and model.hides_thinking and not is_asked)
    elif model.thinks is Thinks.ALWAYS and request.max_tokens >= _ROOM_FOR_HIDDEN_THINKING:
        hidden = True
    else:
        return None
    turns = several(len(request.messages), "turn")
    text = (
        f"The request has {turns}. I am the sandbox and understand none of it, so I count what "
        "can be counted, look for words that ask for a form, and write about those."
    )
    return Thinking(text, key, hidden)


def _tool_use(request: MessageRequest) -> ToolUse:
    tool = _chosen(request, request.tools or ())
    if tool is None:
        return ToolUse("sandbox_tool", {"reason": "the request offers no tool"})
    schema = tool.schema_of_input if isinstance(tool, Tool) else {}
    return ToolUse(tool.name or "sandbox_tool", sample_object(schema))


def _chosen(request: MessageRequest, tools: Sequence[AnyTool]) -> AnyTool | None:
    if isinstance(request.tool_choice, NamedChoice):
        name = request.tool_choice.name
        return next(tool for tool in tools if tool.name == name)
    return next(iter(tools), None)
