"""Where receipts are kept, and which of them are meant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tui_app.core.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Scope:
    """Which requests are meant: those that fit all that is not None. `since` is wall-clock seconds."""

    since: float | None = None
    endpoint: str | None = None
    model: str | None = None
    conversation_id: int | None = None

    def holds(self, receipt: Receipt) -> bool:
        """Whether a request is one of them."""
        return (
            (self.since is None or receipt.at >= self.since)
            and self.endpoint in {None, receipt.endpoint}
            and self.model in {None, receipt.model}
            and self.conversation_id in {None, receipt.conversation_id}
        )


def reach_of(receipts: Iterable[Receipt]) -> tuple[float, float] | None:
    """When the earliest and the latest were asked, None where there are none."""
    times = [each.at for each in receipts]
    return (min(times), max(times)) if times else None


EVERYTHING: Final = Scope()
"""All requests."""


class ReceiptBook(Protocol):
    """Where receipts are kept, shared by all processes."""

    @property
    def trouble(self) -> str:
        """Why the latest receipts could not be kept; empty where they are, or are on their way."""
        ...

    @property
    def advice(self) -> str:
        """What can be done about the trouble."""
        ...

    def note(self, receipt: Receipt) -> None:
        """Keep a receipt soon. Never raises and never waits: no answer depends on it."""
        ...

    async def reach(self, scope: Scope) -> tuple[float, float] | None:
        """When the earliest and the latest of those were asked that are meant. Raises StoreFailed."""
        ...

    def read(self, scope: Scope) -> AsyncIterator[Sequence[Receipt]]:
        """Those that are meant, also what was noted just now, some at a time. Raises StoreFailed."""
        ...

    async def titles(self, conversation_ids: Iterable[int]) -> Mapping[int, str]:
        """The titles of those conversations that are there. Raises StoreFailed."""
        ...

    async def aclose(self) -> None:
        """Wait until all is kept that was noted."""
        ...


class MemoryReceipts:
    """Keeps receipts as long as the process lives."""

    trouble = advice = ""

    def __init__(self) -> None:
        self.kept: list[Receipt] = []
        self.named: dict[int, str] = {}

    def note(self, receipt: Receipt) -> None:
        """Keep it."""
        self.kept.append(receipt)

    async def reach(self, scope: Scope) -> tuple[float, float] | None:
        """When the earliest and the latest were asked."""
        return reach_of(filter(scope.holds, self.kept))

    async def read(self, scope: Scope) -> AsyncIterator[Sequence[Receipt]]:
        """Those that are meant."""
        yield list(filter(scope.holds, self.kept))

    async def titles(self, conversation_ids: Iterable[int]) -> Mapping[int, str]:
        """Those in `named`."""
        return {each: self.named[each] for each in conversation_ids if each in self.named}

    async def aclose(self) -> None:
        """Nothing to wait for."""
