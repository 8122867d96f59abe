"""Regular expressions: Python's, and JavaScript's without flags in Python's words.

ECMA-262, Patterns: digits and word characters are ASCII there, white space is not; `$` is the very end;
a dot stops at four line ends; groups are named `(?<name>…)`.
"""

from __future__ import annotations

import re
import warnings
from typing import Final

_SPACES: Final = r"\s\xa0\ufeff\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TOKEN: Final = re.compile(r"\\c[A-Za-z]|\\k<\w+>|\\.|\[\^?\]|\(\?<(?![=!])|.", re.DOTALL)
_OUTSIDE: Final = {
    "$": r"\Z",
    ".": r"[^\n\r\u2028\u2029]",
    "[]": "(?!)",
    "[^]": r"[\s\S]",
    "(?<": "(?P<",
    r"\s": f"[{_SPACES}]",
    r"\S": f"[^{_SPACES}]",
}
_INSIDE: Final = {r"\s": _SPACES, "[": r"\[", "&": r"\&", "~": r"\~", "|": r"\|", r"\b": r"\x08"}
_ANYWHERE: Final = {r"\A": "A", r"\Z": "Z", r"\a": "a", r"\0": r"\x00"}


def pattern(text: str, *, javascript: bool = False) -> re.Pattern[str]:
    """A regular expression, ready to search. Raises ValueError that says why it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(from_javascript(text), re.ASCII) if javascript else re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from None


def from_javascript(pattern: str) -> str:
    """The same pattern for `re.compile(…, re.ASCII)`; what Python lacks is for `compile` to refuse."""
    parts: list[str] = []
    inside = False
    for found in _TOKEN.finditer(pattern):
        token = found[0]
        if inside and token in {"[]", "[^]"}:
            parts += [rf"\[{token[1:-1]}", "]"]
            inside = False
            continue
        parts.append(_translated(token, inside=inside))
        if token == "[":
            inside = True
        elif token == "]":
            inside = False
    return "".join(parts)


def _translated(token: str, *, inside: bool) -> str:
    if token in _ANYWHERE:
        return _ANYWHERE[token]
    if token.startswith(r"\c") and len(token) == len(r"\cA"):
        return f"\\x{ord(token[-1].upper()) - 64:02x}"
    if token.startswith(r"\k<"):
        return f"(?P={token[3:-1]})"
    return (_INSIDE if inside else _OUTSIDE).get(token, token)
