import json

from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.wire import UNHURRIED
from tui_app.sandbox.requests import CountRequest, read_count_request
from tui_app.sandbox.tokens import count, count_input, pieces

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def _count(**more: object) -> int:
    body = {"model": "x", "messages": [{"role": "user", "content": "hello"}], **more}
    read: CountRequest = read_count_request(json.dumps(body).encode(), beta=False)
    return count_input(read)


@UNHURRIED
@given(TEXTS)
def test_pieces_make_up_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert count(text) == len(pieces(text))


@UNHURRIED
@given(TEXTS, st.integers(0, 20))
def test_the_start_of_a_text_has_the_same_pieces(text: str, number: int) -> None:
    start = pieces(text)[:number]
    assert pieces("".join(start)) == start


def test_a_token_is_about_four_letters_of_english() -> None:
    text = "The quick brown fox jumps over the lazy dog, as foxes in such sentences do. " * 10
    assert 3 < len(text) / count(text) < 6


def test_everything_that_is_sent_counts() -> None:
    plain = _count()
    tool = {"name": "f", "input_schema": {"type": "object"}}
    image = {"type": "image", "source": {"type": "base64", "data": "A" * 400}}
    assert plain > 0
    assert _count(system="be kind") > plain
    assert _count(tools=[tool]) > plain
    assert _count(tools=[tool, {**tool, "name": "g"}]) > _count(tools=[tool])
    assert _count(messages=[{"role": "user", "content": [image]}]) > plain
    assert _count(messages=[{"role": "user", "content": "hello"}] * 2) == 2 * plain


def test_a_cache_mark_costs_nothing() -> None:
    block = {"type": "text", "text": "hello"}
    marked = {**block, "cache_control": {"type": "ephemeral"}}
    turns = [[{"role": "user", "content": [each]}] for each in (block, marked)]
    assert _count(messages=turns[0]) == _count(messages=turns[1])
