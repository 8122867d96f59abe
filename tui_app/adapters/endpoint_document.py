"""An endpoint as the text of its file: written for people, read with the line of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from tui_app.adapters.flaws import Flawed, flaw_of, parse_json
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.jsons import JsonValue, document_text


def write_document(endpoint: Endpoint) -> bytes:
    """The text of the file that holds an endpoint, always the same for the same endpoint."""
    return document_text(endpoint.document()).encode()


def read_document(inference_id: str, data: bytes) -> Endpoint:
    """The endpoint that a file's text holds. Raises Flawed, which quotes no key."""
    value, lines = parse_json(data)
    _refuse_key(inference_id, value, lines)
    try:
        endpoint, _ = Endpoint.parse(inference_id, value)
    except InvalidEndpoint as error:
        raise flaw_of(error.problems, lines) from None
    return endpoint


def _refuse_key(inference_id: str, value: JsonValue, lines: Mapping[str, int]) -> None:
    for path in ("service_settings.api_key", "api_key", "local.api_key", "task_settings.api_key"):
        if _at(value, path) is not None:
            raise Flawed(
                lines.get(path, 1),
                f"{path}: keys do not belong in this file. Delete the line, and give the key to the "
                f"key store with `inferterm key set {inference_id}`",
            )


def _at(value: JsonValue, path: str) -> JsonValue:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
