"""The `_inference` API described in OpenAPI, for programs that make requests of a description.

It says less than the server takes where Elasticsearch takes odd things; what it says has to hold.
"""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]
_LIMIT: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
_ID: Final = "[a-z0-9]([a-z0-9_.-]{0,40}[a-z0-9])?"
_WORD: Final[Schema] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"}
_TASK: Final[Schema] = {"type": "string", "enum": ["completion", "chat_completion"]}
_TRUTH: Final[Schema] = {"type": "string", "enum": ["", "true", "false"]}


def _object(required: str = "", **properties: Schema) -> Schema:
    shape: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**shape, "required": required.split()} if required else shape


def _perhaps(shape: Schema) -> Schema:
    return {**shape, "type": [shape["type"], "null"]}


_RATE_LIMIT: Final = _perhaps(_object(requests_per_minute=_perhaps(_LIMIT)))
_NUMBER: Final[Schema] = {"type": ["number", "null"]}
_WHOLE: Final[Schema] = {"type": ["integer", "null"], "minimum": -(2**31), "maximum": 2**31 - 1}
_SAMPLING: Final = {"temperature": _NUMBER, "top_p": _NUMBER, "top_k": _WHOLE}
_TASK_SETTINGS: Final = _object("max_tokens", max_tokens=_COUNT, **_SAMPLING)
_PUT: Final = _object(
    "service service_settings task_settings",
    service={"type": "string", "enum": ["anthropic"]},
    service_settings=_object("api_key model_id", api_key=_WORD, model_id=_WORD, rate_limit=_RATE_LIMIT),
    task_settings=_TASK_SETTINGS,
)
_UPDATE: Final[Schema] = {
    **_object(
        service_settings=_perhaps(_object(api_key=_perhaps(_WORD), rate_limit=_RATE_LIMIT)),
        task_settings=_perhaps(_TASK_SETTINGS),
    ),
    "minProperties": 1,
}
_INPUT: Final = _object(
    "input",
    input={
        "anyOf": [
            {"type": "string"},
            {
                "type": "array",
                "items": {"type": ["string", "number", "boolean"]},
                "minItems": 1,
                "maxItems": 1,
            },
        ]
    },
    task_settings={
        "type": "object",
        "properties": {"max_tokens": _perhaps(_COUNT), **_SAMPLING},
    },
)
_MESSAGE: Final = _object(
    "role content",
    role={"type": "string", "enum": ["user", "assistant", "system"]},
    content={"type": "string", "minLength": 1},
)
_CHAT: Final = _object(
    "messages",
    messages={"type": "array", "items": _MESSAGE, "minItems": 1},
    max_completion_tokens=_COUNT,
    temperature={"type": "number"},
    stop={
        "type": ["array", "string", "number", "boolean"],
        "items": {"type": ["string", "number", "boolean"]},
    },
)

_ENDPOINT: Final = _object(
    "inference_id task_type service service_settings task_settings",
    inference_id={"type": "string"},
    task_type=_TASK,
    service={"type": "string", "enum": ["anthropic"]},
    service_settings=_object(
        "model_id rate_limit",
        model_id={"type": "string"},
        url={"type": "string"},
        rate_limit=_object("requests_per_minute", requests_per_minute=_LIMIT),
    ),
    task_settings=_TASK_SETTINGS,
)
_ENDPOINTS: Final = _object("endpoints", endpoints={"type": "array", "items": _ENDPOINT})
_COMPLETION: Final = _object(
    "completion",
    completion={"type": "array", "items": _object("result", result={"type": "string"})},
)
_CHATTED: Final[Schema] = {
    "type": "object",
    "required": ["id", "choices", "model", "object"],
    "properties": {"object": {"enum": ["chat.completion"]}, "choices": {"type": "array", "minItems": 1}},
}
_GONE: Final = _object(
    "acknowledged pipelines indexes",
    acknowledged={"type": "boolean"},
    pipelines={"type": "array", "maxItems": 0},
    indexes={"type": "array", "maxItems": 0},
    error_message={"type": "string"},
)
_CAUSE: Final[Schema] = {
    "type": "object",
    "required": ["type", "reason"],
    "properties": {"type": {"type": "string", "minLength": 1}, "reason": {"type": "string", "minLength": 1}},
}
_ERROR: Final = _object(
    "error status",
    error={
        "anyOf": [
            {**_CAUSE, "required": ["type", "reason", "root_cause"]},
            {"type": "string", "minLength": 1},
            {"type": "object", "required": ["code", "message", "type"]},
        ]
    },
    status={"type": "integer", "minimum": 400, "maximum": 499},
)
_CHAT_ERROR: Final = _object("error", error={"type": "object", "required": ["code", "message", "type"]})
_REFUSAL: Final[Schema] = {"anyOf": [_ERROR, _CHAT_ERROR, _object("error", error={"type": "string"})]}
_PRODUCT: Final[Schema] = {
    "X-Elastic-Product": {"required": True, "schema": {"type": "string", "enum": ["Elasticsearch"]}}
}
_LINKED: Final = {"get": "one", "infer": "answer", "stream": "pieces", "update": "change", "delete": "forget"}


def _answer(schema: Schema | None, kind: str = "application/json") -> Schema:
    told: Schema = {"description": "", "headers": _PRODUCT}
    return told if schema is None else {**told, "content": {kind: {"schema": schema}}}


def _event(name: str) -> Schema:
    return _object("event data", event={"type": "string", "enum": [name]}, data={"type": "string"})


def _query(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "schema": schema}


def _place(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema}


_PRETTY: Final = _query("pretty", _TRUTH)
_TIMEOUT: Final = _query("timeout", {"type": "string", "pattern": "^[1-9][0-9]{1,2}[smhd]$"})
_REFUSALS: Final = {
    "400": _answer(_REFUSAL),
    "401": _answer(_ERROR),
    "404": _answer(_REFUSAL),
    "406": _answer(_REFUSAL),
    "405": _answer(_REFUSAL),
    "408": _answer(_REFUSAL),
}
_EVENT_REFUSALS: Final = {
    status: {
        **told,
        "content": {**told["content"], "text/event-stream": {"schema": _event("error")}},
    }
    for status, told in _REFUSALS.items()
}


def _operation(name: str, answer: Schema, *places: Schema, body: Schema | None = None) -> Schema:
    told: Schema = {
        "operationId": name,
        "parameters": [_PRETTY, *places],
        "responses": {"200": answer, **(_EVENT_REFUSALS if "pieces" in name else _REFUSALS)},
    }
    if body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return told


def _id(*names: str) -> Schema:
    """The id in a path: one of these now and then, else any."""
    return _place("id", {"type": "string", "pattern": f"^({'|'.join([*names, _ID])})$"})


def _linked(put: Schema) -> Schema:
    """The operation with what may follow it."""
    of_id = {"parameters": {"id": "$response.body#/inference_id"}}
    put["responses"]["200"]["links"] = {
        name: {"operationId": operation, **of_id} for name, operation in _LINKED.items()
    }
    return put


def description() -> Schema:
    """The description of a server that has the endpoints `ep-ok` for completions and `chat` for chats."""
    events = _answer(_event("message"), "text/event-stream")
    any_id, made = _id(), _answer(_ENDPOINT)
    ok, chat = _id("ep-ok"), _id("chat")
    task = _place("task_type", {"type": "string", "enum": ["completion"]})
    return {
        "openapi": "3.1.0",
        "info": {"title": "_inference", "version": "9.5"},
        "security": [{"key": []}],
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}}
        },
        "paths": {
            "/": {
                "get": _operation("root", _answer({"type": "object", "required": ["version", "tagline"]})),
                "head": _operation("ping", _answer(None)),
            },
            "/_inference": {"get": _operation("list", _answer(_ENDPOINTS))},
            "/_inference/_services": {
                "get": _operation("services", _answer({"type": "array", "minItems": 1}))
            },
            "/_inference/{task_type}/_all": {
                "get": _operation("typed", _answer(_ENDPOINTS), _place("task_type", _TASK))
            },
            "/_inference/{task_type}/{id}": {
                "put": _linked(
                    _operation("make", made, _place("task_type", _TASK), any_id, _TIMEOUT, body=_PUT)
                ),
                "post": _operation("typed_answer", _answer(_COMPLETION), task, ok, _TIMEOUT, body=_INPUT),
            },
            "/_inference/{id}": {
                "get": _operation("one", _answer(_ENDPOINTS), ok),
                "post": _operation("answer", _answer(_COMPLETION), ok, _TIMEOUT, body=_INPUT),
                "delete": _operation(
                    "forget",
                    _answer(_GONE),
                    any_id,
                    _query("force", _TRUTH),
                    _query("dry_run", {"type": "string", "enum": ["false"]}),
                ),
            },
            "/_inference/{id}/_update": {"put": _operation("change", made, ok, _TIMEOUT, body=_UPDATE)},
            "/_inference/{id}/_stream": {"post": _operation("pieces", events, ok, _TIMEOUT, body=_INPUT)},
            "/_inference/chat_completion/{id}": {
                "post": _operation("chat", _answer(_CHATTED), chat, _TIMEOUT, body=_CHAT)
            },
            "/_inference/chat_completion/{id}/_stream": {
                "post": _operation("chat_pieces", events, chat, _TIMEOUT, body=_CHAT)
            },
        },
    }
