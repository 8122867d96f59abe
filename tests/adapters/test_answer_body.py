from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import UNHURRIED
from tui_app.adapters import answer_body
from tui_app.adapters.answer_body import HEAD, AnswerBody
from tui_app.core.errors import ConnectionLost


async def chunks(*pieces: bytes) -> AsyncGenerator[bytes, None]:
    for piece in pieces:
        yield piece


@pytest.mark.parametrize(
    ("pieces", "first", "rest"),
    [
        ([b"{}"], b"{", b"{}"),
        ([b" \n", b"\t", b"<p>", b" x"], b"<", b"<p> x"),
        ([b"\xef", b"\xbb", b"\xbf", b" {", b"}"], b"{", b"{}"),
        ([b"\xefx"], b"\xef", b"\xefx"),
        ([b" \n "], b"", b""),
        ([], b"", b""),
    ],
)
async def test_the_first_byte_is_looked_at_and_stays(pieces: list[bytes], first: bytes, rest: bytes) -> None:
    body = AnswerBody(chunks(*pieces), "http://host")
    assert await body.first() == first
    assert await body.first() == first
    assert await body.rest() == rest
    assert body.ended


@UNHURRIED
@given(st.lists(st.binary(min_size=1, max_size=9), max_size=9))
async def test_all_bytes_come_through_with_a_blank_line_after_them(pieces: list[bytes]) -> None:
    body = AnswerBody(chunks(*pieces), "http://host")
    assert b"".join([piece async for piece in body]) == b"".join(pieces) + b"\n\n"
    assert body.head == b"".join(pieces)


async def test_only_the_beginning_is_kept_to_quote_from() -> None:
    body = AnswerBody(chunks(b"a" * 1500, b"b" * 1500), "http://host")
    assert len(await body.rest()) == 3000
    assert body.head == b"a" * 1500 + b"b" * (HEAD - 1500)


async def test_more_than_an_event_may_have_is_refused_unless_it_was_counted_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer_body, "EVENT_MAX", 10)
    body = AnswerBody(chunks(b"x" * 6, b"x" * 6, b"x" * 6), "http://host")
    pieces = aiter(body)
    await anext(pieces)
    await anext(pieces)
    body.pending = 0
    await anext(pieces)
    with pytest.raises(ConnectionLost, match="larger than"):
        await anext(pieces)
