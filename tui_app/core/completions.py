"""The body of a completion as Elasticsearch 9.5 takes it, and the request that it makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tui_app.core.conversation import SAMPLING
from tui_app.core.elastic_errors import PARSE, REQUEST, numbered, refused
from tui_app.core.elastic_settings import SettingsFindings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.jsons import JsonObject, JsonValue

PARSER: Final = "cluster:internal/xpack/inference"
"""What Elasticsearch calls the action whose body this is, and quotes when it refuses a field."""
_OTHERS: Final = ("query", "input_type", "return_documents", "top_n")
_FIELDS: Final = ("input", "task_settings", *_OTHERS)


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A body that was read: its inputs, and the settings for this request alone."""

    inputs: tuple[str, ...]
    settings: JsonObject

    @property
    def input(self) -> str:
        """The one input. Raises Refused where there are several."""
        if len(self.inputs) != 1:
            raise refused("Anthropic chat completions only accepts 1 input")
        return self.inputs[0]

    def effective(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with the settings of this request; unknown ones are passed over. Raises Refused."""
        given = {name: self.settings[name] for name in SAMPLING if self.settings.get(name) is not None}
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


def check_fields(body: JsonObject, position: Callable[[str], str]) -> None:
    """Raise Refused for a body that cannot be parsed; `position` tells line and column of a name."""
    unknown = next((name for name in body if name not in _FIELDS), None)
    if unknown is not None:
        raise refused(f"[{position(unknown)}] [{PARSER}] unknown field [{unknown}]", kind=PARSE)
    given = body.get("input")
    if "input" in body and not isinstance(given, str | list):
        raise _unsupported(position("input"), "input", given)
    if isinstance(given, list) and not all(isinstance(each, str) for each in given):
        raise refused(f"[{position('input')}] [{PARSER}] failed to parse field [input]", kind=PARSE)
    if "task_settings" in body and not isinstance(body["task_settings"], Mapping):
        raise _unsupported(position("task_settings"), "task_settings", body["task_settings"])


def read_completion(body: JsonObject, task: str) -> Asked:
    """Read a body whose fields were checked; `task` is the path's task type or `any`. Raises Refused."""
    given = body.get("input")
    found = []
    if given is None:
        found.append("Field [input] cannot be null")
    elif not given and isinstance(given, list):
        found.append("Field [input] cannot be an empty array")
    if task == "completion":
        names = [name for name in _OTHERS if body.get(name) is not None]
        found += [f"Field [{name}] cannot be specified for task type [{task}]" for name in names]
    if found:
        raise refused(numbered(found), kind=REQUEST)
    inputs = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    settings = body.get("task_settings")
    return Asked(
        tuple(each for each in inputs if isinstance(each, str)),
        settings if isinstance(settings, Mapping) else {},
    )


def _unsupported(where: str, name: str, value: JsonValue) -> Exception:
    token = {"bool": f"VALUE_{str(value).upper()}", "str": "VALUE_STRING", "NoneType": "VALUE_NULL"}
    token |= {"dict": "START_OBJECT", "list": "START_ARRAY"}
    found = token.get(type(value).__name__, "VALUE_NUMBER")
    return refused(f"[{where}] [{PARSER}] {name} doesn't support values of type: {found}", kind=PARSE)
