"""What a person can do with a batch and its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from textual import work

from tui_app.core.batch_comparison import paired
from tui_app.core.batch_items import Batch, Row, RowState
from tui_app.core.batch_rows import Order, Show
from tui_app.core.batches import Batches
from tui_app.core.errors import InfertermError
from tui_app.ui.kept_list import Complaining
from tui_app.ui.marking import Marking

MARKING: Final = ("mark1", "mark2", "mark3", "mark4", "mark5", "unmark")


class BatchActions(Marking, Complaining[None]):
    """The actions of the screen of one batch; `earlier` are the rows of a run it is compared with."""

    batches: Batches
    kept: Batch
    rows: tuple[Row, ...] = ()
    earlier: Mapping[int, Row] | None = None
    order, show = Order.ROWS, Show.ALL

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        raise NotImplementedError

    @property
    def whole(self) -> bool:
        """Whether all its rows were read."""
        return len(self.rows) >= self.kept.total

    @property
    def at_work(self) -> bool:
        """Whether it runs here, or is about to."""
        return self.kept.id in self.batches.begun

    def sift(self) -> object:
        """Sort and filter anew."""
        raise NotImplementedError

    def read(self) -> object:
        """Read anew what changed."""
        raise NotImplementedError

    def go(self, step: int) -> Row | None:
        """Go to another row; None where there is none."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        counts, batch, row = self.kept.counts, self.kept, self.selected is not None
        ours = batch.ended < batch.total and (self.at_work or not batch.busy)
        possible = {
            "look": row,
            **dict.fromkeys(MARKING, row),
            "pause": ours,
            "stop": ours and not batch.stopped,
            "again": not self.at_work and bool(counts.get(RowState.FAILED) or counts.get(RowState.LOST)),
        }
        return possible.get(action, True)

    def action_look(self) -> None:
        """Show the row whole."""
        from tui_app.ui.screens.batch_row import BatchRowScreen

        if (row := self.selected) is not None:
            free = self.kept.head.free
            self.app.push_screen(BatchRowScreen(row, self.earlier, self.go, self.mark, free=free))

    @work(group="mark")
    async def put_mark(self, mark: int | None) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if (row := self.selected) is not None:
            await self.mark(row, mark)

    async def mark(self, row: Row, mark: int | None) -> None:
        """Keep a mark of a row, or take it away."""
        try:
            await self.batches.mark(self.kept.id, row.item.position, mark)
        except InfertermError as error:
            self.complain(error)

    def action_sort(self) -> None:
        """Sort by the next order; by changes only where there are any to know of."""
        orders = [each for each in Order if each is not Order.CHANGES or self.earlier is not None]
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self.sift()

    def action_wrong(self) -> None:
        """Show only what failed, then only what changed where runs are compared, then all again."""
        ways = [each for each in Show if each is not Show.CHANGED or self.earlier is not None]
        self.show = ways[(ways.index(self.show) + 1) % len(ways)]
        self.sift()

    def action_pause(self) -> None:
        """Pause it, or let it go on."""
        if self.at_work:
            self.batches.pause(self.kept.id)
        else:
            self.batches.start(self.kept.id)

    @work(group="act", exclusive=True)
    async def action_stop(self) -> None:
        """End it before its end."""
        try:
            await self.batches.stop(self.kept.id)
        except InfertermError as error:
            self.complain(error)
        self.read()

    @work(group="act", exclusive=True)
    async def action_again(self) -> None:
        """Ask again what failed or was lost, once it is said which."""
        from tui_app.ui.batch_flows import ask_again

        try:
            await ask_again(self.app, self.batches, self.kept)
        except InfertermError as error:
            self.complain(error)
        self.read()

    @work(group="compare", exclusive=True)
    async def action_compare(self) -> None:
        """Compare with an earlier run, or with none any more."""
        if self.earlier is None:
            try:
                self.earlier = await self._earlier_rows()
            except InfertermError as error:
                self.complain(error)
            if self.earlier is None:
                return
        else:
            self.earlier = None
            self.order = Order.ROWS if self.order is Order.CHANGES else self.order
            self.show = Show.ALL if self.show is Show.CHANGED else self.show
        self.sift()

    async def _earlier_rows(self) -> dict[int, Row] | None:
        """The row of an earlier run beside each of this, None if none was chosen. Raises InfertermError."""
        from tui_app.ui.batch_flows import choose_earlier

        found = await choose_earlier(self.app, self.batches, self.kept)
        if found is None:
            return None
        rows = self.rows if self.whole else await self.batches.rows(self.kept.id)
        return await asyncio.to_thread(paired, rows, found)

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Write the rows to a file, as CSV or JSONL."""
        from tui_app.ui.batch_flows import save

        try:
            await save(self.app, self.batches, self.kept)
        except InfertermError as error:
            self.complain(error)
