"""Objects as people write them: JSON, Console's JSON with comments, and JavaScript's literals.

One reader takes all of them: comments (`//`, `#`, `/* */`), trailing commas, names without quotation
marks, single, double, backtick and triple quotes, and `process.env.NAME`. Nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tui_app.core.clippings import UNKNOWN_KEY, Clipping, Span, Unreadable, Value, reference
from tui_app.core.jsons import JsonValue

_BLANK: Final = re.compile(r"(?:[\s\ufeff]++|//[^\n]*+|\#[^\n]*+|<\d{1,2}>)*+")
"""Documentation puts numbers such as `<1>` behind what it explains."""
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*+", re.ASCII)
_STRING: Final = {
    '"': re.compile(r"(?:[^\"\\\n]++|\\(?:.|\n))*+\""),
    "'": re.compile(r"(?:[^'\\\n]++|\\(?:.|\n))*+'"),
    "`": re.compile(r"(?:[^`\\]++|\\(?:.|\n))*+`"),
}
_ESCAPE: Final = re.compile(
    r"((?:\\u[0-9a-fA-F]{4})++)|\\(?:u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\n)|(.))", re.DOTALL
)
_NUMBER: Final = re.compile(
    r"[+-]?(?:(?:0|[1-9][\d_]*+)(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?(?![\w$.])", re.ASCII
)
_ENVIRONMENT: Final = re.compile(
    r"""(?:process|Bun|import\s*\.\s*meta)\s*\.\s*env\s*"""
    r"""(?:\.\s*([A-Za-z_]\w*+)|\[\s*["']([A-Za-z_]\w*+)["']\s*\])"""
    r"""(?:!|\s*+(?:\?\?|\|\|)\s*+(?:"[^"\n]*+"|'[^'\n]*+'))?""",
    re.ASCII,
)
_IN_TEMPLATE: Final = re.compile(r"\$\{([^}]*+)\}")
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_WORDS: Final[dict[str, JsonValue]] = {"true": True, "false": False, "null": None, "undefined": None}
_DEEPEST: Final = 60
_DIGITS: Final = 1000
_FARTHEST: Final = 4

Resolver = Callable[[str], int | None]
"""From a name to the offset of the value that the text gave it elsewhere."""


class LiteralReader:
    """Reads values from a clipping; `at` is where it stands, also after it failed."""

    def __init__(self, clipping: Clipping, resolve: Resolver = lambda name: None) -> None:
        self.clipping, self.at = clipping, 0
        self._text, self._resolve, self._resolving = clipping.text, resolve, 0
        self._spans: dict[str, Span] = {}

    def read(self) -> Value:
        """The value that begins here. Raises Unreadable, with the offset of what is wrong."""
        self._spans = {}
        value = self._value("", 0)
        return Value(value, self._spans)

    def blank(self) -> None:
        """Go past spaces and comments."""
        while True:
            blank = _BLANK.match(self._text, self.at)
            assert blank is not None
            self.at = blank.end()
            if not self._text.startswith("/*", self.at):
                return
            end = self.clipping.find("*/", self.at + 2)
            if end < 0:
                raise Unreadable(self.at, "the comment that begins here has no end")
            self.at = end + 2

    def _value(self, path: str, depth: int) -> JsonValue:
        self.blank()
        start, next_ = self.at, self._text[self.at : self.at + 1]
        if depth > _DEEPEST:
            raise Unreadable(start, "it is nested too deeply")
        if next_ == "{":
            value = self._object(path, depth)
        elif next_ == "[":
            value = self._array(path, depth)
        elif next_ and next_ in "\"'`":
            return self._string(path)
        else:
            value = self._word(path, depth)
        self._spans[path] = (start, self.at)
        return value

    def _object(self, path: str, depth: int) -> JsonValue:
        members: dict[str, JsonValue] = {}
        self.at += 1
        while not self._closed("}", bool(members)):
            where = self.at
            name, bare = self._member_name()
            if name in members:
                raise Unreadable(where, "this name stands twice")
            inner = f"{path}.{name}" if path else name
            self.blank()
            if self._text[self.at : self.at + 1] == ":":
                self.at += 1
                members[name] = self._value(inner, depth + 1)
            elif bare:
                end, self.at = self.at, where
                members[name] = self._word(inner, depth + 1)
                self._spans[inner] = (where, end)
            else:
                raise Unreadable(self.at, "':' is expected after a name")
        return members

    def _array(self, path: str, depth: int) -> JsonValue:
        items: list[JsonValue] = []
        self.at += 1
        while not self._closed("]", bool(items)):
            items.append(self._value(f"{path}.{len(items)}" if path else str(len(items)), depth + 1))
        return items

    def _closed(self, mark: str, after_member: bool) -> bool:
        """Whether the closing mark stands here; else a comma must, after a member, and is passed."""
        self.blank()
        if after_member and self._text[self.at : self.at + 1] == ",":
            self.at += 1
            self.blank()
        elif after_member and self._text[self.at : self.at + 1] != mark:
            what = "the text ends within" if self.at >= len(self._text) else "',' is expected in"
            raise Unreadable(self.at, f"{what} this {'object' if mark == '}' else 'list'}")
        if self._text[self.at : self.at + 1] != mark:
            return False
        self.at += 1
        return True

    def _member_name(self) -> tuple[str, bool]:
        if self._text[self.at : self.at + 1] in {'"', "'"}:
            return self._string(None), False
        name = _NAME.match(self._text, self.at)
        if name is None:
            ended = self.at >= len(self._text)
            raise Unreadable(self.at, "the text ends within an object" if ended else "a name is expected")
        self.at = name.end()
        return name.group(), True

    def _string(self, path: str | None) -> str:
        mark = self._text[self.at]
        if self._text.startswith(mark * 3, self.at) and mark != "`":
            start, end = self.at + 3, self.clipping.find(mark * 3, self.at + 3)
            raw = self._text[start:end] if end >= 0 else None
            value, after = raw or "", end + 3
        else:
            start = self.at + 1
            found = _STRING[mark].match(self._text, start)
            end, after = (found.end() - 1, found.end()) if found else (-1, -1)
            value = self._decoded(start, end, template=mark == "`") if found else ""
        if end < 0:
            raise Unreadable(self.at, "the string that begins here has no end")
        self.at = after
        if path is not None:
            self._spans[path] = (start, end)
        return value

    def _decoded(self, start: int, end: int, *, template: bool) -> str:
        raw = self._text[start:end]
        if template and "${" in raw:
            raw = _IN_TEMPLATE.sub(lambda inner: _in_template(inner[1], start), raw)
        if "\\" not in raw:
            return raw
        try:
            return _ESCAPE.sub(_unescaped, raw)
        except (ValueError, OverflowError):
            raise Unreadable(start, "this string escapes what is no character") from None

    def _word(self, path: str, depth: int) -> JsonValue:
        environment = _ENVIRONMENT.match(self._text, self.at)
        if environment:
            self.at = environment.end()
            return reference(environment[1] or environment[2])
        number = _NUMBER.match(self._text, self.at)
        if number:
            value = _number(number.group(), self.at)
            self.at = number.end()
            return value
        name = _NAME.match(self._text, self.at)
        if name is None:
            ended = self.at >= len(self._text)
            raise Unreadable(self.at, "a value is expected" + (", and the text ends" if ended else ""))
        if name.group() in _WORDS:
            self.at = name.end()
            return _WORDS[name.group()]
        return self._named(name.group(), name.end(), path, depth)

    def _named(self, name: str, end: int, path: str, depth: int) -> JsonValue:
        """The value of a name that was given one elsewhere in the text."""
        where = self._resolve(name)
        if where is None and path.endswith("api_key"):
            self.at = end
            return UNKNOWN_KEY
        if where is None:
            raise Unreadable(self.at, "a value is expected, not a name")
        if self._resolving > _FARTHEST:
            raise Unreadable(self.at, "this name leads to too many others")
        self.at, self._resolving = where, self._resolving + 1
        value = self._value(path, depth + 1)
        self.clipping.spend(self.at - where, where)
        self.at, self._resolving = end, self._resolving - 1
        return value


def _number(digits: str, at: int) -> int | float:
    digits = digits.replace("_", "")
    if len(digits) > _DIGITS:
        raise Unreadable(at, "this number is too large")
    if re.fullmatch(r"[+-]?\d+", digits):
        return int(digits)
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise Unreadable(at, "this number is too large")
    return number


def _in_template(expression: str, at: int) -> str:
    environment = _ENVIRONMENT.fullmatch(expression.strip())
    if environment is None:
        raise Unreadable(at, "the value of what stands in ${ } is not known")
    return reference(environment[1] or environment[2])


def _unescaped(found: re.Match[str]) -> str:
    """What an escape stands for. Raises ValueError for half of a surrogate pair and the like."""
    units, wide, byte, line_end, letter = found.groups()
    if units:
        return bytes.fromhex(units.replace("\\u", "")).decode("utf-16-be")
    if wide or byte:
        return chr(int(wide or byte, 16)).encode().decode()
    return "" if line_end else _LETTERS.get(letter, letter)
