"""Values as text and back."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest
from hypothesis import given

from tests.strategies_storage import HEALTHS, JSON, SETTINGS, UNHURRIED
from tui_app.adapters.packed_values import packed, unpacked
from tui_app.core.conversation import Settings
from tui_app.core.jsons import JsonValue
from tui_app.core.storage import Health


@UNHURRIED
@given(JSON)
def test_any_json_can_be_stored_and_comes_back(value: JsonValue) -> None:
    text = packed(value)
    assert text.encode()
    assert json.loads(text) == value


def test_text_stays_readable() -> None:
    assert packed({"note": "für"}) == '{"note":"für"}'


def test_mappings_are_objects_and_other_things_are_refused() -> None:
    assert packed(MappingProxyType({"a": 1})) == '{"a":1}'
    with pytest.raises(TypeError):
        packed({"a": object()})


@UNHURRIED
@given(SETTINGS)
def test_settings_come_back(settings: Settings) -> None:
    assert unpacked(Settings, packed(settings)) == settings


@UNHURRIED
@given(HEALTHS)
def test_health_comes_back(health: Health) -> None:
    assert unpacked(Health, packed(health)) == health


def test_fields_of_a_later_version_are_left_out_and_missing_ones_have_their_defaults() -> None:
    assert unpacked(Settings, '{"system": "x", "later": 1}') == Settings("x")


@pytest.mark.parametrize("text", ["", "{", "7", '"text"', "null", "[1]"])
def test_what_somebody_else_wrote_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        unpacked(Settings, text)
