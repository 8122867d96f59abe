"""Bodies of endpoints for tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tui_app.core.endpoint import ID_RULE, Endpoint
from tui_app.core.fields import INT32_MAX, INT64_MAX

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
"""Any JSON value."""


def body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - bodies are JSON
    """The documented example, with members replaced."""
    return {
        "service": "anthropic",
        "service_settings": {"model_id": "claude-haiku-5-5"},
        "task_settings": {"max_tokens": 1024},
        **changes,
    }


def endpoint(inference_id: str = "mine", *, limit: int = 50, model: str = "claude-haiku-5-5") -> Endpoint:
    """A plain endpoint."""
    settings = {"model_id": model, "rate_limit": {"requests_per_minute": limit}}
    return Endpoint.parse(inference_id, body(service_settings=settings))[0]


ids = st.from_regex(ID_RULE, fullmatch=True).filter(lambda text: len(text) <= 240)
_finite = st.floats(allow_nan=False, allow_infinity=False)
_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def is_no_key(text: str) -> bool:
    """Whether a text may stand where no key may."""
    return not text.strip().startswith("sk-ant-")


@st.composite
def endpoints(draw: st.DrawFn) -> Endpoint:
    """Any endpoint that can be parsed."""
    settings: dict[str, Any] = {"model_id": draw(_text.filter(is_no_key))}
    if draw(st.booleans()):
        settings["url"] = draw(st.sampled_from(["https://a.example/x", "http://localhost:1/v1"]))
    if draw(st.booleans()):
        settings["rate_limit"] = {"requests_per_minute": draw(st.integers(1, INT64_MAX))}
    task: dict[str, Any] = {"max_tokens": draw(st.integers(1, INT32_MAX))}
    for name, values in (("temperature", _finite), ("top_p", _finite), ("top_k", st.integers(-9, 99))):
        if draw(st.booleans()):
            task[name] = draw(values)
    local = {"auth_scheme": draw(st.sampled_from(["x-api-key", "bearer"])), "note": draw(_text)}
    whole: dict[str, Any] = {
        "service": "anthropic",
        "service_settings": settings,
        "task_settings": task,
        "local": local,
    }
    return Endpoint.parse(draw(ids), whole)[0]
