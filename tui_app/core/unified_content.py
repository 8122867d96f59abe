"""The content of chat messages: parts as Elasticsearch takes them, blocks as the Messages API does."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic_core import PydanticCustomError

from tui_app.core.characters import mended
from tui_app.core.elastic_errors import refused
from tui_app.core.jsons import JsonObject
from tui_app.core.unified_values import unfit

_DATA_URI: Final = re.compile(r"data:(?P<media>[^,]+?);base64,(?P<data>.+)", re.DOTALL | re.IGNORECASE)
_MEDIA: Final = {"image/jpg": "image/jpeg"}
_PDF: Final = "application/pdf"
_PLAIN: Final = "text/plain"
_JAVA: Final = {bool: "Boolean", int: "Integer", float: "Double", str: "String", list: "ArrayList"}
_FOR: Final = "for the Anthropic chat completion API."


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image, by a web address or as a data URI."""

    url: str


@dataclass(frozen=True, slots=True)
class FilePart:
    """A document as a data URI, with its name."""

    data: str
    name: str


Part: TypeAlias = TextPart | ImagePart | FilePart
Content: TypeAlias = str | tuple[Part, ...]


def read_content(value: Any) -> Content:  # noqa: ANN401 - the JSON door
    """Read `content` of a message: text, or parts. Raises PydanticCustomError."""
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, list | tuple):
        return tuple(map(_part, value))
    if isinstance(value, Mapping):
        raise PydanticCustomError("content", "neither text nor parts")
    token = {type(None): "VALUE_NULL", bool: "VALUE_BOOLEAN"}.get(type(value), "VALUE_NUMBER")
    raise unfit(f"Expected an array start token or a value string token but found token [{token}]")


def text_of(content: Content | None) -> str:
    """The text in it, joined; images and documents give none."""
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.text for part in content if isinstance(part, TextPart))


def blocks_of(content: Content | None) -> list[JsonObject]:
    """The Messages API's blocks for it. Raises Refused for what that API cannot be given."""
    if content is None:
        return []
    if isinstance(content, str):
        return [text_block(content)]
    return [_block(part) for part in content]


def text_block(text: str) -> JsonObject:
    """A block of text."""
    return {"type": "text", "text": text}


def _part(value: Any) -> Part:  # noqa: ANN401 - the JSON door
    if not isinstance(value, Mapping):
        raise unfit("a part of the content has to be an object")
    fields = dict(value)
    kind = _taken(fields, "type", str, "content")
    match kind.strip().lower():
        case "text":
            part: Part = TextPart(_taken(fields, "text", str, "content"))
        case "image_url":
            part = _image(dict(_taken(fields, "image_url", dict, "content")))
        case "file":
            part = _file(dict(_taken(fields, "file", dict, "content")))
        case _:
            raise unfit(_unrecognized(kind, "content", "text, image_url, file"))
    _check_empty(fields, "content")
    return part


def _image(fields: dict[str, Any]) -> ImagePart:
    url = _taken(fields, "url", str, "url")
    detail = fields.get("detail")
    if detail is not None:
        detail = _taken(fields, "detail", str, "url")
        if detail.strip().lower() not in {"auto", "low", "high"}:
            raise unfit(_unrecognized(detail, "url", "auto, low, high"))
    fields.pop("detail", None)
    _check_empty(fields, "image_url")
    return ImagePart(url)


def _file(fields: dict[str, Any]) -> FilePart:
    part = FilePart(_taken(fields, "file_data", str, "file"), _taken(fields, "filename", str, "file"))
    if "file_id" in fields:
        raise unfit("Field [file_id] is not supported for content of type [file]")
    _check_empty(fields, "file")
    return part


def _taken(fields: dict[str, Any], name: str, kind: type, where: str) -> Any:  # noqa: ANN401 - as `kind` says
    value = fields.pop(name, None)
    if value is None:
        raise unfit(f"Field [{name}] in object [{where}] is required but was not found")
    if not isinstance(value, kind):
        expected = _JAVA.get(kind, "Map")
        found = _JAVA.get(type(value), "LinkedHashMap")
        raise unfit(
            f"Field [{name}] in object [{where}] is not of the expected type. "
            f"Expected [{expected}] but was [{found}]"
        )
    return mended(value) if isinstance(value, str) else value


def _check_empty(fields: Mapping[str, Any], where: str) -> None:
    if fields:
        names = ", ".join(_short(name) for name in fields)
        raise unfit(f"[{where}] contains unknown fields [{names[:200]}]")


def _unrecognized(name: str, where: str, known: str) -> str:
    return f"Unrecognized type [{_short(name)}] in object [{where}], must be one of [{known}]"


def _short(name: str) -> str:
    return mended(name)[:80]


def _block(part: Part) -> JsonObject:
    if isinstance(part, TextPart):
        return text_block(part.text)
    return _image_block(part) if isinstance(part, ImagePart) else _document_block(part)


def _image_block(part: ImagePart) -> JsonObject:
    if found := _DATA_URI.fullmatch(part.url):
        media = _media_type(found["media"])
        return {"type": "image", "source": {"type": "base64", "media_type": media, "data": found["data"]}}
    if not part.url.startswith(("http://", "https://")):
        raise refused(
            f"Image URLs must be HTTP(S) URLs or base64 data URIs with the format "
            f"[data:{{MIME-type}};base64,...] {_FOR}",
        )
    return {"type": "image", "source": {"type": "url", "url": part.url}}


def _document_block(part: FilePart) -> JsonObject:
    found = _DATA_URI.fullmatch(part.data)
    if not found:
        raise refused(
            f"File data must be a base64 data URI with the format [data:{{MIME-type}};base64,...] {_FOR}",
        )
    media = _media_type(found["media"])
    if media == _PDF:
        source: JsonObject = {"type": "base64", "media_type": media, "data": found["data"]}
    elif media == _PLAIN:
        source = {"type": "text", "media_type": media, "data": _decoded(found["data"])}
    else:
        raise refused(
            f"Unsupported file media type [{media[:80]}] {_FOR[:-1]}; "
            f"supported types are [{_PDF}, {_PLAIN}].",
        )
    return {"type": "document", "source": source, "title": part.name}


def _media_type(declared: str) -> str:
    media = declared.partition(";")[0].strip()
    return _MEDIA.get(media, media)


def _decoded(data: str) -> str:
    try:
        return base64.b64decode(data, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise refused("Invalid base64 payload in the file data URI.") from None
