"""Keys in a text from outside, taken out before anybody else sees the text: a mark stands for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import SecretStr

from tui_app.core.clippings import Span, referred, refers
from tui_app.core.jsons import JsonValue
from tui_app.core.pastes import findings
from tui_app.core.travellers import Request

KEY_PATH: Final = "service_settings.api_key"
_MARK: Final = re.compile(r"•••hidden-key-([0-9]{1,7})•••")
_PLACEHOLDER: Final = re.compile(
    r"<[^<>]*>|\{\{[^{}]*\}\}|\[[^\[\]]*\]|(?:sk-)?(?:ant-)?(?:api\d+-)?(?:[x*.…•]+|)|::es_redacted::"
    r"|your[-_ ].*|api[-_ ]?key",
    re.IGNORECASE,
)
_VARIABLE: Final = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))|%([A-Za-z_]\w*)%", re.ASCII)
_QUOTED: Final = re.compile(
    r"(?:api[_-]?key|password|secret|token)\\?[\"'`]?\s*+[:=]\s*+"
    r"(\\?(?:\"{3}|'{3}|[\"'`]))([^\s\"'`\\]{4,2000})\1",
    re.IGNORECASE,
)
_BARE: Final = (
    re.compile(r"(?:\bsk-(?!ant-)|sk-ant-)[A-Za-z0-9_\-]{12,}"),
    re.compile(r"(?i:authorization[\"']?\s*+[:=,]\s*+[\"']?\s*+(?:apikey|bearer|basic)\s++)([^\s\"'\\]{6,})"),
    re.compile(r"(?i:x-api-key\s*+:\s*+)([^\s\"'\\]++)"),
    re.compile(r"(?:\s-u|--user)[ =]++[\"']?[^\s:\"']++:([^\s\"']++)"),
    re.compile(r"://[^\s/:@]*+:([^\s/@]++)@"),
    re.compile(r"^[ \t]*+(?:export[ \t]++)?[A-Z_]*API_KEY=([^\s\"'$<;(]++)", re.MULTILINE),
)


def disguise(text: str, hidden: Sequence[SecretStr] = ()) -> tuple[str, tuple[SecretStr, ...]]:
    """The text with a mark for each key in it, and the keys, after those `hidden` already."""
    places = {key.get_secret_value(): place for place, key in enumerate(hidden, start=1)}
    pieces: list[str] = []
    at = 0
    for start, end, key in _apart(sorted(_keys_in(text))):
        mark = f"•••hidden-key-{places.setdefault(key, len(places) + 1)}•••"
        cut = text[start:end]
        bare = re.match(r"[rRuU]?[\"']", cut) and cut[-1] in "\"'" and cut != key
        pieces += [text[at:start], f'"{mark}"' if bare else mark]
        at = end
    return "".join(pieces) + text[at:], tuple(map(SecretStr, places))


def unhidden(value: str, hidden: Sequence[SecretStr]) -> SecretStr | None:
    """The key that a value is: the one for which it is the mark, or itself; None where it is neither."""
    mark = _MARK.fullmatch(value.strip())
    if mark is None:
        return None if has_mark(value) else SecretStr(value)
    number = int(mark[1]) - 1
    return hidden[number] if 0 <= number < len(hidden) else None


def has_mark(text: str) -> bool:
    """Tell whether a key was taken out of this text."""
    return bool(_MARK.search(text))


def variable_of(value: str) -> str:
    """The variable of the environment that a key is read from, or nothing."""
    found = _VARIABLE.fullmatch(value.strip())
    return referred(value.strip()) or (next(filter(None, found.groups())) if found else "")


def is_placeholder(value: str) -> bool:
    """Tell whether this only says where a key belongs."""
    return bool(_PLACEHOLDER.fullmatch(value.strip()))


def _keys_in(text: str) -> Iterator[tuple[int, int, str]]:
    for finding in findings(text):
        if isinstance(finding, Request) and KEY_PATH in finding.spans:
            value = _key_of(finding.body)
            if value and _is_key(value):
                yield *_shrunk(text, finding.spans[KEY_PATH]), value.strip()
    for found in _QUOTED.finditer(text):
        if _is_key(found[2]):
            yield found.start(2), found.end(2), found[2].strip()
    for pattern in _BARE:
        for found in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            if _is_key(found[group]):
                yield found.start(group), found.end(group), found[group]


def _key_of(body: JsonValue) -> str:
    settings = body.get("service_settings") if isinstance(body, dict) else None
    key = settings.get("api_key") if isinstance(settings, dict) else None
    return key if isinstance(key, str) else ""


def _is_key(value: str) -> bool:
    return not (
        not value.strip() or is_placeholder(value) or variable_of(value) or refers(value) or has_mark(value)
    )


def _shrunk(text: str, span: Span) -> Span:
    """The span without the spaces around."""
    cut = text[slice(*span)]
    return span[0] + len(cut) - len(cut.lstrip()), span[1] - len(cut) + len(cut.rstrip())


def _apart(found: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Of those that overlap, the first and longest."""
    last = 0
    for start, end, key in sorted(found, key=lambda each: (each[0], -each[1])):
        if start >= last and end > start:
            yield start, end, key
            last = end
