"""Commands are declared once and their ids are what keymaps may rely on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import pytest

from tui_app.ui.commands import COMMANDS, TOGETHER, bindings

_NEAREST = frozenset({"escape"})
"""Keys that do the nearest thing first: what runs is stopped before the screen is left."""
_SHADOWED = frozenset({("t", "turn.unfold", "app.totals")})
"""A key that means one thing on a turn, always, and another where a turn has not the focus."""
_EATEN = ("ctrl+a", "ctrl+b", "ctrl+enter", "ctrl+c", "ctrl+z")


def test_ids_are_place_and_action_and_unique() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(set(ids)) == len(ids)
    assert all(part.isidentifier() for each in ids for part in each.split("."))


@pytest.mark.parametrize("place", sorted({command.place for command in COMMANDS}))
def test_no_key_of_a_place_does_two_things(place: str) -> None:
    keys = Counter(key for binding in bindings(place) for key in binding.key.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("places", [*TOGETHER, *sorted({(each.place,) for each in COMMANDS})])
def test_no_key_does_two_things_of_places_that_are_seen_together(places: Collection[str]) -> None:
    ways: dict[str, list[str]] = {}
    for command in COMMANDS:
        if command.place in {*places, "app"}:
            for key in command.key.split(","):
                ways.setdefault(key, []).append(command.id)
    doubled = {(key, *reversed(ids)) for key, ids in ways.items() if len(ids) > 1 and key not in _NEAREST}
    assert doubled <= _SHADOWED


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.id))
def test_a_key_that_terminals_eat_has_a_plain_twin(command: object) -> None:
    assert hasattr(command, "key")
    keys = command.key.split(",")
    assert any(key not in _EATEN and not key.startswith("alt+") for key in keys)


def test_every_command_says_what_it_does() -> None:
    assert all(command.help.endswith(".") and command.title for command in COMMANDS)
