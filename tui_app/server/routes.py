"""Which handler answers which method and path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from tui_app.server.call import Handler, decoded

_ONE: Final = ("{id}",)
_TYPED: Final = ("{task_type}", "{id}")

Pattern: TypeAlias = tuple[str, ...]


class NoRoute(Exception):
    """Nothing answers here; `allowed` are the methods that would be, empty where the path is unknown."""

    def __init__(self, allowed: tuple[str, ...] = ()) -> None:
        super().__init__("nothing answers here")
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers of all routes, each named by what it does."""

    root: Handler
    list: Handler
    show: Handler
    put: Handler
    update: Handler
    delete: Handler
    infer: Handler
    stream: Handler
    services: Handler


class Routes:
    """The table of routes, literal parts before named ones."""

    def __init__(self, handlers: Handlers) -> None:
        one = {"GET": handlers.show, "PUT": handlers.put, "DELETE": handlers.delete, "POST": handlers.infer}
        self._table: tuple[tuple[Pattern, Mapping[str, Handler]], ...] = (
            ((), {"GET": handlers.root, "HEAD": handlers.root}),
            (("_inference",), {"GET": handlers.list}),
            (("_inference", "_services"), {"GET": handlers.services}),
            (("_inference", "_services", "{task_type}"), {"GET": handlers.services}),
            (("_inference", *_ONE, "_update"), {"PUT": handlers.update}),
            (("_inference", *_TYPED, "_update"), {"PUT": handlers.update}),
            (("_inference", *_ONE, "_stream"), {"POST": handlers.stream}),
            (("_inference", *_TYPED, "_stream"), {"POST": handlers.stream}),
            (("_inference", *_ONE), one),
            (("_inference", *_TYPED), one),
        )

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]]:
        """The handler, and the parts of the path by name. Raises NoRoute."""
        segments = tuple(part for part in path.split("/") if part)
        for pattern, methods in self._table:
            names = _match(pattern, segments)
            if names is None:
                continue
            if method not in methods:
                raise NoRoute(tuple(methods))
            return methods[method], names
        raise NoRoute


def _match(pattern: Pattern, segments: tuple[str, ...]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    names = {}
    for wanted, found in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            names[wanted[1:-1]] = decoded(found)
        elif wanted != found:
            return None
    return names
