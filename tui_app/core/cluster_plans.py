"""What differs between an endpoint here and in a cluster, and how it gets there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui_app.core.endpoint import Endpoint

_FIXED: Final = ("task_type", "service_settings.model_id", "service_settings.url")
"""What `_update` cannot change (Elasticsearch 9.5)."""

_FIELDS: Final = (
    *_FIXED,
    "service_settings.rate_limit.requests_per_minute",
    "task_settings.max_tokens",
    "task_settings.temperature",
    "task_settings.top_p",
    "task_settings.top_k",
)


class Way(StrEnum):
    """How an endpoint of ours gets to a cluster."""

    NOTHING = "nothing to do"
    PUT = "PUT"
    UPDATE = "_update"
    ANEW = "delete and create"


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that is not the same; None stands for one that is not set."""

    path: str
    ours: object
    theirs: object

    def __str__(self) -> str:
        return f"{self.path}: here {_shown(self.ours)}, there {_shown(self.theirs)}"


def differences(ours: Endpoint, theirs: Endpoint) -> tuple[Difference, ...]:
    """List what differs, the key aside: no cluster ever tells one."""
    return tuple(_differing(ours, theirs))


def way(ours: Endpoint, theirs: Endpoint | None) -> Way:
    """Tell how `ours` becomes what the cluster runs; ANEW is where only a new endpoint can."""
    if theirs is None:
        return Way.PUT
    found = {difference.path for difference in differences(ours, theirs)}
    if not found:
        return Way.NOTHING
    return Way.ANEW if found.intersection(_FIXED) else Way.UPDATE


def _differing(ours: Endpoint, theirs: Endpoint) -> Iterator[Difference]:
    for path in _FIELDS:
        here, there = _value(ours, path), _value(theirs, path)
        if here != there:
            yield Difference(path, here, there)


def _value(endpoint: Endpoint, path: str) -> object:
    value: object = endpoint
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _shown(value: object) -> str:
    return "not set" if value is None else str(value)
