"""What stands side by side: endpoints, or variations of one, with the system prompt that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, Self

from tui_app.core.conversation import Settings
from tui_app.core.endpoint import Endpoint

LEAST: Final = 2
MOST: Final = 4
"""How many columns stand side by side."""


@dataclass(frozen=True, slots=True)
class Variation:
    """What one column asks: an endpoint, another model of its if named, and settings that win."""

    endpoint: str
    model: str = ""
    settings: Settings = Settings()

    def of(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with the column's model."""
        return endpoint.with_model(self.model) if self.model else endpoint

    def words(self) -> tuple[str, ...]:
        """What is other than the endpoint's own, piece by piece."""
        own = self.settings.overrides().items()
        return (
            *([self.model] if self.model else []),
            *(f"{name} {value:g}" for name, value in own),
            *(f"no {name}" for name in self.settings.without),
            *(["own system prompt"] if self.settings.system.strip() else []),
        )


@dataclass(frozen=True, slots=True)
class Setup:
    """Two to four columns, and the system prompt of those that have none of their own."""

    columns: tuple[Variation, ...] = ()
    system: str = ""

    def settings(self, column: Variation) -> Settings:
        """The settings with which a column asks."""
        own = column.settings
        return own if own.system.strip() else replace(own, system=self.system)

    def led_by(self, first: Variation, known: Sequence[str]) -> Self:
        """The same with `first` as column one, and a second one; only endpoints that are `known` stay."""
        kept = [each for each in self.columns if each.endpoint in known]
        same = next((each for each in kept if each == first), None) or next(
            (each for each in kept if each.endpoint == first.endpoint and first == Variation(first.endpoint)),
            None,
        )
        others = [each for each in kept if each is not same] if same else kept[1:]
        if not others:
            other = next((name for name in known if name != first.endpoint), first.endpoint)
            others = [Variation(other)]
        return replace(self, columns=(same or first, *others)[:MOST])


class SetupStore(Protocol):
    """Where the columns of the last time are kept."""

    async def load(self) -> Setup:
        """Those of the last time; an empty one where there was none. Raises StoreFailed."""
        ...

    async def save(self, setup: Setup) -> None:
        """Keep these for the next time. Raises StoreFailed."""
        ...


class MemorySetups:
    """Keeps the columns as long as the process lives."""

    def __init__(self) -> None:
        self.kept = Setup()

    async def load(self) -> Setup:
        """Those that were saved."""
        return self.kept

    async def save(self, setup: Setup) -> None:
        """Keep these."""
        self.kept = setup
