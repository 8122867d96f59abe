"""Endpoint and its settings: immutable, parsed from and written to the PUT body."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from tui_app.core.errors import InvalidEndpoint
from tui_app.core.faults import problems_of
from tui_app.core.fields import DEFAULT_REQUESTS_PER_MINUTE, INT32_MAX, INT64_MAX
from tui_app.core.jsons import JsonObject, JsonValue

ANTHROPIC_URL: Final = "https://api.anthropic.com"
SANDBOX_URL: Final = "sandbox:"
"""Stands for the built-in sandbox, whose port differs from run to run."""
CLUSTER_URL: Final = "cluster:"
"""Stands before the name of a connection: where that leads may change."""

ID_RULE: Final = re.compile(r"[a-z0-9](?:[a-z0-9_\-.]*[a-z0-9])?", re.ASCII)
"""Elasticsearch 9.5's rule for an inference id (MlStrings), for the whole of it."""
ID_MAX: Final = 240
"""Elasticsearch has no bound; a file name has one."""

TaskType: TypeAlias = Literal["completion", "chat_completion"]
"""The task types of Elasticsearch 9.5's `anthropic` service; both take the same settings."""


def check_id(inference_id: str) -> str:
    """Return the id, or raise ValueError with what an id may be."""
    if not ID_RULE.fullmatch(inference_id):
        raise ValueError(
            "an id has lower-case letters, digits, '-', '_' and '.', and starts and ends with a "
            "letter or a digit"
        )
    if len(inference_id) > ID_MAX:
        raise ValueError(f"an id has at most {ID_MAX} characters")
    return inference_id


def check_url(url: str) -> str:
    """Return the URL, or raise ValueError with what a base URL may be."""
    if re.search(r"[\s\x00-\x1f\x7f<>\"{}|\\^`]", url):
        raise ValueError("a URL has no spaces or control characters")
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError(f"this is no URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_fine:
        raise ValueError("a URL starts with https:// or http:// and names a host")
    if "@" in parts.netloc:
        raise ValueError("a URL must not carry a user or a password")
    if parts.query or parts.fragment:
        raise ValueError("a base URL has neither ? nor #")
    return url


def _check_model(model_id: str) -> str:
    if model_id.strip().startswith("sk-ant-"):
        raise ValueError("this is a key and no model; it belongs in the field of the API key")
    return model_id


def _check_version(version: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", version):
        raise ValueError("a version is a date such as 2023-06-01")
    return version


def _trimmed_lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class _Part(BaseModel):
    """A part of an endpoint: frozen, strict, without unknown keys; null is as absent, as in Elasticsearch."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:  # noqa: ANN401 - the JSON door
        if not isinstance(value, dict):
            return value
        return {k: v for k, v in value.items() if v is not None or k not in cls.model_fields}


class RateLimit(_Part):
    """How many requests may start in any 60 seconds."""

    requests_per_minute: Annotated[int, Field(gt=0, le=INT64_MAX)] = DEFAULT_REQUESTS_PER_MINUTE


class ServiceSettings(_Part):
    """Which model answers, and where."""

    model_id: Annotated[str, Field(min_length=1), AfterValidator(_check_model)]
    url: Annotated[str, Field(min_length=1), AfterValidator(check_url)] | None = None
    rate_limit: RateLimit = RateLimit()


class TaskSettings(_Part):
    """How the model answers; ranges are the service's to check, as in Elasticsearch 9.5."""

    max_tokens: Annotated[int, Field(gt=0, le=INT32_MAX)]
    temperature: float | None = None
    top_p: float | None = None
    top_k: Annotated[int, Field(ge=-INT32_MAX - 1, le=INT32_MAX)] | None = None


_VARIABLE: Final = r"^[A-Za-z_][A-Za-z0-9_]*$"


class KeySource(_Part):
    """Where the key is looked for; never the key.

    `place`: the keyring (the default), this run's memory, an environment variable (`variable`), a
    command that prints it (`command`), or the encrypted vault. A `variable` without a place is the place.
    """

    place: Literal["keyring", "run", "environment", "command", "vault"] = "keyring"
    variable: Annotated[str, Field(pattern=_VARIABLE)] = "ANTHROPIC_API_KEY"
    command: str = ""

    @model_validator(mode="before")
    @classmethod
    def _of_one_place(cls, value: Any) -> Any:  # noqa: ANN401 - the JSON door
        variable = value.get("variable") if isinstance(value, dict) else None
        if variable is None or value.get("place") == "environment":
            return value
        if value.get("place") is None:
            return {**value, "place": "environment"}
        # Kept beside another place it would name the place once a file leaves out what is the default.
        left_out = isinstance(variable, str) and re.search(_VARIABLE, variable)
        return {name: each for name, each in value.items() if name != "variable" or not left_out}


class Local(_Part):
    """What is inferterm's own and never part of a PUT body.

    `sandbox`: the built-in simulator answers. `cluster`: the endpoint of that id in the cluster of a
    connection of this name answers.
    """

    sandbox: bool = False
    cluster: str = ""
    auth_scheme: Literal["x-api-key", "bearer"] = "x-api-key"
    anthropic_version: Annotated[str, AfterValidator(_check_version)] = "2023-06-01"
    note: str = ""
    key: KeySource = KeySource()


class Endpoint(_Part):
    """One completion endpoint of Elasticsearch 9.5's `anthropic` service, without its secret."""

    inference_id: Annotated[str, AfterValidator(check_id)]
    task_type: Annotated[TaskType, BeforeValidator(_trimmed_lower)] = "completion"
    service: Literal["anthropic"]
    service_settings: ServiceSettings
    task_settings: TaskSettings
    local: Local = Local()

    @classmethod
    def parse(cls, inference_id: str, body: JsonValue) -> tuple[Self, SecretStr | None]:
        """Read a PUT body, which may carry `task_type` and `local`; return endpoint and key apart.

        Raises `InvalidEndpoint` with every problem at once.
        """
        whole, secret, complaints = _secret_apart(body)
        if isinstance(whole, dict):
            if "inference_id" in whole:
                complaints = [*complaints, ("inference_id", "extra_forbidden", "")]
            whole = {"task_settings": {}, **whole, "inference_id": inference_id}
            if whole["task_settings"] is None:
                whole["task_settings"] = {}
        try:
            endpoint = cls.model_validate(whole)
        except ValidationError as error:
            raise InvalidEndpoint(problems_of(error, complaints)) from None
        if complaints:
            raise InvalidEndpoint(problems_of(None, complaints))
        return endpoint, secret

    def body(self) -> dict[str, JsonValue]:
        """The PUT body without its secret: exactly what a cluster is sent, beside `api_key`."""
        return self.model_dump(
            mode="json", exclude_none=True, include={"service", "service_settings", "task_settings"}
        )

    def document(self) -> dict[str, JsonValue]:
        """What a file holds: the body, `local`, and the task type; of these two what is no default."""
        local = self.local.model_dump(mode="json", exclude_defaults=True)
        kind: JsonObject = {} if self.task_type == "completion" else {"task_type": self.task_type}
        return {**kind, **self.body(), "local": local}

    def base_url(self, default: str = ANTHROPIC_URL) -> str:
        """Where `/v1/messages` is joined to; `default` is for endpoints that name no `url`."""
        if self.local.cluster:
            return f"{CLUSTER_URL}{self.local.cluster}"
        return SANDBOX_URL if self.local.sandbox else base_of(self.service_settings.url or default)

    @property
    def limit(self) -> int:
        """Requests a minute."""
        return self.service_settings.rate_limit.requests_per_minute

    @property
    def model(self) -> str:
        """The model's id."""
        return self.service_settings.model_id

    def with_model(self, model: str) -> Self:
        """The same endpoint as another model answers it, for one request."""
        settings = self.service_settings.model_copy(update={"model_id": model})
        return self.model_copy(update={"service_settings": settings})


def base_of(url: str) -> str:
    """Strip what people paste after a base URL: slashes, `/v1`, `/v1/messages`."""
    return re.sub(r"(/v1(/messages)?)?/*$", "", url.strip().rstrip("/"))


def _secret_apart(
    body: JsonValue,
) -> tuple[JsonValue, SecretStr | None, list[tuple[str, str, object]]]:
    if not isinstance(body, dict) or not isinstance(body.get("service_settings"), dict):
        return body, None, []
    settings: JsonObject = body["service_settings"]
    rest = {key: value for key, value in settings.items() if key != "api_key"}
    secret = settings.get("api_key")
    complaints: list[tuple[str, str, object]] = []
    if isinstance(secret, str) and not secret.strip():
        complaints = [("service_settings.api_key", "string_too_short", "")]
    elif secret is not None and not isinstance(secret, str):
        complaints = [("service_settings.api_key", "string_type", None)]
    elif isinstance(secret, str) and not secret.strip().isprintable():
        complaints = [("service_settings.api_key", "unprintable", None)]
    apart = SecretStr(secret.strip()) if isinstance(secret, str) and not complaints else None
    return {**body, "service_settings": rest}, apart, complaints
