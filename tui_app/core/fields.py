"""The one table of what an endpoint is made of; forms, help, checks and exports all read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui_app.core.jsons import JsonValue

INT32_MAX: Final = 2**31 - 1
INT64_MAX: Final = 2**63 - 1
DEFAULT_REQUESTS_PER_MINUTE: Final = 50


class Kind(StrEnum):
    """How a field's value is typed."""

    TEXT = "text"
    SECRET = "secret"
    INTEGER = "integer"
    DECIMAL = "decimal"
    CHOICE = "choice"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Field:
    """One setting: where it stands, what it is called, what it may be.

    `path` is dotted from the PUT body's root, `local.…` for what is inferterm's own; `more` tells
    that it is for later, `source` who defines it.
    """

    path: str
    label: str
    help: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    range: str = ""
    required: bool = False
    default: JsonValue = None
    choices: tuple[str, ...] = ()
    more: bool = False
    source: str = "Elasticsearch 9.5"

    def read(self, text: str) -> JsonValue:
        """Turn what was typed into JSON, leaving text that is no number for the parser to refuse.

        Nothing typed is None, as a body in which the field is absent.
        """
        typed = text if self.kind is Kind.SECRET else text.strip()
        if not typed.strip():
            return None
        if self.kind is Kind.INTEGER and re.fullmatch(r"[+-]?\d{1,30}", typed, re.ASCII):
            return int(typed)
        if self.kind is Kind.DECIMAL and re.fullmatch(
            r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})", typed, re.ASCII
        ):
            return float(typed)
        if self.kind is Kind.SWITCH:
            return typed == "true"
        return typed.strip()


FIELDS: Final[tuple[Field, ...]] = (
    Field(
        "service_settings.model_id",
        "Model",
        "The model that answers. Any name the service knows; suggestions come from the service "
        "itself once a key is there.",
        required=True,
    ),
    Field(
        "service_settings.api_key",
        "API key",
        "Goes to the operating system's keyring, never to a file. Shown never again; a "
        "fingerprint tells keys apart.",
        kind=Kind.SECRET,
        required=True,
    ),
    Field(
        "inference_id",
        "Inference id",
        "The endpoint's name. Lower-case letters, digits, '-', '_' and '.', with a letter or a "
        "digit at both ends. It cannot be changed later.",
        required=True,
    ),
    Field(
        "task_settings.max_tokens",
        "Max tokens",
        "The most tokens an answer may have; the model stops there.",
        kind=Kind.INTEGER,
        unit="tokens",
        range="1 and up",
        required=True,
        default=1024,
    ),
    Field(
        "service_settings.rate_limit.requests_per_minute",
        "Rate limit",
        "The most requests that start in any 60 seconds, counted over all terminals of yours. "
        "More wait in sight.",
        kind=Kind.INTEGER,
        unit="requests/min",
        range="1 and up",
        default=DEFAULT_REQUESTS_PER_MINUTE,
    ),
    Field(
        "local.sandbox",
        "Use the sandbox",
        "To the service, or to the built-in sandbox, which needs no key and no network, and costs nothing.",
        kind=Kind.SWITCH,
        default=False,
        source="inferterm",
    ),
    Field(
        "task_settings.temperature",
        "Temperature",
        "Randomness of the answer. Alter this or top p, not both; newer models refuse it.",
        kind=Kind.DECIMAL,
        range="0 to 1",
        more=True,
    ),
    Field(
        "task_settings.top_p",
        "Top p",
        "Nucleus sampling: only the likeliest options that add up to this probability.",
        kind=Kind.DECIMAL,
        range="0 to 1",
        more=True,
    ),
    Field(
        "task_settings.top_k",
        "Top k",
        "Only the k likeliest options for each token. For advanced use.",
        kind=Kind.INTEGER,
        unit="options",
        range="0 and up",
        more=True,
    ),
    Field(
        "service_settings.url",
        "URL",
        "Where the Messages API is, with or without /v1 or /v1/messages. Empty: $ANTHROPIC_BASE_URL, else "
        "https://api.anthropic.com.",
        more=True,
        source="Elasticsearch 9.6",
    ),
    Field(
        "local.auth_scheme",
        "Key sent as",
        "The header that carries the key: x-api-key, or Authorization: Bearer for servers that want that.",
        kind=Kind.CHOICE,
        choices=("x-api-key", "bearer"),
        default="x-api-key",
        more=True,
        source="inferterm",
    ),
    Field(
        "local.anthropic_version",
        "API version",
        "The anthropic-version header. Under 2026-10-21 temperature, top p and top k are gone.",
        default="2023-06-01",
        range="2023-06-01 or 2026-10-21",
        more=True,
        source="inferterm",
    ),
    Field(
        "local.note",
        "Note",
        "For you and your colleagues; sent nowhere.",
        more=True,
        source="inferterm",
    ),
)

FIELD: Final = {field.path: field for field in FIELDS}
"""The same fields by path."""
