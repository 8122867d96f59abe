"""Lines in pieces that fit, whatever they are made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_app.ui.widgets.line_pieces import pieces


@given(st.text(st.sampled_from("ab \t漢字é🌍"), max_size=60), st.integers(8, 30))
def test_every_piece_fits_and_together_they_are_the_line(line: str, width: int) -> None:
    found = list(pieces(line, width))
    assert "".join(found) == line.expandtabs(4)
    assert found and all(cell_len(each) <= width for each in found)
