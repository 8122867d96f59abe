"""A request that could not be written down is told in one line, and the exit code stays what it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.adapters.raw_server import raw_server
from tests.cli.bench import CommandLine
from tests.cli.process import PATIENCE_S, end, put, run, served
from tests.core.receipts import made
from tests.fakes_service import refused, reply
from tests.server.bench import Upstream
from tui_app.cli.unkept import Unkept
from tui_app.core.errors import StoreFailed
from tui_app.core.receipt_books import MemoryReceipts
from tui_app.core.receipts import Receipt
from tui_app.core.totals import Totals

REASON = "the disk is full"
LINE = f"note: missing from the totals, 1 not written down: {REASON}. Make room."


class FullDisk(MemoryReceipts):
    """Keeps nothing while it is `full`."""

    full = True

    def note(self, receipt: Receipt) -> None:
        """Say why not."""
        self.trouble = f"1 not written down: {REASON}" if self.full else ""
        self.advice = "Make room." if self.full else ""


async def nobody() -> frozenset[str]:
    """No endpoint is a sandbox."""
    return frozenset()


def folder_in_the_way() -> None:
    """Let no state database be possible."""
    (Path.home() / ".local/state/inferterm/inferterm.db").mkdir(parents=True)


def lines(err: str) -> list[str]:
    """What is told of requests that are missing from the totals."""
    return [line for line in err.splitlines() if "1 not written down: " in line]


def test_an_answer_comes_as_ever_and_one_line_says_what_is_missing(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.receipts = FullDisk()
    inferterm.api.scripts = [reply("ok"), [refused(400, "invalid_request_error", "no")]]
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.out, ended.complaints) == (0, "ok", [LINE])
    ended = inferterm("ask", "mine", "Hi")
    assert (ended.code, ended.complaints[0], len(ended.complaints)) == (4, LINE, 2)


@pytest.mark.parametrize(
    ("other", "told"), [(REASON, []), ("another disk is full", ["another disk is full"])]
)
def test_what_failed_for_one_reason_is_said_once(inferterm: CommandLine, other: str, told: list[str]) -> None:
    inferterm.given()
    inferterm.receipts, inferterm.health.failure = FullDisk(), StoreFailed(other)
    inferterm.api.scripts = [reply("ok")]
    assert inferterm("ask", "mine", "Hi").complaints == [*(f"note: {each}" for each in told), LINE]


def test_a_command_that_asks_nothing_says_nothing(inferterm: CommandLine) -> None:
    inferterm.given()
    inferterm.receipts = FullDisk()
    assert inferterm("endpoints", "list").err == ""


async def test_what_lasts_says_it_at_once_and_again_only_after_it_was_kept_meanwhile(
    capsys: pytest.CaptureFixture[str],
) -> None:
    book = FullDisk()
    totals = Totals(book, nobody)
    told: list[str] = []

    async def told_by_now() -> list[str]:
        for _ in range(5):
            await asyncio.sleep(0)
        told.extend(capsys.readouterr().err.splitlines())
        return told

    unkept = Unkept(totals)
    async with unkept.watched():
        for _ in range(2):
            totals.note(made())
            assert await told_by_now() == [f"inferterm: {LINE}"]
        book.full = False
        totals.note(made())
        assert len(await told_by_now()) == 1
        book.full = True
        totals.note(made())
        assert len(await told_by_now()) == 2
    unkept.tell()
    totals.note(made())
    assert len(await told_by_now()) == 2


async def test_a_batch_says_it_too(tmp_path: Path) -> None:
    folder_in_the_way()
    file = tmp_path / "rows.csv"
    file.write_text("prompt\nhi\n")
    ended = await run("batch", str(file), "--endpoint", "sandbox")
    assert (ended.code, len(lines(ended.err))) == (0, 1)
    assert ended.out.startswith(b"prompt,")


async def test_a_server_says_it_while_it_serves() -> None:
    folder_in_the_way()
    async with raw_server(Upstream().say) as upstream:
        put(upstream.url)
        async with served(ANTHROPIC_API_KEY="sk-x") as (process, url, key):
            assert process.stderr is not None
            headers = {"authorization": f"ApiKey {key}"}
            async with (
                httpx.AsyncClient(base_url=url, headers=headers) as client,
                asyncio.timeout(PATIENCE_S),
            ):
                posted = await client.post("/_inference/completion/mine", json={"input": "Hi"})
                assert posted.status_code == 200, posted.text
                while not lines((await process.stderr.readline()).decode()):
                    pass
            process.terminate()
            ended = await end(process)
    assert (ended.code, lines(ended.err)) == (0, [])
