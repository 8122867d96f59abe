"""An endpoint as the text of its file: written for people, read with the line of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.jsons import JsonValue, NotJson, lines_of, read_json
from tui_app.core.problems import Problem

LARGEST: Final = 2**20
"""Bytes; what is larger is no endpoint."""
_SHOWN: Final = 3


class Flawed(ValueError):
    """A text that is no endpoint: `line` counts from 1, None means the whole; `reason` quotes no key."""

    def __init__(self, line: int | None, reason: str) -> None:
        reason = reason.encode("utf-8", "replace").decode()
        super().__init__(reason)
        self.line, self.reason = line, reason


def write_document(endpoint: Endpoint) -> bytes:
    """The text of the file that holds an endpoint, always the same for the same endpoint."""
    return (json.dumps(endpoint.document(), indent=2, ensure_ascii=False) + "\n").encode()


def read_document(inference_id: str, data: bytes) -> Endpoint:
    """The endpoint that a file's text holds. Raises Flawed."""
    text = _text_of(data)
    try:
        value = read_json(text)
    except NotJson as error:
        raise Flawed(error.line, f"this is not JSON: {error.reason}") from None
    lines = lines_of(text)
    _refuse_key(inference_id, value, lines)
    try:
        endpoint, _ = Endpoint.parse(inference_id, value)
    except InvalidEndpoint as error:
        raise _flaw(error.problems, lines) from None
    return endpoint


def _text_of(data: bytes) -> str:
    if len(data) > LARGEST:
        raise Flawed(None, "it is larger than 1 MiB, which no endpoint is")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Flawed(line, "this is not UTF-8 text") from None


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


def _flaw(problems: Sequence[Problem], lines: Mapping[str, int]) -> Flawed:
    found = sorted(((_line(problem.path, lines), problem) for problem in problems), key=lambda pair: pair[0])
    words = [
        str(problem) if place == 0 else f"line {line}: {problem}"
        for place, (line, problem) in enumerate(found[:_SHOWN])
    ]
    if len(found) > _SHOWN:
        words.append(f"and {len(found) - _SHOWN} more")
    return Flawed(found[0][0], "; ".join(words))


def _line(path: str, lines: Mapping[str, int]) -> int:
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return 1
