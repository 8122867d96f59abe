"""The list of models as `GET /v1/models` serves it: entries and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, get_args

from starlette.datastructures import QueryParams

from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.models import MODELS, Lifecycle, Model, Thinks

_LISTED: Final = tuple(
    replace(model, id=name)
    for model in MODELS
    for name in (*(alias for alias in model.aliases if alias in model.id), model.id)
)
"""What the list holds: each model, and before it the undated name of a dated one."""

_STAGES: Final[tuple[str, ...]] = get_args(Lifecycle)


def entry(model: Model) -> dict[str, object]:
    """Give the JSON object that describes a model."""
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.display_name,
        "created_at": _midnight(model.created),
        "lifecycle": model.lifecycle,
        "line": model.line,
        "deprecated_at": None,
        "retires_at": _midnight(model.retires),
        "max_input_tokens": model.context,
        "max_tokens": model.max_output,
        "capabilities": _capabilities(model),
    }


def page(query: QueryParams) -> dict[str, object]:
    """Give the page of the list that a query asks for; raises ApiError 400 when it makes no sense.

    `limit` is 1 to 1000 (20 when absent), `after_id` and `before_id` name an entry, `lifecycle[]`
    keeps only some stages (retired models come only when asked for).
    """
    limit = _limit(query.get("limit", "20"))
    listed = [model for model in _LISTED if model.lifecycle in _stages(query)]
    after, before = query.get("after_id"), query.get("before_id")
    if after and before:
        raise ApiError(400, "before_id: Only one of before_id and after_id may be given")
    if before:
        end = _place(listed, before, "before_id")
        chosen, more = listed[max(0, end - limit) : end], end > limit
    else:
        start = _place(listed, after, "after_id") + 1 if after else 0
        chosen, more = listed[start : start + limit], start + limit < len(listed)
    return {
        "data": [entry(model) for model in chosen],
        "has_more": more,
        "first_id": chosen[0].id if chosen else None,
        "last_id": chosen[-1].id if chosen else None,
    }


def _midnight(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00Z" if day else None


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ApiError(400, "limit: Input should be a valid integer, unable to parse string")
    limit = int(text[:9])
    if limit < 1:
        raise ApiError(400, "limit: Input should be greater than or equal to 1")
    if limit > 1_000:
        raise ApiError(400, "limit: Input should be less than or equal to 1000")
    return limit


def _stages(query: QueryParams) -> Sequence[str]:
    asked = [*query.getlist("lifecycle[]"), *query.getlist("lifecycle")]
    for stage in asked:
        if stage not in _STAGES:
            raise ApiError(400, "lifecycle: Input should be 'active', 'deprecated' or 'retired'")
    return asked or _STAGES[:2]


def _place(listed: Sequence[Model], name: str, field: str) -> int:
    for place, model in enumerate(listed):
        if model.id == name:
            return place
    raise ApiError(400, f"{field}: No model {name!r} in this list")


def _capabilities(model: Model) -> dict[str, object]:
    yes, efforts = _supported(True), ("low", "medium", "high", "xhigh", "max")
    thinks = model.thinks
    return {
        **dict.fromkeys(("batch", "citations", "image_input", "pdf_input"), yes),
        "structured_outputs": yes,
        "code_execution": _supported(False),
        "context_management": _supported(False),
        "server_tools": {
            **_supported(False),
            "code_execution": _supported(False),
            "web_search": _supported(False),
        },
        "effort": {
            **_supported(bool(model.efforts)),
            **{effort: _supported(effort in model.efforts) for effort in efforts},
        },
        "thinking": {
            **yes,
            "types": {
                "adaptive": _supported(thinks is not Thinks.BY_BUDGET),
                "between_tools": _supported(thinks is Thinks.ADAPTIVE),
                "disabled": _supported(thinks is not Thinks.ALWAYS),
                "enabled": _supported(thinks in (Thinks.BY_BUDGET, Thinks.EITHER)),
            },
        },
    }


def _supported(is_so: bool) -> dict[str, bool]:
    return {"supported": is_so}
