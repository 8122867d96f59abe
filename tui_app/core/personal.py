"""A person's own files about the app: keys and themes, as they were written, each value with its line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tui_app.core.jsons import JsonObject


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One file: `name` is its own without the suffix, `lines` are those of its keys by dotted path."""

    path: str
    name: str
    values: JsonObject = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, key: str) -> str:
        """Where a key stands, as `path:line`."""
        return f"{self.path}:{self.lines[key]}" if key in self.lines else self.path


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """All of them as they stand now; `flaws` say which cannot be read, with path, line and reason.

    `broken` are the names of themes among those.
    """

    keymap: OwnFile | None = None
    themes: tuple[OwnFile, ...] = ()
    flaws: tuple[str, ...] = ()
    broken: frozenset[str] = frozenset()


class PersonalFiles(Protocol):
    """Where they lie."""

    def read(self) -> OwnFiles:
        """Read them; for a thread."""
        ...

    def changes(self) -> AsyncIterator[None]:
        """Fire after each change of them or of the settings since they were read, whoever made it."""
        ...
