"""Named prompts with variables: a system prompt and turns, with `{{name}}` where something is filled in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from tui_app.core.characters import mended
from tui_app.core.conversation import Settings
from tui_app.core.errors import InvalidRequest
from tui_app.core.jsons import JsonValue
from tui_app.core.requests import Request

Role: TypeAlias = Literal["user", "assistant"]

_HOLE: Final = re.compile(r"\\\{\{|\{\{[ \t]*([^\W\d][\w.\-]*(?: [\w.\-]+)*)[ \t]*\}\}")
_ROLES: Final = ("user", "assistant")
_KEYS: Final = ("description", "system", "prompt", "defaults", "turns")
_AT_LINE: Final = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


class NoTemplate(ValueError):
    """Text that is no prompt file: `line` (from 1) and `reason` say where and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of a prompt; the last may be the beginning of an answer."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt with `{{name}}` for what is filled in; `\\{{` stands for two braces that mean nothing.

    `defaults` are the values of variables that need not be given.
    """

    turns: tuple[Said, ...]
    system: str = ""
    description: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of all variables, in the order in which they occur."""
        texts = (self.system, *(turn.text for turn in self.turns))
        return tuple(dict.fromkeys(name for text in texts for name in holes(text)))

    def missing(self, given: Iterable[str]) -> tuple[str, ...]:
        """The variables without a value when these are given."""
        known = {*given, *self.defaults}
        return tuple(name for name in self.variables if name not in known)

    def filled(self, values: Mapping[str, str]) -> Template:
        """The same with values in place of variables.

        Raises InvalidRequest that names what is missing, or what no variable takes.
        """
        unknown = [name for name in values if name not in self.variables]
        if missing := self.missing(values):
            raise InvalidRequest(
                f"no value for {_names(missing)}", "Give each one, or write a default for it."
            )
        if unknown:
            there = f"It has {_names(self.variables)}." if self.variables else "It has no variables."
            raise InvalidRequest(f"the prompt has no variable {_names(unknown)}", there)
        whole = {**self.defaults, **values}
        turns = tuple(Said(turn.role, fill(turn.text, whole)) for turn in self.turns)
        return Template(turns, fill(self.system, whole), self.description)

    def request(self, settings: Settings = Settings()) -> Request:
        """What is sent of it, once it is filled in; a system prompt of the settings wins.

        Raises InvalidRequest when its last turn is empty.
        """
        if not self.turns or not self.turns[-1].text.strip():
            raise InvalidRequest("the prompt is empty", "Type what the model is to answer.")
        said = [turn for turn in self.turns if turn.text.strip()]
        messages: tuple[JsonValue, ...] = tuple(
            {"role": turn.role, "content": self.lead if turn is said[-1] and self.lead else turn.text}
            for turn in said
        )
        system = settings.system or self.system
        return Request(messages, replace(settings, system=system))

    @property
    def lead(self) -> str:
        """How the answer is to begin, where the last turn says that; the service takes no space after it."""
        last = self.turns[-1]
        return last.text.rstrip() if last.role == "assistant" else ""


def holes(text: str) -> Iterator[str]:
    """The names of variables in a text, each as often as it occurs."""
    return (found[1] for found in _HOLE.finditer(text) if found[1])


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of variables; one without a value stays as it is."""
    return _HOLE.sub(lambda found: values.get(found[1], found[0]) if found[1] else "{{", text)


def parse_template(text: str) -> Template:
    """Read a prompt file (TOML). Raises NoTemplate with the line of the first problem."""
    text = text.removeprefix("\ufeff")
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.fullmatch(str(error))
        line = int(at[2]) if at and at[2] else text.count("\n") + 1
        raise NoTemplate(line, f"this is not TOML: {(at[1] if at else str(error)).lower()}") from None
    for key in found:
        if key not in _KEYS:
            raise NoTemplate(_line(text, key), f"`{key}` is not known; there are {_names(_KEYS)}")
    turns = [*_turns(text, found.get("turns", []))]
    if "prompt" in found:
        turns.append(Said("user", _text(text, found, "prompt")))
    if not turns:
        raise NoTemplate(1, "it asks nothing: `prompt` is missing, or `[[turns]]`")
    if turns[-1].role == "assistant" and len(turns) == 1:
        raise NoTemplate(_line(text, "turns"), "it asks nothing: the only turn is the assistant's")
    defaults = _defaults(text, found.get("defaults", {}))
    made = Template(tuple(turns), _text(text, found, "system"), _text(text, found, "description"), defaults)
    for name in defaults:
        if name not in made.variables:
            raise NoTemplate(
                _line(text, name), f"`{name}` has a default and occurs nowhere as {{{{{name}}}}}"
            )
    return made


def write_template(template: Template) -> str:
    """The prompt file that reads back as the same."""
    parts: list[str] = []
    if template.description:
        parts.append(f"description = {_quoted(template.description)}")
    if template.system:
        parts.append(f"system = {_quoted(template.system)}")
    if len(template.turns) == 1 and template.turns[0].role == "user":
        parts.append(f"prompt = {_quoted(template.turns[0].text)}")
    if template.defaults:
        lines = (f"{_key(name)} = {_quoted(value)}" for name, value in template.defaults.items())
        parts.append("\n".join(["[defaults]", *lines]))
    if not (len(template.turns) == 1 and template.turns[0].role == "user"):
        parts += [f'[[turns]]\nrole = "{turn.role}"\ntext = {_quoted(turn.text)}' for turn in template.turns]
    return "\n\n".join(parts) + "\n"


def _turns(text: str, found: object) -> Iterator[Said]:
    line = _line(text, "turns")
    if not isinstance(found, list):
        raise NoTemplate(line, "`turns` is a list: write [[turns]] before each")
    for number, turn in enumerate(found, 1):
        role, said = (turn.get("role"), turn.get("text")) if isinstance(turn, dict) else (None, None)
        if role not in _ROLES or not isinstance(said, str) or len(turn) > 2:
            raise NoTemplate(line, f'turn {number} needs role = "user" or "assistant", and text')
        yield Said(role, said)


def _text(text: str, found: Mapping[str, object], key: str) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        raise NoTemplate(_line(text, key), f"`{key}` is a text: put it between quotes")
    return value


def _defaults(text: str, found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        raise NoTemplate(
            _line(text, "defaults"), "`defaults` is a table: write [defaults] and a line for each"
        )
    for name, value in found.items():
        if isinstance(value, dict | list):
            raise NoTemplate(_line(text, name), f"the default of `{name}` is a text: put it between quotes")
    return {name: value if isinstance(value, str) else _plain(value) for name, value in found.items()}


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line(text: str, key: str) -> int:
    """The line on which a key or a table of that name stands first; 1 where it is not found."""
    pattern = re.compile(rf"^\s*(\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*[\]=.]", re.MULTILINE)
    found = pattern.search(text)
    return text.count("\n", 0, found.end()) + 1 if found else 1


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _basic(name)


def _quoted(value: str) -> str:
    """A TOML string, in the form that is easiest to edit and still exact."""
    if "\n" not in value or "'''" in value or value.endswith("'") or _has_controls(value):
        return _basic(value)
    return f"'''\n{value}'''"


def _has_controls(value: str) -> bool:
    return any((char < " " and char not in "\n\t") or char == "\x7f" for char in value)


def _basic(value: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    chars = (escapes.get(c, f"\\u{ord(c):04x}" if c < " " or c == "\x7f" else c) for c in mended(value))
    return '"' + "".join(chars) + '"'


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
