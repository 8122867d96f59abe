"""A person's keymap, held against what there is: ids of commands, names of keys, and each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from textual.keys import Keys, _character_to_key

from tui_app.core.personal import OwnFile
from tui_app.core.text import one_line
from tui_app.ui.command import Command
from tui_app.ui.commands import BY_ID, COMMANDS, TOGETHER
from tui_app.ui.terminal_keys import forms, is_text, same_as, unsure

_MODIFIERS: Final = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_NAMES: Final = frozenset(
    [
        *(key.value for key in Keys),
        *(_character_to_key(chr(code)) for code in range(0x21, 0x7F)),
        *(f"f{number}" for number in range(1, 25)),
        "space",
    ]
)
_TYPED: Final = frozenset(
    {"prompt", "chat", "reply", "column", "beside", "form", "import", "sweep", "fields", "columns", "fill"}
)
"""Places where nearly always a field takes letters."""


def checked(file: OwnFile) -> tuple[dict[str, str], tuple[str, ...]]:
    """The keys that can hold, by ids of commands, and what is wrong with the others, each with its line."""
    keys: dict[str, str] = {}
    flaws: list[str] = []
    for name, value in file.values.items():
        given, flaw = _entry(name, value)
        if flaw:
            flaws.append(f"{file.at(name)}: {flaw}")
        else:
            keys[name] = ",".join(given)
    while (clash := _clash(keys)) is not None:
        name, words = clash
        del keys[name]
        flaws.append(f"{file.at(name)}: {words}")
    for name, held in keys.items():
        if doubt := _doubt(name, held.split(",")):
            flaws.append(f"{file.at(name)}: {name}: {doubt}; name another key besides")
    return keys, tuple(flaws)


def _entry(name: str, value: object) -> tuple[list[str], str]:
    """The keys that an entry gives, and what is wrong with it."""
    if name not in BY_ID:
        return [], f"there is no command {one_line(name)}{nearest(name, BY_ID)}"
    if not isinstance(value, str) or not value.strip():
        return [], f'{name}: keys are expected, as in "{BY_ID[name].key}"'
    given = [normal(each.strip()) for each in value.split(",")]
    wrong = [each for each in given if not _is_key(each)]
    if wrong:
        return [], f"{name}: there is no key {one_line(wrong[0])}{nearest(wrong[0], _NAMES)}"
    if taken := [each for each in given if same_as(each)]:
        return [], f"{name}: {taken[0]} is {same_as(taken[0])} to a terminal; its own keys hold"
    return [form for each in given for form in forms(each)], ""


def normal(key: str) -> str:
    """A key by Textual's name: `/` is `slash`, `Ctrl+T` is `ctrl+t`."""
    if len(key) == 1:
        return _character_to_key(key)
    *modifiers, last = key.split("+")
    if len(last) > 1 and last.lower() in _NAMES:
        last = last.lower()
    if modifiers and len(last) == 1:
        last = _character_to_key(last.lower() if last.isascii() and last.isupper() else last)
    return "+".join([*(modifier.strip().lower() for modifier in modifiers), last])


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    if not set(modifiers) <= set(_MODIFIERS):
        return False
    if last in _NAMES or (len(last) == 1 and last.isprintable()):
        return True
    try:
        return bool(unicodedata.lookup(last.replace("_", " ")))
    except KeyError:
        return False


def _clash(keys: Mapping[str, str]) -> tuple[str, str] | None:
    """An entry that takes a key of another command that can be run at the same moment."""
    for name in reversed(list(keys)):
        for other in COMMANDS:
            if other.id == name or not _meet(BY_ID[name], other):
                continue
            theirs = set(keys.get(other.id, other.key).split(","))
            ours = set(keys[name].split(",")) - _shared(name, other.id)
            if taken := sorted(theirs & ours):
                return name, f"{name}: {taken[0]} belongs to {other.id} ({other.title}); its own keys hold"
    return None


def _meet(one: Command, other: Command) -> bool:
    """Whether two commands are possible at one moment; a few of the app's come before all others."""
    places = {one.place, other.place}
    first = any(each.place == "app" and each.priority for each in (one, other))
    return len(places) == 1 or first or any(places <= group for group in TOGETHER)


def _doubt(name: str, given: Sequence[str]) -> str:
    """Why a command may be out of reach with these keys alone; empty where it is not."""
    if all(map(unsure, given)):
        return unsure(given[0])
    typed = BY_ID[name].place in _TYPED and all(is_text(each) for each in given)
    return f"{given[0]} is text where one types" if typed else ""


def _shared(name: str, other: str) -> set[str]:
    """Keys that both have from the beginning: never both are possible at once."""
    return set(BY_ID[name].key.split(",")) & set(BY_ID[other].key.split(","))


def nearest(name: str, known: Iterable[str]) -> str:
    """A question after the nearest spelling, empty where none is near."""
    near = get_close_matches(name.lower(), list(known), 1, 0.6)
    return f"; did you mean {near[0]}?" if near else ""
