"""A prompt as the transcript shows it stands for the text that was asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.attachments import attachment
from tui_app.core.conversation import Turn
from tui_app.core.user_messages import Span, UserMessage
from tui_app.ui.widgets.prompt_words import PROMPT_LINES, asked, standing_for, text_between, words_of

TEXT = st.text("ab \n", max_size=60) | st.integers(30, 60).map(lambda count: "row\n" * count)


def turn(text: str, *folds: Span, **more: object) -> Turn:
    """A turn with a prompt that is folded so."""
    return Turn(1, text, 1.0, "prod", "m", folds=folds, **more)  # type: ignore[arg-type]


@given(st.lists(st.tuples(TEXT, TEXT.filter(bool)), max_size=3), TEXT)
def test_all_of_it_stands_for_all_that_was_asked(pieces: list[tuple[str, str]], last: str) -> None:
    text, folds = "", []
    for before, folded in pieces:
        folds.append((len(text + before), len(text + before + folded)))
        text += before + folded
    made = asked(turn(text + last, *folds))
    words = words_of(made)
    assert text_between(made, 0, len(words)) == text + last.rstrip()
    assert len(words.split("\n")) <= PROMPT_LINES + 1
    seen = UserMessage(text + last.rstrip(), tuple(folds)).folded
    assert words == seen or words.startswith("\n".join(seen.split("\n")[:PROMPT_LINES]) + "\n… ")


def test_a_part_of_a_label_stands_for_itself() -> None:
    made = asked(turn("See a\nb\nc now", (4, 9)))
    assert words_of(made) == "See [pasted 3 lines, 5 bytes] now"
    assert text_between(made, 2, 30) == "e a\nb\nc "
    assert text_between(made, 2, 11) == "e [pasted"


def test_files_are_named_below_what_was_asked() -> None:
    made = asked(turn("Look", attachments=(attachment("a.txt", b"x\n"),)))
    assert words_of(made).startswith("Look\n▤ a.txt")
    assert words_of(asked(turn("", attachments=(attachment("a.txt", b"x\n"),)))).startswith("▤ a.txt")


def test_labels_stand_for_the_words_that_are_in_their_texts() -> None:
    files = (attachment("a.txt", b"Hay and a Needle"), attachment("b.txt", b"nothing"))
    made = turn("needle here\nA Needle\nso", (12, 23), attachments=files)
    held = {"[pasted 2 lines, 11 bytes]": 1, "▤ a.txt 1 line, 16 bytes": 2}
    assert standing_for(made, ["needle", "hay"]) == held
    assert standing_for(made, ["straw"]) == standing_for(made, []) == {}
