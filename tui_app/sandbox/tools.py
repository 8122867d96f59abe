"""The shapes of tools, of choosing one, and of an output format."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from tui_app.sandbox.blocks import CacheControl, Shape


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True, defer_build=True)


class InputSchema(_Open):
    """A JSON schema of an object."""

    type: Literal["object"]


class Tool(Shape):
    """A tool that the caller runs."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    input_schema: InputSchema
    type: Literal["custom"] | None = None
    description: str | None = None
    cache_control: CacheControl | None = None
    strict: bool | None = None
    defer_loading: bool | None = None
    allowed_callers: list[str] | None = None
    eager_input_streaming: bool | None = None
    input_examples: list[dict[str, object]] | None = None

    @property
    def schema_of_input(self) -> dict[str, object]:
        """The JSON schema as sent."""
        return self.input_schema.model_dump()


class KnownTool(_Open):
    """A tool whose schema the service knows; the sandbox takes it and uses none."""

    type: str
    name: str | None = None


def _kind(tool: object) -> str:
    kind = tool.get("type") if isinstance(tool, dict) else getattr(tool, "type", None)
    return "custom" if kind in (None, "custom") else "known"


AnyTool = Annotated[Annotated[Tool, Tag("custom")] | Annotated[KnownTool, Tag("known")], Discriminator(_kind)]


class FreeChoice(Shape):
    """The model decides (`auto`) or has to use some tool (`any`)."""

    type: Literal["auto", "any"]
    disable_parallel_tool_use: bool | None = None


class NamedChoice(Shape):
    """The model has to use the tool of this name."""

    type: Literal["tool"]
    name: str
    disable_parallel_tool_use: bool | None = None


class NoChoice(Shape):
    """The model may use no tool."""

    type: Literal["none"]


ToolChoice = Annotated[FreeChoice | NamedChoice | NoChoice, Field(discriminator="type")]


class OutputFormat(Shape):
    """The answer has to be JSON that fits a schema."""

    type: Literal["json_schema"]
    schema_of_output: Annotated[dict[str, object], Field(alias="schema")]
