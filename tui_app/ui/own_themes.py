"""A person's own themes: files with the fields of a Textual theme, held against what those can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Final

from textual.color import Color, ColorParseError
from textual.css.constants import VALID_STYLE_FLAGS
from textual.theme import BUILTIN_THEMES, Theme

from tui_app.core.personal import OwnFile
from tui_app.core.text import one_line
from tui_app.ui.keymaps import nearest
from tui_app.ui.themes import DARK, FALLBACK

_FIELDS: Final = {each.name: each for each in fields(Theme)}
_TRUTHS: Final = frozenset({"dark", "ansi"})
_SHARES: Final = frozenset({"luminosity_spread", "text_alpha"})
_AUTO: Final = re.compile(r"auto( \d+(\.\d+)?%)?")
_SHARE: Final = re.compile(r" \d+(\.\d+)?%$")
"""How much of a colour a style sheet may take."""
_COLOURS: Final = frozenset(_FIELDS) - _TRUTHS - _SHARES - {"name", "variables"}


def theme_of(file: OwnFile) -> tuple[Theme | None, tuple[str, ...]]:
    """The theme that a file makes, and what is wrong with it, each with its line; then there is none.

    It is called as the file is, unless `name` says otherwise. A variable that nothing has is told as well,
    and harms nothing.
    """
    flaws = [f"{file.at(key)}: {flaw}" for key, flaw in _flaws(file.values)]
    if flaws:
        return None, tuple(flaws)
    doubts = tuple(f"{file.at(key)}: {doubt}" for key, doubt in _doubts(file.values))
    return Theme(**{"name": file.name, **file.values}), doubts  # type: ignore[arg-type]  # checked above


def _flaws(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if "primary" not in values:
        yield "", "a theme needs a colour named primary"
    for key, value in values.items():
        if key not in _FIELDS:
            yield key, f"a theme has no {one_line(key)}{nearest(key, _FIELDS)}"
        elif key in _TRUTHS and not isinstance(value, bool):
            yield key, f"{key} is true or false"
        elif key in _SHARES and not (_is_number(value) and 0 <= float(str(value)) <= 1):
            yield key, f"{key} is a number from 0 to 1"
        elif key == "name" and not (isinstance(value, str) and value.strip()):
            yield key, "name is a word"
        elif key == "variables":
            yield from _variable_flaws(value)
        elif key in _COLOURS and (flaw := _colour_flaw(value)):
            yield key, f"{key}: {flaw}"


def _variable_flaws(value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, Mapping):
        yield "variables", "variables are names, each with its value"
        return
    for name, text in value.items():
        if not isinstance(text, str):
            yield f"variables.{name}", f"{one_line(name)}: a text is expected"
        elif flaw := _value_flaw(name, text):
            yield f"variables.{name}", f"{one_line(name)}: {flaw}"


def _doubts(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Variables that look like misspelled ones."""
    variables = values.get("variables")
    known = {*FALLBACK}
    for theme in (DARK, *BUILTIN_THEMES.values()) if variables else ():
        known |= theme.to_color_system().generate().keys()
    for name in variables if isinstance(variables, Mapping) else ():
        if name not in known and (near := nearest(name, known)):
            yield f"variables.{name}", f"there is no variable {one_line(name)}{near}"


def _value_flaw(name: str, text: str) -> str:
    """Why a style sheet would not take the value of a variable; empty where it would."""
    if "-style" in name:
        wrong = [word for word in text.split() if word not in VALID_STYLE_FLAGS]
        near = nearest(wrong[0], VALID_STYLE_FLAGS) if wrong else ""
        if not text.strip():
            return "a text style is expected, such as bold"
        return f"{one_line(wrong[0])} is no text style{near}" if wrong else ""
    if text == "initial" or _AUTO.fullmatch(text):
        return ""
    return _colour_flaw(_SHARE.sub("", text))


def _colour_flaw(value: object) -> str:
    if not isinstance(value, str):
        return 'a colour is expected, such as "#5fd3bc"'
    try:
        Color.parse(value)
    except ColorParseError as error:
        near = f"; did you mean {error.suggested_color}?" if error.suggested_color else ""
        return f"{one_line(value)} is no colour{near}"
    return ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
