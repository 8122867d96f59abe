"""Errors of chat completions, in OpenAI's shape."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from tui_app.core.elastic_errors import ElasticError, elastic_error
from tui_app.core.errors import InfertermError, ServiceRefused
from tui_app.core.jsons import JsonObject

SERVICE: Final = "anthropic_error"
"""The type of what the service itself refused."""

_NAMES: Final = {413: "request_entity_too_large", 422: "unprocessable_entity"}
"""Where Elasticsearch's names of statuses and Python's, which differ by version, may part."""


def chat_error(error: InfertermError, inference_id: str) -> ElasticError:
    """Any error of a chat with the endpoint `inference_id`, in Elasticsearch's words."""
    if not isinstance(error, ServiceRefused):
        return elastic_error(error, inference_id)
    if error.refusal.status in {None, 200}:
        about = f"Received an error response for request from inference entity id [{inference_id}]"
        reason = f"{about}. Error message: [{error.refusal.message}]"
        return ElasticError(500, type=SERVICE, reason=reason)
    return replace(elastic_error(error, inference_id), type=SERVICE)


def error_body(error: ElasticError) -> JsonObject:
    """An error in the shape of chat completions, of OpenAI's kind."""
    code = _NAMES.get(error.status) or _code(error.status)
    return {"error": {"code": code, "message": error.reason, "type": error.type}}


def _code(status: int) -> str:
    try:
        return HTTPStatus(status).name.lower()
    except ValueError:
        return "internal_server_error" if status >= 500 else "bad_request"
