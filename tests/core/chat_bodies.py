"""Chat bodies for tests."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

USER: Final[dict[str, Any]] = {"role": "user", "content": "hi"}
WEATHER: Final[dict[str, Any]] = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - bodies are JSON
    """A body with these messages, or one of the user's."""
    return {"messages": list(messages) or [USER], **more}


def call(arguments: str = '{"city":"Oslo"}', id: str = "c1") -> dict[str, Any]:
    """A call of the tool."""
    return {"id": id, "type": "function", "function": {"name": "weather", "arguments": arguments}}


_NAMES: Final = [
    *("messages", "role", "content", "type", "text", "image_url", "url", "file", "file_data", "filename"),
    *("tools", "tool_choice", "function", "name", "parameters", "tool_calls", "arguments", "id", "stop"),
    *("model", "temperature", "top_p", "max_completion_tokens", "reasoning", "effort", "tool_call_id"),
]
_WORDS: Final = ["user", "assistant", "tool", "system", "text", "image_url", "file", "auto", "function", "{"]
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(_WORDS)
    | st.text(st.characters(categories=None), max_size=8)
)

JSON: Final = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES) | st.text(st.characters(categories=None), max_size=4), inner, max_size=4
        )
    ),
    max_leaves=12,
)
"""JSON that looks like a chat body here and there, with what JSON itself forbids."""

_MESSAGE = st.fixed_dictionaries({"role": st.sampled_from(_WORDS)}, optional={"content": JSON})
HOSTILE: Final = JSON | st.fixed_dictionaries(
    {"messages": st.lists(_MESSAGE) | JSON},
    optional=dict.fromkeys(("tools", "tool_choice", "stop", "model", "temperature", "reasoning"), JSON),
)
"""The same, most of it with messages."""
