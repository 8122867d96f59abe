"""What an image weighs, after the examples of the Messages API's documentation."""

from __future__ import annotations

import pytest

from tui_app.core.models import sees_finely
from tui_app.core.visual_tokens import visual_tokens


@pytest.mark.parametrize(
    ("width", "height", "coarse", "fine"),
    [
        (1, 1, 1, 1),
        (200, 200, 64, 64),
        (1_000, 1_000, 1_296, 1_296),
        (1_092, 1_092, 1_521, 1_521),
        (1_920, 1_080, 1_560, 2_691),
        (3_840, 2_160, 1_560, 4_784),
        (1_075, 1_520, 1_551, 2_145),
        (4_032, 3_024, 1_564, 4_740),
        (8_000, 10, 56, 92),
        (0, 0, 1_568, 4_784),
    ],
)
def test_each_patch_of_what_is_seen_is_a_token(width: int, height: int, coarse: int, fine: int) -> None:
    for sides in ((width, height), (height, width)):
        assert (visual_tokens(*sides, fine=False), visual_tokens(*sides, fine=True)) == (coarse, fine)


def test_claude_sees_finely_from_4_7_on() -> None:
    fine = ["claude-opus-4-7", "claude-opus-4-8", "claude-haiku-5-5", "claude-fable-5-1"]
    coarse = ["claude-opus-4-6", "claude-haiku-4-5-20251001", "claude-sonnet-4-20250514"]
    coarse += ["claude-3-haiku", "not-of-claude"]
    assert [sees_finely(each) for each in (*fine, *coarse)] == [True] * len(fine) + [False] * len(coarse)
