from __future__ import annotations

import pytest

from tui_app.adapters.model_entries import model_of, models_of, next_page
from tui_app.core.jsons import JsonValue
from tui_app.core.service import ServiceModel


def test_an_entry_is_read_with_all_that_is_there() -> None:
    entry: JsonValue = {
        "id": "claude-x",
        "type": "model",
        "display_name": "Claude X",
        "max_input_tokens": 1000000,
        "max_tokens": 128000,
        "lifecycle": "deprecated",
        "retires_at": "2026-11-30T00:00:00Z",
    }
    assert model_of(entry) == ServiceModel(
        "claude-x", "Claude X", 1000000, 128000, "deprecated", "2026-11-30T00:00:00Z"
    )


def test_what_is_null_or_of_another_type_is_missing() -> None:
    entry: JsonValue = {
        "id": "m",
        "display_name": None,
        "max_input_tokens": "many",
        "max_tokens": True,
        "lifecycle": 3,
        "retires_at": None,
    }
    assert model_of(entry) == ServiceModel("m")


@pytest.mark.parametrize("entry", [None, "m", {}, {"id": 3}, {"id": ""}, []])
def test_what_has_no_id_is_no_model(entry: JsonValue) -> None:
    assert model_of(entry) is None


def test_a_page_may_hold_other_things_but_must_be_a_list() -> None:
    assert models_of({"data": [{"id": "a"}, None, {"id": "b"}]}) == [ServiceModel("a"), ServiceModel("b")]
    assert models_of({"data": None}) is None
    assert models_of([]) is None


def test_pages_end_when_there_is_no_more_or_they_go_in_circles() -> None:
    assert next_page({"has_more": True, "last_id": "b"}, "a") == "b"
    assert next_page({"has_more": True, "last_id": "b"}, "b") is None
    assert next_page({"has_more": False, "last_id": "b"}, "a") is None
    assert next_page({"has_more": True}, None) is None
    assert next_page("page", None) is None
