"""Answers as rows and back."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given

from tests.strategies_storage import ANSWERS, UNHURRIED
from tui_app.adapters.answer_rows import answer_of, answer_row
from tui_app.core.conversation import Answer, Block, Outcome


def through_a_row(answer: Answer, **changed: object) -> Answer:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    row = answer_row(1, answer, "", 0.0) | changed
    columns = ", ".join(f":{name} AS {name}" for name in row)
    found = connection.execute(f"SELECT {columns}", row).fetchone()
    connection.close()
    return answer_of(found)


@UNHURRIED
@given(ANSWERS)
def test_an_answer_comes_back_with_all_its_fields(answer: Answer) -> None:
    assert through_a_row(answer) == answer


def test_a_block_with_half_a_character_comes_back() -> None:
    answer = Answer(Outcome.STOPPED, (Block("text", "a\ud83d", {"type": "text", "text": "a\ud83d"}),))
    assert through_a_row(answer) == answer


@pytest.mark.parametrize(
    "changed", [{"outcome": "odd"}, {"blocks": "{"}, {"blocks": "[1]"}, {"usage": "7"}, {"rest": "[]x"}]
)
def test_what_somebody_else_wrote_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        through_a_row(Answer(), **changed)
