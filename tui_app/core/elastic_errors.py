"""Errors as Elasticsearch 9.5 words them: status, type, reason, and what caused them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui_app.core import errors
from tui_app.core.elastic_service_errors import service_words, stream_status
from tui_app.core.errors import InfertermError, Loss
from tui_app.core.java_text import java_text
from tui_app.core.jsons import JsonObject, JsonValue

STATUS: Final = "status_exception"
VALIDATION: Final = "validation_exception"
REQUEST: Final = "action_request_validation_exception"
ARGUMENT: Final = "illegal_argument_exception"
PARSE: Final = "x_content_parse_exception"
SECURITY: Final = "security_exception"
"""The types of errors: Java's class names in snake case."""


@dataclass(frozen=True, slots=True)
class ElasticError:
    """One error as its body tells it; `headers` are the HTTP headers that belong to it."""

    status: int
    reason: str
    type: str = STATUS
    caused_by: ElasticError | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> JsonObject:
        """The shape of every error but those of chat completions."""
        root = self
        while root.caused_by is not None:
            root = root.caused_by
        return {"error": {"root_cause": [root._told()], **self._told(deep=True)}, "status": self.status}

    def _told(self, *, deep: bool = False) -> dict[str, JsonValue]:
        told: dict[str, JsonValue] = {"type": self.type, "reason": self.reason}
        if deep and self.caused_by is not None:
            told["caused_by"] = self.caused_by._told(deep=True)
        if self.headers:
            names = dict.fromkeys(name for name, _ in self.headers)
            told["header"] = {name: [value for n, value in self.headers if n == name] for name in names}
        return told


class Refused(InfertermError):
    """A request that is refused in Elasticsearch's words."""

    def __init__(self, error: ElasticError) -> None:
        super().__init__(error.reason)
        self.error = error


def refused(reason: str, status: int = 400, kind: str = STATUS) -> Refused:
    """A refusal with this reason, to be raised."""
    return Refused(ElasticError(status, reason, kind))


def numbered(reasons: list[str]) -> str:
    """The findings of one group, joined as Elasticsearch joins them."""
    return "Validation Failed: " + "".join(f"{n}: {reason};" for n, reason in enumerate(reasons, 1))


def elastic_error(error: InfertermError, inference_id: str = "", where: str = "") -> ElasticError:
    """Any error in Elasticsearch's words, of a request to the endpoint `inference_id` at the URL `where`."""
    match error:
        case Refused():
            told = error.error
        case errors.ServiceRefused(refusal=refusal):
            told = ElasticError(*service_words(refusal, inference_id))
        case errors.ConnectionLost():
            told = _lost(error, inference_id, where)
        case errors.QueueFull():
            reason = f"Failed to execute task for inference id [{inference_id}] because the request service"
            told = ElasticError(429, f"{reason} queue is full", "es_rejected_execution_exception")
        case errors.EndpointNotFound():
            told = ElasticError(404, java_text(str(error)), "resource_not_found_exception")
        case errors.EndpointExists():
            told = ElasticError(400, str(error), "resource_already_exists_exception")
        case errors.InvalidRequest() | errors.InvalidEndpoint():
            told = ElasticError(400, _sentences(error), ARGUMENT)
        case errors.KeyMissing():
            # 401 would tell the client that its own key is wrong.
            told = ElasticError(400, _sentences(error))
        case _:
            told = ElasticError(error.status, _sentences(error))
    return told


def timed_out(timeout: str, inference_id: str) -> ElasticError:
    """A request whose time is up; `timeout` as it was asked for, such as `30s`."""
    return ElasticError(408, f"Request timed out after [{timeout}] for inference id [{inference_id}]")


def not_verified(cause: ElasticError) -> ElasticError:
    """An endpoint that is not kept, because the call that tries it out failed."""
    reason = (
        "Could not complete inference endpoint creation as validation call to service threw an exception."
    )
    return ElasticError(400, reason, caused_by=cause)


def stream_error(error: InfertermError, inference_id: str, where: str = "") -> ElasticError:
    """An error in the middle of a stream, whose status says nothing any more."""
    if isinstance(error, errors.ServiceRefused) and error.refusal.status in {None, 200}:
        return ElasticError(stream_status(error.refusal.kind), error.refusal.message)
    return elastic_error(error, inference_id, where)


def _lost(error: errors.ConnectionLost, inference_id: str, where: str) -> ElasticError:
    if error.loss is Loss.HOST_UNKNOWN:
        return ElasticError(400, f"Invalid host [{where}], please check that the URL is correct.")
    if error.loss is Loss.REDIRECTED:
        status = error.answered or 400
        about = f"Unhandled redirection for request from inference entity id [{inference_id}]"
        return ElasticError(status, f"{about} status [{status}]. Error message: [{error}]")
    return ElasticError(500, f"Failed to send Anthropic chat completions request. Cause: {error}")


def _sentences(error: InfertermError) -> str:
    return f"{str(error).rstrip('.')}. {error.advice}" if error.advice else str(error)
