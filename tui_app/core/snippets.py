"""Endpoints on their way out: the request that makes each elsewhere, in the words of five clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from tui_app.core.endpoint import Endpoint, Local
from tui_app.core.jsons import JsonValue
from tui_app.core.notations import CONSOLE, HEREDOC, JAVASCRIPT, JSON, PYTHON, Raw

KEY_PLACEHOLDER: Final = "<api_key>"
_SAFE_INTEGER: Final = 2**53 - 1
"""The greatest whole number that JavaScript keeps as it is."""


class Form(StrEnum):
    """What an endpoint is written for."""

    CONSOLE = "console"
    CURL = "curl"
    PYTHON = "python"
    JAVASCRIPT = "javascript"
    JSON = "json"


def snippet(endpoints: Sequence[Endpoint], form: Form, variable: str = "") -> str:
    """The text that makes these endpoints, one request each; it ends with a line end.

    The key is a placeholder, or what `variable` holds in the environment in which the text is used.
    JSON is the bare PUT body of one endpoint (with its task type where that is not completion), or of
    several what `GET _inference/_all` answers.
    """
    if form is Form.JSON:
        return JSON.write(_json(endpoints, variable)) + "\n"
    imports = "import os\n\n" if form is Form.PYTHON and variable else ""
    alone = len(endpoints) == 1
    return imports + "\n\n".join(_request(each, form, variable, alone) for each in endpoints) + "\n"


def notes(endpoints: Iterable[Endpoint], form: Form) -> tuple[str, ...]:
    """What does not travel, or changes on the way: a sentence each."""
    found: list[str] = []
    for each in endpoints:
        found.extend(_left_here(each))
        found.extend(_rounded(each) if form is Form.JAVASCRIPT else ())
    return tuple(dict.fromkeys(found))


def _request(endpoint: Endpoint, form: Form, variable: str, alone: bool) -> str:
    path = f"_inference/{endpoint.task_type}/{endpoint.inference_id}"
    body = _body(endpoint, _key(form, variable))
    call: dict[str, JsonValue] = {
        "task_type": endpoint.task_type,
        "inference_id": endpoint.inference_id,
        "inference_config": body,
    }
    match form:
        case Form.CURL:
            return _curl(path, (HEREDOC if variable else JSON).write(body), "JSON" if variable else "'JSON'")
        case Form.PYTHON:
            given = "".join(f"    {name}={PYTHON.write(value, 1)},\n" for name, value in call.items())
            return f"resp = client.inference.put(\n{given})\nprint(resp)"
        case Form.JAVASCRIPT:
            warnings = "".join(f"// {note}\n" for note in _rounded(endpoint))
            put = f"await client.inference.put({JAVASCRIPT.write(call)})"
            return warnings + (
                f"const response = {put};\nconsole.log(response);" if alone else f"console.log({put});"
            )
        case _:
            return f"PUT {path}\n{CONSOLE.write(body)}"


def _json(endpoints: Sequence[Endpoint], variable: str) -> JsonValue:
    key = _key(Form.JSON, variable)
    if len(endpoints) == 1:
        (alone,) = endpoints
        kind = {} if alone.task_type == "completion" else {"task_type": alone.task_type}
        return {**kind, **_body(alone, key)}
    return {
        "endpoints": [
            {"inference_id": each.inference_id, "task_type": each.task_type, **_body(each, key)}
            for each in endpoints
        ]
    }


def _body(endpoint: Endpoint, key: str) -> dict[str, JsonValue]:
    """The PUT body with `key`, which stands first as in the documentation."""
    body = endpoint.body()
    settings = body["service_settings"]
    assert isinstance(settings, Mapping)
    return {**body, "service_settings": {"api_key": key, **settings}}


def _key(form: Form, variable: str) -> str:
    if not variable:
        return KEY_PLACEHOLDER
    match form:
        case Form.PYTHON:
            return Raw(f'os.environ["{variable}"]')
        case Form.JAVASCRIPT:
            return Raw(f"process.env.{variable}")
        case Form.JSON:
            return f"${{{variable}}}"
        case _:
            return Raw(f'"${{{variable}}}"')


def _curl(path: str, body: str, mark: str) -> str:
    """The body comes from standard input: arguments, and keys in them, stand in every process list."""
    lines = (
        f'curl -X PUT "$ELASTICSEARCH_URL/{path}"',
        '-H "Authorization: ApiKey $ELASTIC_API_KEY"',
        '-H "Content-Type: application/json"',
        f"--data-binary @- <<{mark}",
    )
    return " \\\n  ".join(lines) + f"\n{body}\nJSON"


def _left_here(endpoint: Endpoint) -> Iterator[str]:
    local, name = endpoint.local, endpoint.inference_id
    if local.sandbox:
        yield f"{name} uses the built-in sandbox; elsewhere it goes to Anthropic and needs a key."
    elif (local.auth_scheme, local.anthropic_version) != (Local().auth_scheme, Local().anthropic_version):
        yield f"{name} has a key header or API version of its own, which Elasticsearch does not know."
    if endpoint.service_settings.url:
        yield f"{name} names a url, which Elasticsearch takes from 9.6 on."


def _rounded(endpoint: Endpoint) -> Iterator[str]:
    task = endpoint.task_settings
    for name, value in (("temperature", task.temperature), ("top_p", task.top_p)):
        if value is not None and value.is_integer():
            yield f"JavaScript sends {name} {value} without its decimal point, which Elasticsearch refuses."
    if endpoint.limit > _SAFE_INTEGER:
        yield f"JavaScript rounds {endpoint.limit}."
