"""The port to where batches are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from tui_app.core.batch_items import Batch, Result, Row, RowState

if TYPE_CHECKING:
    from tui_app.core.batch_plans import Plan


class BatchStore(Protocol):
    """Where batches are kept. Every call is on disk, safe against power cuts, when it returns.

    All raise StoreFailed.
    """

    async def all(self) -> Sequence[Batch]:
        """All batches, the latest first."""
        ...

    async def latest(self, identity: str) -> Batch | None:
        """The latest batch of what has this identity."""
        ...

    async def get(self, batch_id: int) -> Batch:
        """One batch as it stands now."""
        ...

    async def kin(self, kin: str) -> Sequence[Batch]:
        """All batches whose head has this `kin`, the latest first."""
        ...

    async def create(
        self, plan: Plan, at: float, kept: Mapping[int, Row] | None = None, *, once: bool = False
    ) -> Batch:
        """Keep a new batch with all its rows; those of `kept`, by position, have ended already.

        With `once` it is the one that has the plan's identity already, if another process was faster.
        """
        ...

    async def claim(self, batch_id: int) -> None:
        """Let this process alone work on a batch, and count what was on its way as lost. Raises BatchBusy."""
        ...

    async def release(self, batch_id: int) -> None:
        """Let others work on it."""
        ...

    async def rows(self, batch_id: int, positions: Collection[int] | None = None) -> Sequence[Row]:
        """All its rows, or those at these positions, in their order."""
        ...

    async def note(self, batch_id: int, position: int, state: RowState) -> None:
        """Keep that a row is about to be sent, or that it was not sent after all."""
        ...

    async def keep(self, batch_id: int, position: int, state: RowState, result: Result) -> None:
        """Keep what came of a row."""
        ...

    async def ask_again(self, batch_id: int, states: Sequence[RowState]) -> int:
        """Let rows that ended so be asked again; tell how many."""
        ...

    async def end(self, batch_id: int, at: float, *, stopped: bool) -> None:
        """Keep that it has ended."""
        ...

    async def mark(self, batch_id: int, position: int, mark: int | None) -> None:
        """Keep a person's mark of a row, 1 to 5, or none."""
        ...

    async def delete(self, batch_id: int) -> None:
        """Forget it with all its rows."""
        ...
