"""The two pacings in a person's own numbers."""

from __future__ import annotations

import pytest

from tui_app.core.pacing_words import burst_words, drawing, drawing_words, even_words
from tui_app.core.quota import Pacing


def test_each_pacing_is_told_in_the_limits_own_numbers() -> None:
    assert burst_words(50).startswith("Any 50 within 60 s")
    assert even_words(50).startswith("One each 1.2 s")
    assert even_words(1).startswith("One each 60 s")
    assert even_words(1000).startswith("One each 0.06 s")


@pytest.mark.parametrize(("limit", "prompts"), [(50, 8), (3, 3), (1, 1)])
def test_both_drawings_show_the_same_prompts_in_the_same_time(limit: int, prompts: int) -> None:
    for pacing in Pacing:
        drawn = drawing(pacing, limit, 40)
        assert len(drawn) == 40
        assert sum(int(cell) for cell in drawn if cell != "·") == prompts
    assert drawing(Pacing.EVEN, 2, 8) == "1···1···"
    assert drawing(Pacing.BURST, 2, 8) == "2·······"


def test_what_is_drawn_is_said() -> None:
    assert drawing_words(50) == "8 prompts that come at once, over 9.6 s"
    assert drawing_words(1) == "one prompt, over 60 s"
