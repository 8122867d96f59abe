"""The rows of a batch that has ended, on standard output, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tui_app.cli.exits import Exit, complain, one_line
from tui_app.cli.streams import AnswerStream, OutputFailed
from tui_app.core.batch_items import Batch, Row, RowState, Trouble
from tui_app.core.batch_output import summary, troubles, worst, written
from tui_app.core.tables import Format

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_SHOWN: Final = 5


async def print_rows(bench: Workbench, batch: Batch, kind: Format) -> int:
    """Print all rows, say what came of them, and tell the exit code. Raises OutputFailed, StoreFailed."""
    rows = await bench.batches.rows(batch.id)
    try:
        stream = AnswerStream()
        stream.write("".join(written(batch, rows, kind)))
        stream.end()
    except OutputFailed as error:
        if error.reason is None:
            raise
        raise OutputFailed(f"{error}. All rows are kept: the same command prints them again") from None
    complain(summary(rows, free=batch.head.free).words)
    wrong = [(row, words) for row in rows if (words := worst(row))]
    for row, words in wrong[:_SHOWN]:
        where = one_line(f"{batch.head.title}:{row.item.line}")
        complain(f"row {row.item.position + 1}, {where}: {one_line(words)}")
    if len(wrong) > _SHOWN:
        complain(f"and {len(wrong) - _SHOWN:,} more")
    if any(row.state is RowState.LOST for row in rows):
        complain("note: whether lost rows were answered cannot be known; --retry-lost asks them again")
    return exit_code(rows)


def exit_code(rows: Sequence[Row]) -> int:
    """What the worst of all rows makes of a run: refused before network before a check that failed."""
    found = troubles(rows)
    if Trouble.REFUSED in found:
        return Exit.REFUSED
    if found & {Trouble.NETWORK, Trouble.LOST}:
        return Exit.NETWORK
    return Exit.FAILED if any(row.result is None or not row.result.passed for row in rows) else Exit.DONE
