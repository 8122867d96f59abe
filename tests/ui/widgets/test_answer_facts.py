"""The facts of an answer: said once, briefly, on lines that do not tear them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.answer_words import facts, money, seconds
from tui_app.core.conversation import Answer, Outcome, Timing, Turn, Usage
from tui_app.ui.widgets.answer_facts import lines

ANSWER = Answer(
    Outcome.COMPLETE,
    model="claude-haiku-4-5-20251001",
    usage=Usage(1000, 500, cache_read_input_tokens=200),
    timing=Timing(queued_s=4.21, first_token_s=0.61, total_s=9.9, streamed_s=5.0),
    request_id="req_1",
    attempts=2,
)


def turn(answer: Answer, model: str = "claude-haiku-4-5") -> Turn:
    """A turn with this answer."""
    return Turn(1, "x", 1.0, "prod", model, answer)


def test_everything_that_is_known_is_said() -> None:
    assert facts(turn(ANSWER), free=False) == (
        "claude-haiku-4-5-20251001",
        "1,200 in (200 cached), 500 out",
        "$0.0035",
        "queued 4.21 s",
        "first token 0.61 s",
        "100 tokens/s",
        "2 attempts",
        "req_1",
    )


def test_the_sandbox_costs_nothing_and_unknown_models_have_no_price() -> None:
    assert "would cost $0.0035" in facts(turn(ANSWER), free=True)
    unknown = Answer(Outcome.COMPLETE, model="llama", usage=Usage(1, 1))
    assert facts(turn(unknown), free=False) == ("llama", "1 in, 1 out")


def test_a_cut_answer_claims_no_count_that_the_service_never_told() -> None:
    stopped = Answer(Outcome.STOPPED, model="claude-haiku-4-5", usage=Usage(131, 1))
    told = facts(turn(stopped), free=False)
    assert "131 in, out not told" in told
    assert any(words.startswith("at least $") for words in told)


def test_nothing_is_said_of_what_never_began() -> None:
    assert facts(turn(Answer(Outcome.FAILED)), free=False) == ("claude-haiku-4-5",)


@pytest.mark.parametrize(
    ("dollars", "words"),
    [(0.0, "$0.0000"), (0.00002, "under $0.0001"), (0.0123, "$0.0123"), (1234.5, "$1,234.50")],
)
def test_money_has_the_digits_that_matter(dollars: float, words: str) -> None:
    assert money(dollars) == words


@pytest.mark.parametrize(("stretch", "words"), [(0, "0 s"), (0.001, "0 s"), (0.61, "0.61 s"), (12.3, "12 s")])
def test_seconds_have_the_digits_that_matter(stretch: float, words: str) -> None:
    assert seconds(stretch) == words


@given(st.lists(st.text("ab", min_size=1, max_size=12), max_size=9), st.integers(12, 60))
def test_no_piece_is_torn_and_no_line_is_too_wide(pieces: list[str], width: int) -> None:
    made = lines(pieces, width)
    assert [piece for line in made for piece in line.split(" · ")] == pieces
    assert all(len(line) <= width for line in made)
