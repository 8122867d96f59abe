"""`GET _inference/_services`: what an endpoint of the service is made of, told for forms."""

from __future__ import annotations

from typing import Final

from tui_app.core.elastic_tasks import ANY, SUPPORTED
from tui_app.core.fields import FIELD, Kind
from tui_app.core.jsons import JsonObject
from tui_app.server.answers import Answer
from tui_app.server.call import Call

_SHOWN: Final = {
    "api_key": "service_settings.api_key",
    "model_id": "service_settings.model_id",
    "rate_limit.requests_per_minute": "service_settings.rate_limit.requests_per_minute",
    "max_tokens": "task_settings.max_tokens",
}


async def services(call: Call) -> Answer:
    """All services that have the task type of the path: one, or none."""
    call.check_parameters()
    if call.task_type not in {ANY, *SUPPORTED}:
        return Answer([])
    shown = {name: _configuration(path) for name, path in _SHOWN.items()}
    service: JsonObject = {
        "service": "anthropic",
        "name": "Anthropic",
        "task_types": list(SUPPORTED),
        "configurations": shown,
    }
    return Answer([service])


def _configuration(path: str) -> JsonObject:
    field = FIELD[path]
    secret = field.kind is Kind.SECRET
    return {
        "description": field.help,
        "label": field.label,
        "required": field.required,
        "sensitive": secret,
        "updatable": secret,
        "type": "int" if field.kind is Kind.INTEGER else "str",
        "supported_task_types": list(SUPPORTED),
    }
