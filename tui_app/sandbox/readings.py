"""How the settings of a request were read, in words."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.sandbox.enclosures import descriptions
from tui_app.sandbox.facts import Facts, excerpt, several
from tui_app.sandbox.models import Model
from tui_app.sandbox.requests import MessageRequest, Sampling
from tui_app.sandbox.text_files import said


@dataclass(frozen=True, slots=True)
class Reading:
    """One setting: its name, what was read, and the same as a sentence without Markdown."""

    name: str
    value: str
    sentence: str


def read_settings(request: MessageRequest, model: Model) -> list[Reading]:
    """Give what was read of a request, the settings that it does not name left out."""
    most = several(request.max_tokens, "token")
    readings = [
        Reading("Model", f"`{model.id}`, at most {most} of output", f"This answer may have at most {most}."),
        _sampling(request.sampling),
        _system(request),
        _conversation(request),
        _enclosed(request),
        _stops(request),
        _thinking(request),
        _tools(request),
    ]
    return [reading for reading in readings if reading.value]


def _sampling(sampling: Sampling) -> Reading:
    named = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
    }
    said = [f"{name} {value:g}" for name, value in named.items() if value is not None]
    value = ", ".join(f"`{name}`" for name in said) if said else ""
    return Reading("Sampling", value, f"The sampling settings are {', '.join(said)}.")


def _system(request: MessageRequest) -> Reading:
    text = request.system_text
    words = several(len(Facts(text).words), "word")
    value = f"{words}, {excerpt(text)}" if text else ""
    return Reading("System prompt", value, f"The system prompt has {words}.")


def _conversation(request: MessageRequest) -> Reading:
    asked = [said(turn.content) for turn in request.messages if turn.role == "user" and turn.text]
    results = request.tool_results
    parts = []
    if len(asked) > 1:
        parts.append(f"turn {len(asked):,} of yours; the one before was {excerpt(asked[-2])}")
    if results:
        parts.append(f"{several(results, 'result')} of tools came with it")
    return Reading("Conversation", "; ".join(parts), f"This is turn {len(asked):,} of yours.")


def _enclosed(request: MessageRequest) -> Reading:
    found = descriptions(request.last)
    before = sum(len(descriptions(turn.content)) for turn in request.messages if turn.role == "user")
    earlier = before - len(found)
    parts = [*found, *([f"{several(earlier, 'file')} of earlier turns"] if earlier else [])]
    return Reading("Attached", "; ".join(parts), f"Files that came along: {before:,}.")


def _stops(request: MessageRequest) -> Reading:
    number = len(request.stop_sequences or ())
    value = several(number, "stop sequence") if number else ""
    return Reading("Stops", value, f"It ends at any of {value}.")


def _thinking(request: MessageRequest) -> Reading:
    thinking = request.thinking
    effort = request.output_config.effort if request.output_config else None
    parts = [f"`{thinking.type}`"] if thinking else []
    parts += [f"effort `{effort}`"] if effort else []
    return Reading("Thinking", ", ".join(parts), "The request has settings for thinking.")


def _tools(request: MessageRequest) -> Reading:
    names = [f"`{tool.name or tool.type}`" for tool in request.tools or ()]
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    value = ", ".join(names[:5]) + more
    return Reading("Tools", value, f"It offers {several(len(names), 'tool')}.")
