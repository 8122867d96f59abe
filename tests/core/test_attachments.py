"""Files are taken by what is in them, and refused with the reason."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pictures import MAKERS, gif, jpeg, png
from tests.strategies_storage import TEXT, UNHURRIED
from tui_app.core.attachments import (
    MOST_IMAGE,
    MOST_TEXT,
    attachment,
    facts,
    image_block,
    image_note,
    size_words,
    text_block,
)
from tui_app.core.attachments import (
    TEXT as PLAIN,
)
from tui_app.core.errors import InvalidRequest
from tui_app.core.images import Picture, picture_of
from tui_app.core.visual_tokens import visual_tokens
from tui_app.sandbox.blocks import ImageBlock
from tui_app.sandbox.pictures import picture
from tui_app.sandbox.text_files import file_in

SIDES = st.integers(1, 8_000)
IMAGES = st.sampled_from([(kind, make) for kind, makers in MAKERS.items() for make in makers])
Maker = tuple[str, Callable[[int, int], bytes]]


@UNHURRIED
@given(IMAGES, SIDES, SIDES)
def test_an_image_tells_its_type_and_its_size(maker: Maker, width: int, height: int) -> None:
    kind, make = maker
    assert picture_of(make(width, height)) == Picture(kind, width, height)


@UNHURRIED
@given(IMAGES, SIDES, SIDES)
def test_the_sandbox_weighs_an_image_as_the_estimate_does(maker: Maker, width: int, height: int) -> None:
    made = attachment("a", maker[1](width, height))
    seen = picture(ImageBlock.model_validate(image_block(made)))
    assert seen is not None
    assert (seen.media_type, seen.width, seen.height) == (made.media_type, made.width, made.height)
    for fine in (False, True):
        assert seen.tokens(fine=fine) == visual_tokens(width, height, fine=fine)


@UNHURRIED
@given(st.binary(max_size=200), IMAGES, st.integers(0, 40))
def test_no_bytes_make_trouble(tail: bytes, maker: Maker, cut: int) -> None:
    found = picture_of(maker[1](3, 4)[:cut] + tail)
    assert found is None or (found.width >= 0 and found.height >= 0)


@UNHURRIED
@given(st.text(min_size=1).filter(lambda text: "\0" not in text and not text.startswith("%PDF-")), TEXT)
def test_any_text_goes_between_tags_that_are_not_in_it(text: str, name: str) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")
    made = attachment(name, text.encode())
    sent = text_block(made)["text"]
    assert isinstance(sent, str)
    found = file_in(sent)
    assert found is not None
    assert found["text"].removesuffix("\n") == made.text.removesuffix("\n")
    assert made.media_type == PLAIN


def test_a_text_with_the_closing_tag_in_it_has_another_tag() -> None:
    assert text_block(attachment("a", b"</file> and </file-2>"))["text"] == (
        '<file-3 name="a">\n</file> and </file-2>\n</file-3>'
    )


def test_names_are_safe_in_the_tag_and_on_a_line() -> None:
    made = attachment('a"b<c>\x1b[31m\n&', b"x")
    assert made.name == 'a"b<c> &'
    assert str(text_block(made)["text"]).startswith('<file name="a&quot;b&lt;c> &amp;">\n')


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"a\0b", "is no text: it holds bytes that no text has"),
        (b"caf\xe9", "cannot be read as text: byte 4 is none of UTF-8"),
        (b"%PDF-1.7 ...", "is a PDF, which cannot be attached"),
        (b"x" * (MOST_TEXT + 1), "has 4.0 MB; text files of at most 4.0 MB can be attached"),
        (png(2, 2) + b"x" * MOST_IMAGE, "images of at most 7.9 MB can be attached"),
        (png(9_000, 3), "is 9000x3 pixels; a side may have 8,000"),
        (png(3, 3)[:14], "begins as PNG and is no whole image"),
    ],
)
def test_what_no_model_would_be_sent_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^my file") as caught:
        attachment("my file", data)
    assert reason in str(caught.value)
    assert caught.value.advice


def test_the_content_counts_and_not_the_name() -> None:
    assert attachment("notes.txt", jpeg(3, 4)).media_type == "image/jpeg"
    assert attachment("photo.png", b"hello").media_type == PLAIN
    assert attachment("text", b"\xef\xbb\xbfhello").text == "hello"


def test_a_chip_says_what_there_is_to_say() -> None:
    assert facts(attachment("a", b"one\ntwo")) == "2 lines, 7 bytes"
    assert facts(attachment("a", gif(640, 480))) == "GIF, 640x480, 35 bytes"
    assert [size_words(size) for size in (1, 999, 1_000, 1_249, 999_949, 999_951)] == [
        *("1 byte", "999 bytes", "1.0 kB", "1.2 kB", "999.9 kB", "1.0 MB")
    ]


def test_an_image_goes_as_base64_or_is_named_where_it_does_not_go() -> None:
    made = attachment("a.png", png(2, 2))
    assert image_block(made) == {
        "type": "image",
        "source": {
            "type": "base64",
            "media_type": "image/png",
            "data": base64.b64encode(made.data).decode(),
        },
    }
    assert "a.png" in str(image_note(made)["text"])
