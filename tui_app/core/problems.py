"""What is wrong with a value of an endpoint's body, said where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """The kinds of problems that Elasticsearch 9.5 tells apart."""

    MISSING = "missing"
    EMPTY = "empty"
    WRONG_TYPE = "wrong type"
    NOT_POSITIVE = "not positive"
    UNKNOWN = "unknown"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: `path` is dotted from the body's root, `message` is for people and quotes no key."""

    path: str
    fault: Fault
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True, slots=True)
class Caution:
    """A finding that never blocks saving: what the service will make of a value."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
