"""The models that the sandbox answers for, and what each takes.

Ids, deprecation and retirement from the anthropic SDK 2.12.0, limits from LiteLLM 1.106.2,
dates of release where published (else the epoch, as the API does), as of 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Literal

Lifecycle = Literal["active", "deprecated", "retired"]
Line = Literal["haiku", "sonnet", "opus", "fable", "mythos"]


class Thinks(StrEnum):
    """Which `thinking.type` a model takes."""

    BY_BUDGET = "enabled"
    EITHER = "enabled or adaptive"
    ADAPTIVE = "adaptive"
    ALWAYS = "adaptive, never disabled"


_UP_TO_HIGH: Final = ("low", "medium", "high")
_UP_TO_MAX: Final = (*_UP_TO_HIGH, "max")
_ALL: Final = (*_UP_TO_HIGH, "xhigh", "max")


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its limits in tokens, what its requests may hold, and how long it stays.

    `aliases` are further names of it; `hides_thinking` says that its thinking blocks come without
    their text unless the request asks for a summary.
    """

    id: str
    line: Line
    created: date = date(1970, 1, 1)
    context: int = 1_000_000
    max_output: int = 128_000
    thinks: Thinks = Thinks.ADAPTIVE
    efforts: tuple[str, ...] = _ALL
    takes_sampling: bool = False
    takes_prefill: bool = False
    takes_system_turns: bool = True
    lifecycle: Lifecycle = "active"
    retires: date | None = None
    aliases: tuple[str, ...] = ()

    @property
    def hides_thinking(self) -> bool:
        """Tell whether thinking comes without its text by default."""
        return self.thinks in (Thinks.ADAPTIVE, Thinks.ALWAYS)

    @property
    def display_name(self) -> str:
        """Name it for people: `Claude Opus 4.5` for `claude-opus-4-5-20251101`."""
        parts = [part for part in self.id.split("-") if len(part) < 8 or not part.isdigit()]
        number = ".".join(part for part in parts if part.isdigit())
        names = [part.capitalize() for part in parts if not part.isdigit()]
        return " ".join([*names, number]).rstrip()


_GENERATION_4_5: Final = Model(
    "", "opus", context=200_000, max_output=64_000, thinks=Thinks.BY_BUDGET, efforts=(),
    takes_sampling=True, takes_prefill=True, takes_system_turns=False,
)  # fmt: skip
_GENERATION_4_6: Final = Model(
    "", "opus", thinks=Thinks.EITHER, efforts=_UP_TO_MAX, takes_sampling=True,
    takes_system_turns=False,
)  # fmt: skip


def _retired(name: str, line: Line, created: date, day: date) -> Model:
    return replace(_GENERATION_4_5, id=name, line=line, created=created, lifecycle="retired", retires=day)


MODELS: Final = (
    Model("claude-fable-5-2", "fable", thinks=Thinks.ALWAYS),
    Model("claude-mythos-5-2", "mythos", thinks=Thinks.ALWAYS),
    Model("claude-haiku-5-5", "haiku"),
    Model("claude-sonnet-5-5", "sonnet"),
    Model("claude-fable-5-1", "fable", thinks=Thinks.ALWAYS),
    Model("claude-opus-5-5", "opus", thinks=Thinks.ALWAYS),
    Model("claude-mythos-5-1", "mythos", thinks=Thinks.ALWAYS),
    Model("claude-sonnet-5", "sonnet"),
    Model("claude-fable-5", "fable", thinks=Thinks.ALWAYS),
    Model("claude-mythos-5", "mythos", thinks=Thinks.ALWAYS),
    Model("claude-opus-5", "opus", date(2026, 7, 24)),
    Model("claude-opus-4-8", "opus"),
    Model("claude-opus-4-7", "opus", date(2026, 4, 14), aliases=("claude-opus-4-7-20260416",)),
    Model("claude-mythos-preview", "mythos", thinks=Thinks.ALWAYS, lifecycle="deprecated",
          retires=date(2026, 6, 30)),
    replace(_GENERATION_4_6, id="claude-sonnet-4-6", line="sonnet", created=date(2026, 2, 17)),
    replace(_GENERATION_4_6, id="claude-opus-4-6", created=date(2026, 2, 5),
            aliases=("claude-opus-4-6-20260205",)),
    replace(_GENERATION_4_5, id="claude-opus-4-5-20251101", created=date(2025, 11, 24),
            efforts=_UP_TO_HIGH, aliases=("claude-opus-4-5",)),
    replace(_GENERATION_4_5, id="claude-haiku-4-5-20251001", line="haiku",
            created=date(2025, 10, 15), aliases=("claude-haiku-4-5",)),
    replace(_GENERATION_4_5, id="claude-sonnet-4-5-20250929", line="sonnet",
            created=date(2025, 9, 29), lifecycle="deprecated", retires=date(2026, 11, 30),
            aliases=("claude-sonnet-4-5",)),
    _retired("claude-opus-4-1-20250805", "opus", date(2025, 8, 5), date(2026, 8, 5)),
    _retired("claude-opus-4-20250514", "opus", date(2025, 5, 22), date(2026, 6, 15)),
    _retired("claude-sonnet-4-20250514", "sonnet", date(2025, 5, 22), date(2026, 6, 15)),
    _retired("claude-3-7-sonnet-20250219", "sonnet", date(2025, 2, 24), date(2026, 2, 19)),
    _retired("claude-3-5-haiku-20241022", "haiku", date(2024, 10, 22), date(2026, 2, 19)),
    _retired("claude-3-haiku-20240307", "haiku", date(2024, 3, 7), date(2026, 4, 20)),
)  # fmt: skip
"""Every model, newest first; what is retired is known, but no longer answers."""

_BY_NAME: Final[Mapping[str, Model]] = {
    name: model for model in MODELS for name in (model.id, *model.aliases)
}


def find(name: str) -> Model | None:
    """Find the model that an id or an alias names, retired ones too."""
    return _BY_NAME.get(name)
