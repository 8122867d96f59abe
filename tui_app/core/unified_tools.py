"""Tools of a chat body: as OpenAI's clients write them, and as the Messages API wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import PlainValidator

from tui_app.core.characters import mended
from tui_app.core.elastic_errors import PARSE, refused
from tui_app.core.jsons import JsonObject, JsonValue, NotJson, read_json
from tui_app.core.unified_values import Given, OptionalText, OptionalTruth, Parsed, Text

_CHOICES: Final = {"none": "none", "auto": "auto", "required": "any"}


class ToolFunction(Parsed):
    """A function that the caller offers; `parameters` is its JSON schema, `strict` is not passed on."""

    description: OptionalText = None
    name: Text
    parameters: Annotated[dict[str, Any] | None, Given] = None
    strict: OptionalTruth = None


class Tool(Parsed):
    """One of `tools`."""

    type: Text
    function: ToolFunction

    def definition(self) -> JsonObject:
        """The Messages API's definition of it."""
        told = self.function.description
        described: JsonObject = {} if told is None else {"description": told}
        return {"name": self.function.name, **described, "input_schema": _schema(self.function.parameters)}


class ChosenFunction(Parsed):
    """The function that the model has to call."""

    name: Text


class ToolChoice(Parsed):
    """A `tool_choice` that names a function."""

    type: Text
    function: ChosenFunction


class CalledFunction(Parsed):
    """What was called; `arguments` is JSON text."""

    arguments: Text
    name: Text


class ToolCall(Parsed):
    """A call of an earlier answer."""

    id: Text
    function: CalledFunction
    type: Text

    def block(self) -> JsonObject:
        """The `tool_use` block for it. Raises Refused when the arguments are no JSON object."""
        called = self.function
        return {"type": "tool_use", "id": self.id, "name": called.name, "input": self._input()}

    def _input(self) -> JsonValue:
        if not self.function.arguments.strip():
            return {}
        try:
            value = read_json(self.function.arguments)
        except NotJson as error:
            value, why = None, str(error)
        else:
            why = "it is not an object"
        if not isinstance(value, Mapping):
            raise refused(
                f"Failed to parse [arguments] of the tool call [{self.id[:80]}] as a JSON object: {why}",
                kind=PARSE,
            )
        return value


def _read_choice(value: Any) -> ToolChoice | str:  # noqa: ANN401 - the JSON door
    if isinstance(value, str):
        return value
    return ToolChoice.model_validate(value)


AnyToolChoice = Annotated[ToolChoice | str | None, PlainValidator(_read_choice)]


def choice_of(choice: ToolChoice | str) -> JsonObject:
    """The Messages API's `tool_choice`. Raises Refused for a word that is none."""
    if isinstance(choice, ToolChoice):
        return {"type": "tool", "name": choice.function.name}
    if choice not in _CHOICES:
        word = mended(choice)[:80]
        words = f"Unsupported tool_choice value [{word}] for the Anthropic chat completion API."
        raise refused(words)
    return {"type": _CHOICES[choice]}


def _schema(parameters: Mapping[str, JsonValue] | None) -> JsonObject:
    """A schema of an object, whatever is missing of it."""
    told = {name: value for name, value in (parameters or {}).items() if value is not None}
    first: JsonObject = {"type": "object", "properties": told.get("properties", {})}
    required: JsonObject = {"required": told["required"]} if "required" in told else {}
    return {
        **first,
        **required,
        **{name: value for name, value in told.items() if name not in {*first, *required}},
    }
