"""Lines of the list of conversations: what was found is in sight."""

from __future__ import annotations

import pytest

from tui_app.core.findings import Hit
from tui_app.ui.widgets.conversation_lines import hit_lines


@pytest.mark.parametrize("width", [76, 116])
def test_what_was_found_far_in_is_in_sight(width: int) -> None:
    pieces = (("… " + "before it there is much " * 9, False), ("needle", True), (" and after it " * 9, False))
    text = hit_lines(Hit(1, 2, "prod", "Talk", 0.0, "answer", pieces), 60.0, width)
    head, found = text.plain.split("\n")
    assert head.startswith("Talk")
    assert found.startswith("answer  …")
    assert "needle" in found
    assert text.cell_length <= 2 * width + 1


def test_an_excerpt_of_a_stranger_is_made_plain() -> None:
    hit = Hit(1, 2, "prod", "", 0.0, "prompt", (("[b]x[/b]\x1b[31m\n", False), ("y", True)))
    assert hit_lines(hit, 60.0, 100).plain.split("\n")[1] == "prompt  [b]x[/b] y"
