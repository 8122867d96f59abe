"""Tools of OpenAI's kind become tools of the Messages API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.chat_bodies import WEATHER, call
from tui_app.core.elastic_errors import Refused
from tui_app.core.unified_tools import Tool, ToolCall, ToolChoice, choice_of

FUNCTION: dict[str, Any] = WEATHER["function"]


def test_a_tool_has_its_name_description_and_schema() -> None:
    assert Tool.model_validate(WEATHER).definition() == {
        "name": "weather",
        "description": "Tells the weather",
        "input_schema": FUNCTION["parameters"],
    }


@pytest.mark.parametrize(
    ("parameters", "schema"),
    [
        ({}, {"type": "object", "properties": {}}),
        ({"type": "array", "$defs": {}}, {"type": "object", "properties": {}, "$defs": {}}),
        ({"required": ["a"]}, {"type": "object", "properties": {}, "required": ["a"]}),
    ],
)
def test_a_schema_is_always_that_of_an_object(parameters: dict[str, Any], schema: dict[str, Any]) -> None:
    tool = Tool.model_validate({"type": "function", "function": {"name": "f", "parameters": parameters}})
    assert tool.definition() == {"name": "f", "input_schema": schema}


def test_strict_is_taken_and_not_passed_on() -> None:
    tool = Tool.model_validate({"type": "function", "function": {"name": "f", "strict": True}})
    assert tool.definition() == {"name": "f", "input_schema": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(("word", "kind"), [("none", "none"), ("auto", "auto"), ("required", "any")])
def test_a_choice_in_a_word_is_one_of_the_apis(word: str, kind: str) -> None:
    assert choice_of(word) == {"type": kind}


def test_a_named_choice_names_the_tool() -> None:
    named = ToolChoice.model_validate({"type": "function", "function": {"name": "weather"}})
    assert choice_of(named) == {"type": "tool", "name": "weather"}


@pytest.mark.parametrize("arguments", ["{", "[1]", "5", "null", '{"a":NaN}', "[" * 10_000])
def test_arguments_that_are_no_object_are_refused(arguments: str) -> None:
    with pytest.raises(Refused, match=r"\[arguments\] of the tool call \[c1\]") as caught:
        ToolCall.model_validate(call(arguments)).block()
    assert caught.value.error.type == "x_content_parse_exception"


@pytest.mark.parametrize("arguments", ["", "  ", "{}"])
def test_no_arguments_are_an_empty_object(arguments: str) -> None:
    assert ToolCall.model_validate(call(arguments)).block()["input"] == {}
