"""How values are written in the languages of snippets: any text, in characters that anything can show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tui_app.core.jsons import JsonValue

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)


class Raw(str):
    """Text of the language itself, such as a reference to a variable: it is written as it is."""

    __slots__ = ()


def json_text(text: str) -> str:
    """A JSON string; what cannot be seen, or turns a line's direction, is escaped."""
    return "".join(map(_seen, json.dumps(text, ensure_ascii=False)))


def _seen(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def _console_text(text: str) -> str:
    """Console puts its variables in the place of `${NAME}`, in strings too."""
    return json_text(text).replace("${", "\\u0024{")


def _heredoc_text(text: str) -> str:
    """A shell reads `$`, `` ` `` and `\\` in a here-document whose end is not quoted."""
    return re.sub(r"[\\$`]", r"\\\g<0>", json_text(text))


def _python_text(text: str) -> str:
    """A string of Python, which knows no surrogate pairs."""
    pieces = (each if ord(each) < 0x10000 else _wide(each) for each in text)
    return "".join(each if len(each) > 1 else json_text(each)[1:-1] for each in pieces).join('""')


def _wide(character: str) -> str:
    return json_text(character)[1:-1] if character.isprintable() else f"\\U{ord(character):08x}"


@dataclass(frozen=True, slots=True)
class Notation:
    """One language's way to write JSON's values over several lines.

    `text` writes strings, `scalar` numbers, truth and null. `step` is one more level's indent; `bare`
    leaves the quotation marks off names, `trailing` puts a comma after the last member too. Numbers
    keep their decimal point everywhere.
    """

    text: Callable[[str], str] = json_text
    scalar: Callable[[object], str] = json.dumps
    step: str = "  "
    bare: bool = False
    trailing: bool = False

    def write(self, value: JsonValue, depth: int = 0) -> str:
        """The value as an expression whose first line stands `depth` levels deep."""
        if isinstance(value, Raw):
            return str(value)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            members = [f"{self._name(name)}: {self.write(each, depth + 1)}" for name, each in value.items()]
            return self._lines("{", members, "}", depth)
        if isinstance(value, (list, tuple)):
            return self._lines("[", [self.write(each, depth + 1) for each in value], "]", depth)
        return self.scalar(value)

    def _name(self, name: str) -> str:
        return name if self.bare and _NAME.fullmatch(name) else self.text(name)

    def _lines(self, opening: str, members: list[str], closing: str, depth: int) -> str:
        if not members:
            return opening + closing
        indent = f"\n{self.step * (depth + 1)}"
        end = "," if self.trailing else ""
        return f"{opening}{indent}{f',{indent}'.join(members)}{end}\n{self.step * depth}{closing}"


JSON: Final = Notation()
CONSOLE: Final = Notation(_console_text)
HEREDOC: Final = Notation(_heredoc_text)
PYTHON: Final = Notation(_python_text, repr, step="    ", trailing=True)
JAVASCRIPT: Final = Notation(bare=True, trailing=True)
