"""What a curl command sends: method, URL and JSON body; whom it is allowed by is none of our affair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui_app.core.clippings import Clipping, Span, Unreadable, Value
from tui_app.core.literals import LiteralReader
from tui_app.core.shell_reader import ShellReader
from tui_app.core.shell_words import Word, WordMap

_BODY: Final = {"d", "data", "data-raw", "data-binary", "data-ascii", "json"}
_WITH_VALUE: Final = {
    *_BODY,
    *"XHdubATFemwKcxrtyYzCDEPQUo",
    *("request", "header", "user", "url", "output", "user-agent", "cacert", "capath", "cert", "key", "form"),
    *("max-time", "connect-timeout", "retry", "retry-delay", "proxy", "resolve", "cookie", "cookie-jar"),
    *("write-out", "data-urlencode", "upload-file", "referer", "config", "oauth2-bearer", "aws-sigv4"),
}
_STANDARD_INPUT: Final = {"@-", "@/dev/stdin"}


@dataclass(frozen=True, slots=True)
class Command:
    """A curl command: `body` is None where none is sent."""

    method: str
    url: str
    body: Value | None


def read_curl(reader: ShellReader) -> Command:
    """What follows the word `curl`, after which `reader` stands. Raises Unreadable."""
    words, given = reader.command()
    method, url, body, flags = "", "", None, set()
    for option, value in _options(words):
        if option in {"X", "request"}:
            method = value.text.upper()
        elif option in _BODY:
            body = _body_word(value, given)
            method = method or ("PUT" if option == "json" else "")
        elif option in {"", "url"} and (not url or "_inference" in value.text):
            url = value.text
        flags.add(option)
    if not method:
        method = "GET" if body is None or flags & {"G", "get"} else "POST"
    return Command(method, url, None if body is None else _json(body))


def _options(words: list[Word]) -> list[tuple[str, Word]]:
    """Options by their names without dashes, each with its value; `""` is for what is no option."""
    found: list[tuple[str, Word]] = []
    waiting = ""
    for word in words:
        text = word.text
        if waiting:
            found.append((waiting, word))
            waiting = ""
        elif text.startswith("--") and len(text) > 2:
            if text[2:] in _WITH_VALUE:
                waiting = text[2:]
            else:
                found.append((text[2:], Word()))
        elif text.startswith("-") and len(text) > 1:
            waiting = _short(word, found)
        else:
            found.append(("", word))
    return found


def _short(word: Word, found: list[tuple[str, Word]]) -> str:
    """Take apart `-sXPUT`; returns the letter whose value is the next word."""
    text = word.text
    for place, letter in enumerate(text[1:], start=1):
        if letter in _WITH_VALUE:
            if place + 1 == len(text):
                return letter
            found.append((letter, _rest(word, place + 1)))
            return ""
        found.append((letter, Word()))
    return ""


def _rest(word: Word, start: int) -> Word:
    """A word without its first characters."""
    rest, places = Word(), WordMap(word)
    text, at = word.text, 0
    for piece, offset, end in zip(word.pieces, word.offsets, word.ends, strict=True):
        if at + len(piece) > start:
            cut = max(0, start - at)
            rest.add(piece[cut:], places.source(at + cut) if cut else offset, end)
        at += len(piece)
    assert rest.text == text[start:]
    return rest


def _body_word(value: Word, given: Word | None) -> Word:
    text = value.text
    if text in _STANDARD_INPUT:
        if given is None:
            at = value.offsets[0] if value.offsets else 0
            raise Unreadable(at, "the body comes from another program; paste the JSON itself")
        return given
    if text.startswith("@"):
        raise Unreadable(value.offsets[0], "the body lies in a file; paste the JSON itself")
    return value


def _json(word: Word) -> Value:
    """Read the body, with its spans in the source."""
    places = WordMap(word)
    reader = LiteralReader(Clipping(word.text))
    try:
        found = reader.read()
        reader.blank()
        if reader.at < len(word.text):
            raise Unreadable(reader.at, "something stands after the body's end")
    except Unreadable as error:
        raise Unreadable(places.source(error.at), error.reason) from None
    spans: dict[str, Span] = {
        path: (places.source(start), places.source(end)) for path, (start, end) in found.spans.items()
    }
    return Value(found.value, spans)
