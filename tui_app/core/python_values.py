"""Expressions of Python as values: literals, `dict(…)`, `os.environ`, and names that were assigned."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Final

from tui_app.core.clippings import UNKNOWN_KEY, Span, Unreadable, Value, reference
from tui_app.core.jsons import JsonValue

_SIMPLE: Final = re.compile(r"[rRuU]?(\"{3}|'{3}|\"|')(.*)\1", re.DOTALL)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_DEEPEST: Final = 60
_FARTHEST: Final = 4
_READERS: Final = {"os.environ.get", "environ.get", "os.getenv", "getenv"}

Assigned = Callable[[str], tuple[str, int] | None]
"""From a name to the text and offset of the expression it was assigned."""


class PythonExpression:
    """One expression at `offset` of a longer text. Making it raises Unreadable where that is no Python."""

    def __init__(self, text: str, offset: int, assigned: Assigned, depth: int = 0) -> None:
        self._text, self._offset, self._assigned, self._depth = text, offset, assigned, depth
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._spans: dict[str, Span] = {}
        # A name in front makes brackets with named arguments a call, and one expression of many lines.
        source = f"f{text}" if depth == 0 else f"({text}\n)"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._tree = ast.parse(source, mode="eval").body
        except SyntaxError as error:
            before = (error.text or "")[: max(0, (error.offset or 1) - 1)]
            at = self._at(max(error.lineno or 1, 1), len(before.encode(errors="replace")))
            raise Unreadable(min(at, offset + len(text)), "this is not Python") from None
        except (ValueError, RecursionError, MemoryError):
            raise Unreadable(offset, "this is not Python that can be read") from None

    def arguments(self) -> Value:
        """The named arguments of a call. Raises Unreadable."""
        call = self._tree
        if not isinstance(call, ast.Call) or call.args:
            raise Unreadable(self._offset, "the arguments have to be named, as in task_type=…")
        value = self._keywords(call.keywords, "", 0)
        self._spans[""] = (self._offset, self._offset + len(self._text))
        return Value(value, self._spans)

    def _at(self, line: int, column: int) -> int:
        """The offset of a place as the parser names it: line from 1, column in bytes of UTF-8."""
        start = self._starts[min(line, len(self._starts)) - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        column = max(0, column - 1) if line == 1 else column
        return self._offset + start + len(self._text[start:end].encode()[:column].decode(errors="ignore"))

    def _span(self, node: ast.expr) -> Span:
        start = self._at(node.lineno, node.col_offset)
        end = self._at(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        inner = _SIMPLE.fullmatch(self._text, start - self._offset, end - self._offset)
        if isinstance(node, ast.Constant) and inner and inner[1] not in inner[2]:
            return self._offset + inner.start(2), self._offset + inner.end(2)
        return start, end

    def _value(self, node: ast.expr, path: str, depth: int) -> JsonValue:
        if depth > _DEEPEST:
            raise Unreadable(self._span(node)[0], "it is nested too deeply")
        self._spans[path] = self._span(node)
        match node:
            case ast.Dict():
                return self._dict(node, path, depth)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._value(each, f"{path}.{n}", depth + 1) for n, each in enumerate(items)]
            case ast.Call(func=ast.Name(id="dict"), args=[]):
                return self._keywords(node.keywords, path, depth)
            case ast.Name(id=name):
                return self._named(node, name, path, depth)
            case ast.JoinedStr(values=[ast.FormattedValue(value=inner)]):
                return self._value(inner, path, depth + 1)
            case _:
                return self._scalar(node, path)

    def _scalar(self, node: ast.expr, path: str) -> JsonValue:
        sign, inner = 1, node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            sign, inner = -1 if isinstance(node.op, ast.USub) else 1, node.operand
        match inner:
            case ast.Constant(value=bool() | str() | None as value) if inner is node:
                return value
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                if isinstance(number, float) and number in {float("inf"), float("-inf")}:
                    raise Unreadable(self._span(node)[0], "this number is too large")
                return sign * number
        name = _environment(node)
        if not name and path.endswith("api_key"):
            return UNKNOWN_KEY
        if not name:
            raise Unreadable(self._span(node)[0], "the value of this expression is not known here")
        return reference(name)

    def _dict(self, node: ast.Dict, path: str, depth: int) -> JsonValue:
        found: dict[str, JsonValue] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise Unreadable(self._span(key or value)[0], "a name in quotation marks is expected")
            self._put(found, key.value, value, path, depth)
        return found

    def _keywords(self, given: Sequence[ast.keyword], path: str, depth: int) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        for each in given:
            if each.arg is None:
                raise Unreadable(self._span(each.value)[0], "** is not read here; write the arguments out")
            self._put(found, each.arg, each.value, path, depth)
        return found

    def _put(self, found: dict[str, JsonValue], name: str, node: ast.expr, path: str, depth: int) -> None:
        if name in found:
            raise Unreadable(self._span(node)[0], "this name stands twice")
        found[name] = self._value(node, f"{path}.{name}" if path else name, depth + 1)

    def _named(self, node: ast.expr, name: str, path: str, depth: int) -> JsonValue:
        """The value of a name that was assigned elsewhere in the text."""
        assigned = self._assigned(name) if self._depth < _FARTHEST else None
        if assigned is None and path.endswith("api_key"):
            return UNKNOWN_KEY
        if assigned is None:
            raise Unreadable(self._span(node)[0], "the value of this name is not known here")
        inner = PythonExpression(*assigned, self._assigned, self._depth + 1)
        value = inner._value(inner._tree, path, depth + 1)
        self._spans.update(inner._spans)
        return value


def _environment(node: ast.expr) -> str:
    """The variable that `os.environ["X"]`, `os.environ.get("X")` or `os.getenv("X")` reads."""
    match node:
        case ast.Subscript(value=place, slice=ast.Constant(value=str() as name)):
            return name if _dotted(place) in {"os.environ", "environ"} else ""
        case ast.Call(func=place, args=[ast.Constant(value=str() as name), *_]):
            return name if _dotted(place) in _READERS else ""
        case _:
            return ""


def _dotted(node: ast.expr) -> str:
    """A name with at most two attributes, as it is written."""
    names: list[str] = []
    while isinstance(node, ast.Attribute) and len(names) < 2:
        names.append(node.attr)
        node = node.value
    return ".".join(reversed([*names, node.id])) if isinstance(node, ast.Name) else ""
