"""The body of a completion as Elasticsearch 9.5 takes it, and the request that it makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, ValidationError

from tui_app.core.conversation import SAMPLING
from tui_app.core.elastic_errors import REQUEST, numbered, refused
from tui_app.core.elastic_settings import SettingsFindings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.unified_refusals import refusal_of
from tui_app.core.unified_values import (
    Given,
    OptionalText,
    OptionalTruth,
    OptionalWhole,
    Parsed,
    Texts,
    unfit,
)

PARSER: Final = "cluster:internal/xpack/inference"
"""What Elasticsearch calls the action whose body this is, and quotes when it refuses a field."""
_INPUT_TYPES: Final = ("ingest", "search", "classification", "clustering")
_UNSPECIFIED: Final = "unspecified"


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One input, which may be empty; it is sent with the settings of the endpoint that it goes to."""

    input: str
    streamed: bool = False

    def body(self, endpoint: Endpoint) -> JsonObject:
        """The body of POST /v1/messages: the fields that Elasticsearch sends, in its order."""
        return {
            "messages": ({"role": "user", "content": self.input},),
            "model": endpoint.model,
            **endpoint.task_settings.model_dump(exclude_none=True),
            **({"stream": True} if self.streamed else {}),
        }


def _input_type(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    if word not in {*_INPUT_TYPES, _UNSPECIFIED}:
        raise unfit(f"Unrecognized input_type [{value[:80]}]")
    return word


class CompletionBody(Parsed):
    """The body of `POST _inference/completion/<id>`, streamed or not: its shape is sound."""

    input: Texts = ()
    input_type: Annotated[OptionalText, BeforeValidator(_input_type)] = None
    query: OptionalText = None
    return_documents: OptionalTruth = None
    task_settings: Annotated[dict[str, Any] | None, Given] = None
    timeout: OptionalText = None
    top_n: OptionalWhole = None

    @classmethod
    def parse(cls, body: JsonValue, where: Callable[[str], str]) -> Self:
        """Read a body. Raises Refused; `where` gives line and column of a member, as `1:2`."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            raise refusal_of(error, where, PARSER) from None

    def check(self, task: str) -> None:
        """Raise Refused for what no completion has; `task` is the path's task type or `any`."""
        extra = {
            "return_documents": self.return_documents is not None,
            "top_n": self.top_n is not None,
            "input_type": self.input_type not in {None, _UNSPECIFIED},
        }
        given = [name for name, is_given in extra.items() if is_given]
        if "input" not in self.model_fields_set:
            words = "Field [input] cannot be null"
        elif not self.input:
            words = "Field [input] cannot be an empty array"
        elif task == "completion" and given:
            words = f"Field [{given[0]}] cannot be specified for task type [{task}]"
        else:
            return
        raise refused(numbered([words]), kind=REQUEST)

    @property
    def prompt(self) -> str:
        """The one input. Raises Refused where there are several."""
        if len(self.input) != 1:
            raise refused("Anthropic chat completions only accepts 1 input")
        return self.input[0]

    def effective(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with the settings of this request; unknown ones are passed over. Raises Refused."""
        settings: JsonObject = self.task_settings or {}
        given = {name: settings[name] for name in SAMPLING if settings.get(name) is not None}
        if not given:
            return endpoint
        document = endpoint.document()
        own = document["task_settings"]
        assert isinstance(own, Mapping)
        whole: JsonObject = {**document, "task_settings": {**own, **given}}
        try:
            return Endpoint.parse(endpoint.inference_id, whole)[0]
        except InvalidEndpoint as error:
            SettingsFindings(whole, error.problems, "service_settings").refuse_task_settings()
            raise
