"""The bodies of `PUT _inference` and `_update`, read in Elasticsearch 9.5's order of refusals."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from tui_app.core.elastic_errors import PARSE, REQUEST, VALIDATION, numbered, refused
from tui_app.core.elastic_settings import SettingsFindings, wrong_type
from tui_app.core.elastic_tasks import check_supported, resolve
from tui_app.core.endpoint import ID_MAX, ID_RULE, Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.java_text import java_text
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.problems import Problem

_PARTS = ("service_settings", "task_settings")
_FIXED = ("model_id", "url")
"""Service settings that `_update` cannot change."""


def check_new_id(inference_id: str) -> None:
    """Raise Refused for what cannot be the id of an endpoint of users."""
    if not ID_RULE.fullmatch(inference_id):
        raise refused(
            numbered(
                [
                    f"Invalid inference_id; '{java_text(inference_id)}' can contain lowercase alphanumeric "
                    "(a-z and 0-9), hyphens or underscores; must start and end with alphanumeric"
                ]
            ),
            kind=REQUEST,
        )
    if len(inference_id) > ID_MAX:
        words = f"Invalid inference_id; an id has at most {ID_MAX} characters here, for it names a file"
        raise refused(numbered([words]), kind=REQUEST)


def read_put(inference_id: str, url_type: str, body: JsonObject) -> tuple[Endpoint, SecretStr]:
    """The endpoint and its key out of a PUT body. Raises Refused."""
    check_new_id(inference_id)
    task = resolve(url_type, body.get("task_type"))
    service = body.get("service")
    if service is None:
        raise refused("Inference endpoint configuration is missing the [service] setting")
    if service != "anthropic":
        raise refused(f"Unknown service [{java_text(service)}]")
    if body.get("service_settings") is None:
        raise refused("Missing required field [service_settings]")
    _check_objects(body)
    check_supported(task)
    known = {name: body[name] for name in _PARTS if name in body}
    top = {name: body[name] for name in body.keys() - {*_PARTS, "service", "task_type"}}
    ordered = {name: top[name] for name in body if name in top}
    whole = {"service": service, "task_type": task, **known}
    endpoint, key = _read(inference_id, whole, ordered, key_required=True)
    assert key is not None
    return endpoint, key


def read_update(current: Endpoint, url_type: str, body: JsonObject) -> tuple[Endpoint, SecretStr | None]:
    """The endpoint as an `_update` leaves it, and its new key if there is one. Raises Refused."""
    if "task_type" in body or url_type != "any":
        task = resolve(url_type, body.get("task_type"))
        if task != current.task_type:
            raise refused("Task type must match the task type of the existing endpoint")
    document = current.document()
    settings = _mapping(document["service_settings"])
    given = _mapping(body.get("service_settings") or {})
    for name in _FIXED:
        if given.get(name, settings.get(name)) != settings.get(name):
            raise refused(f"[1:1] [service_settings] unknown field [{name}]", kind=PARSE)
    document["service_settings"] = {**settings, **given}
    if body.get("task_settings"):
        document["task_settings"] = body["task_settings"]
    return _read(current.inference_id, document, {}, key_required=False)


def check_update(body: JsonObject) -> None:
    """Raise Refused for a body of `_update` that is empty, unreadable, or names what cannot be updated."""
    if not body:
        raise refused("Request body is empty")
    for name in _PARTS:
        if name in body and not isinstance(body[name], Mapping):
            words = f"Unable to parse {name.replace('_', ' ')} in the request [{java_text(body)}]"
            raise refused(words)
    extra = {name: value for name, value in body.items() if name not in {*_PARTS, "task_type"}}
    if extra.get("service") == "anthropic":
        del extra["service"]
    if extra:
        raise refused(
            "Request contained fields which cannot be updated, "
            f"remove these fields and try again [{java_text(extra)}]"
        )


def told(endpoint: Endpoint) -> JsonObject:
    """An endpoint as PUT, GET and `_update` answer it: without its key, with its rate limit."""
    return {
        "inference_id": endpoint.inference_id,
        "task_type": endpoint.task_type,
        **endpoint.body(),
    }


def _read(
    inference_id: str, whole: JsonObject, top: JsonObject, *, key_required: bool
) -> tuple[Endpoint, SecretStr | None]:
    """Parse at the one door, and tell its problems group by group."""
    endpoint, key, problems = None, None, tuple[Problem, ...]()
    try:
        endpoint, key = Endpoint.parse(inference_id, whole)
    except InvalidEndpoint as error:
        problems = error.problems
    findings = SettingsFindings(whole, problems)
    findings.refuse_service_settings()
    findings.refuse_task_settings()
    findings.refuse_key(required=key_required)
    findings.refuse_unknown(top)
    findings.refuse_rest()
    assert endpoint is not None
    return endpoint, key


def _check_objects(body: JsonObject) -> None:
    for name in _PARTS:
        part = body.get(name)
        if part is not None and not isinstance(part, Mapping):
            raise refused(numbered([wrong_type(name, java_text(part, name), "Map")]), kind=VALIDATION)


def _mapping(value: JsonValue) -> JsonObject:
    assert isinstance(value, Mapping)
    return value
