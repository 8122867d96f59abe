"""A prompt with what is folded in it and attached to it, put together and taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pictures import png
from tests.strategies_storage import MESSAGES, TEXT, UNHURRIED
from tui_app.core.attachments import attachment
from tui_app.core.errors import InvalidRequest
from tui_app.core.user_messages import UserMessage, is_large, label, refolded, sound_folds

NOTES, PHOTO = attachment("notes.txt", b"hello"), attachment("photo.png", png(3, 2))


@UNHURRIED
@given(MESSAGES)
def test_pieces_are_the_text_again(message: UserMessage) -> None:
    pieces = list(message.pieces())
    assert "".join(piece for piece, _ in pieces) == message.text
    assert len([piece for piece, folded in pieces if folded]) == len(message.folds)


@UNHURRIED
@given(MESSAGES, MESSAGES)
def test_two_in_one_keep_their_texts_folds_and_files(one: UserMessage, other: UserMessage) -> None:
    both = one.followed_by(other)
    assert both.text == "\n\n".join(filter(None, (one.text, other.text)))
    folded = [[piece for piece, is_folded in each.pieces() if is_folded] for each in (one, other, both)]
    assert folded[2] == folded[0] + folded[1]
    assert set(both.attachments) == {*one.attachments, *other.attachments}


@UNHURRIED
@given(MESSAGES)
def test_what_was_not_changed_elsewhere_is_folded_again(message: UserMessage) -> None:
    folded = [piece for piece, is_folded in message.pieces() if is_folded]
    found = refolded(message.text, folded)
    assert [piece for piece, is_folded in found.pieces() if is_folded] == folded
    assert found.text == message.text


@UNHURRIED
@given(st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50))), TEXT)
def test_only_sound_folds_are_kept(spans: list[tuple[int, int]], text: str) -> None:
    message = UserMessage(text, sound_folds(spans, len(text)))
    assert "".join(piece for piece, _ in message.pieces()) == text


@pytest.mark.parametrize(
    ("text", "large"),
    [("x" * 2_000, False), ("x" * 2_001, True), ("x\n" * 20, False), ("x\n" * 20 + "x", True)],
)
def test_more_than_20_lines_or_2000_characters_are_large(text: str, large: bool) -> None:
    assert is_large(text) is large


def test_a_label_says_lines_and_size() -> None:
    assert label("x" * 45 + "\n" + "y\n" * 213) == "[pasted 214 lines, 472 bytes]"


def test_attachments_stand_before_the_text() -> None:
    content = UserMessage("compare", (), (PHOTO, NOTES)).content(lambda each: {"type": each.name})
    assert content == (
        {"type": "photo.png"},
        {"type": "text", "text": '<file name="notes.txt">\nhello\n</file>'},
        {"type": "text", "text": "compare"},
    )
    assert UserMessage("alone").content() == "alone"
    assert len(list(UserMessage(" ", (), (NOTES,)).content())) == 1  # type: ignore[arg-type]


def test_a_file_alone_can_be_sent_and_gives_the_title() -> None:
    assert UserMessage("", (), (NOTES, PHOTO)).check().title == "notes.txt, photo.png"
    assert UserMessage("  two\n words", (), (NOTES,)).title == "two words"
    with pytest.raises(InvalidRequest, match="empty"):
        UserMessage(" \n").check()
