"""A ledger with wrong bytes in it: all get an answer or a clear error, and nobody waits for ever."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes_quota import GROUP, OTHER, FakeClock, Process, join
from tui_app.adapters.ledger import TERMS
from tui_app.core.errors import LedgerFailed
from tui_app.core.place import Stage
from tui_app.core.service import ServerLimit

HEADER = 100
"""Bytes of a SQLite file that say what it is."""


@cache
def whole() -> bytes:
    """A ledger in which something lies in every table, of processes that live."""
    with tempfile.TemporaryDirectory() as folder:
        clock = FakeClock()
        processes = [Process(clock, Path(folder, "ledger")) for _ in range(2)]
        for process in processes:
            for member in ("one", "two"):
                for _ in range(3):
                    join(process.queue, 2, member)
            process.queue.close_group(OTHER, 30.0, "slow down")
            process.queue.change_limit("one", 2)
            told = ServerLimit("requests", 60, 3, 60.0)
            process.queue.note_told(GROUP, (told,), clock.now())
            clock.advance(0.1)
        copy = Path(folder, "copy")
        with closing(sqlite3.connect(processes[0].ledger.path)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        for process in processes:
            process.bell.close()
            process.ledger._file.let_go()
        return copy.read_bytes()


def use(folder: Path, content: bytes) -> Process:
    """Ask everything of a ledger of this content; the request's way ends, or it is told when it will."""
    Path(folder, "quota-this-boot.sqlite3").write_bytes(content)
    clock = FakeClock(1001.0)
    process = Process(clock, folder)
    place = join(process.queue, 9, "new")
    clock.advance(0.3)
    for ask in (
        lambda: process.queue.quota(GROUP, 3),
        lambda: process.queue.activity(GROUP),
        process.queue.groups,
        lambda: process.queue.start(place),
    ):
        with suppress(LedgerFailed):
            ask()
    clock.advance(2 * (TERMS.lease + TERMS.cooldown))
    assert place.stage is not Stage.WAITING or process.queue.quota(GROUP, 9).next_slot_in(clock.now()) > 0
    place.cancel()
    clock.advance(1.0)
    return process


@given(
    st.lists(st.tuples(st.integers(HEADER, 1 << 16), st.integers(0, 255)), min_size=1, max_size=4),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_damaged_ends_in_an_answer_or_a_clear_error(
    flips: list[tuple[int, int]], in_values: bool
) -> None:
    content = bytearray(whole())
    filled = [at for at, byte in enumerate(content) if byte and at >= HEADER] if in_values else None
    for at, byte in flips:
        content[filled[at % len(filled)] if filled else max(HEADER, at % len(content))] = byte
    with tempfile.TemporaryDirectory() as folder:
        use(Path(folder), bytes(content)).kill()


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        (b"burst", b"bur\x0et"),
        (b"chat", b"ch\xfft"),
        (b"CREATE TABLE strangers", b"CREATE TABLE str\xffngers"),
        (b"model", b"mod\xf0l"),
    ],
)
def test_words_that_nobody_wrote_are_told_as_damage(tmp_path: Path, sound: bytes, damaged: bytes) -> None:
    assert sound in whole()
    content = whole().replace(sound, damaged)
    Path(tmp_path, "quota-this-boot.sqlite3").write_bytes(content)
    clock = FakeClock(1001.0)
    process = Process(clock, tmp_path)
    place = join(process.queue, 9, "new")
    clock.advance(0.3)
    with pytest.raises(LedgerFailed, match="cannot be used") as caught:
        process.queue.quota(GROUP, 9)
        place.check()
    assert "delete it" in caught.value.advice
    process.kill()
