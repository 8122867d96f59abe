"""What is typed becomes JSON, or stays text for the parser to refuse."""

from __future__ import annotations

import pytest

from tests.core.bodies import body
from tui_app.core.endpoint import Endpoint
from tui_app.core.fields import FIELD, FIELDS


@pytest.mark.parametrize(
    ("path", "typed", "value"),
    [
        ("task_settings.max_tokens", " 1024 ", 1024),
        ("task_settings.max_tokens", "1e3", "1e3"),
        ("task_settings.max_tokens", "1_000", "1_000"),
        ("task_settings.max_tokens", "\u0661", "\u0661"),
        ("task_settings.max_tokens", "", None),
        ("task_settings.temperature", "1", 1.0),
        ("task_settings.temperature", ".5", 0.5),
        ("task_settings.temperature", "nan", "nan"),
        ("service_settings.model_id", "  claude-x ", "claude-x"),
        ("local.sandbox", "true", True),
    ],
)
def test_what_is_typed_becomes_json(path: str, typed: str, value: object) -> None:
    assert FIELD[path].read(typed) == value


def test_every_field_stands_where_the_endpoint_has_it() -> None:
    parsed, _ = Endpoint.parse("a", body())
    for field in FIELDS:
        if field.path in {"service_settings.api_key", "inference_id"}:
            continue
        owner: object = parsed
        for part in field.path.split("."):
            assert hasattr(owner, part), field.path
            owner = getattr(owner, part)
        if not field.required:
            assert owner == (field.default if field.default is not None else owner)
