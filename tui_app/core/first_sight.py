"""What the first screen shows before anything is loaded that it does not need."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glance:
    """An endpoint's file as it looks at a glance: nothing of it is checked yet."""

    inference_id: str
    model: str
    limit: str


@dataclass(frozen=True, slots=True)
class FirstSight:
    """The theme that was chosen ('' for none) and the endpoints that there seem to be, by id."""

    theme: str
    glances: tuple[Glance, ...]
