"""One request as its handler sees it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from tui_app.core.elastic_errors import ElasticError
from tui_app.core.elastic_tasks import ANY, task_type
from tui_app.core.errors import InfertermError
from tui_app.core.java_text import masked
from tui_app.core.jsons import JsonObject
from tui_app.server.answers import Reply
from tui_app.server.bodies import Body, read_object
from tui_app.server.journal import BODY_MAX, Entry
from tui_app.server.parameters import check_names

ErrorWords: TypeAlias = Callable[[ElasticError], JsonObject]
"""Makes the body of an error."""


@dataclass(slots=True)
class Call:
    """Everything of one request; what a handler sets decides how its errors are told.

    `path` is as it came, `names` are the decoded parts of it that the route names (`task_type`, `id`).
    `as_events` makes an error an `error` event, `error_words` gives errors another shape. `trouble` is
    what the service or the network did, `served_by` the endpoint that tried; both are remembered of it.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    entry: Entry
    query: bytes = b""
    uri: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    body: bytes = b""
    as_events: bool = False
    error_words: ErrorWords = ElasticError.body
    served_by: str = ""
    trouble: InfertermError | None = None

    @property
    def inference_id(self) -> str:
        """The id in the path."""
        return self.names.get("id", "")

    @property
    def task_type(self) -> str:
        """The task type in the path, `any` where none stands there. Raises Refused for an unknown one."""
        return task_type(self.names["task_type"]) if "task_type" in self.names else ANY

    async def json(self) -> Body:
        """The body, an object, noted with keys masked. Raises Refused."""
        body = await read_object(self.body)
        if len(self.body) <= 4 * BODY_MAX:
            self.entry.note_request(json.dumps(masked(body.value), ensure_ascii=False, default=dict))
        else:
            self.entry.note_request(f"({len(self.body)} bytes, too many to be kept)")
        return body

    def check_parameters(self, *names: str) -> None:
        """Raise Refused for parameters other than these and those of every request."""
        check_names(self.parameters, frozenset(names), self.path)


Handler: TypeAlias = Callable[[Call], Awaitable[Reply]]


def decoded(segment: str) -> str:
    """A part of a path without its percent signs; what is no UTF-8 is replaced."""
    return unquote_to_bytes(segment).decode("utf-8", "replace")
