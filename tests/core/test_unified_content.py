"""Parts of a message become blocks, or are refused with the words of Elasticsearch."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from tests.core.chat_bodies import JSON
from tui_app.core.elastic_errors import Refused
from tui_app.core.unified_content import blocks_of, read_content, text_of


def image(url: str, **more: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, **more}}


def file(data: str, **more: str) -> dict[str, Any]:
    return {"type": "file", "file": {"file_data": data, "filename": "a.pdf", **more}}


def blocks(*parts: object) -> list[Any]:
    return blocks_of(read_content(list(parts)))


def test_texts_images_and_documents_become_blocks() -> None:
    plain = "data:text/plain;charset=utf-8;base64," + b64encode("Grüße".encode()).decode()
    assert blocks(
        {"type": " TEXT ", "text": "a"},
        image("https://example.com/a.png", detail="low"),
        image("data:image/jpg;base64,AAAA"),
        file("data:application/pdf;base64,BBBB"),
        file(plain),
    ) == [
        {"type": "text", "text": "a"},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "AAAA"}},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "BBBB"},
            "title": "a.pdf",
        },
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "Grüße"},
            "title": "a.pdf",
        },
    ]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("text", "object"),
        ({}, "Field [type] in object [content] is required but was not found"),
        ({"type": 5}, "Expected [String] but was [Integer]"),
        ({"type": "video"}, "Unrecognized type [video] in object [content]"),
        ({"type": "text"}, "Field [text] in object [content] is required"),
        ({"type": "text", "text": "a", "b": 1, "c": 2}, "[content] contains unknown fields [b, c]"),
        ({"type": "image_url", "image_url": "x"}, "Expected [Map] but was [String]"),
        (image("https://x", detail="much"), "Unrecognized type [much] in object [url]"),
        (image("https://x", size="1"), "[image_url] contains unknown fields [size]"),
        (file("x", file_id="f"), "Field [file_id] is not supported"),
        (file("x", other="f"), "[file] contains unknown fields [other]"),
    ],
)
def test_a_part_that_elasticsearch_cannot_read_is_refused(part: object, words: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        read_content([part])
    assert words in caught.value.message()


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (image("ftp://x"), "Image URLs must be HTTP(S) URLs or base64 data URIs"),
        (image("AAAA"), "Image URLs must be HTTP(S) URLs or base64 data URIs"),
        (file("AAAA"), "File data must be a base64 data URI"),
        (file("data:image/png;base64,AAAA"), "Unsupported file media type [image/png]"),
        (file("data:text/plain;base64,%%"), "Invalid base64 payload"),
    ],
)
def test_a_part_that_the_messages_api_cannot_be_given_is_refused(part: object, words: str) -> None:
    content = read_content([part])
    with pytest.raises(Refused) as caught:
        blocks_of(content)
    assert words in caught.value.error.reason


@given(st.lists(JSON, max_size=3))
def test_parts_of_any_kind_are_read_or_refused(parts: list[Any]) -> None:
    try:
        assert isinstance(text_of(read_content(parts)), str)
    except PydanticCustomError as error:
        error.message().encode()


def test_the_text_of_parts_is_joined() -> None:
    first, second = ({"type": "text", "text": text} for text in "ab")
    assert text_of(read_content([first, image("x"), second])) == "ab"
