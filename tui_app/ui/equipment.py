"""What the app works with, at once or after the first screen is drawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tui_app.core.first_sight import FirstSight

if TYPE_CHECKING:
    from tui_app.core.inference import Inference


class Settings(Protocol):
    """What the app takes from a person's settings."""

    @property
    def theme(self) -> str:
        """A theme's name; empty for the default."""
        ...


async def _forget(theme: str) -> None:
    """Keep no theme."""


async def _nothing() -> None:
    """Close nothing."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """`keymap` maps ids of commands to keys, `complaints` are about a person's files.

    `keep_theme` keeps the theme that was chosen; it may raise StoreFailed. `aclose` closes what is
    left once Inference is closed.
    """

    inference: Inference
    settings: Settings
    keymap: Mapping[str, str] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
    keep_theme: Callable[[str], Awaitable[object]] = _forget
    aclose: Callable[[], Awaitable[None]] = _nothing


@dataclass(frozen=True, slots=True)
class Opening:
    """What can be shown at once, and `load`, which brings the equipment and takes its time.

    `load` is called in a thread.
    """

    first: FirstSight
    load: Callable[[], Equipment]
