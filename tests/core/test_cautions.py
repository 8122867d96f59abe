"""What the form warns of while it lets everything be saved."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.core.bodies import body
from tui_app.core.cautions import cautions
from tui_app.core.conversation import Usage
from tui_app.core.endpoint import Endpoint
from tui_app.core.models import MODELS, cost, known, takes_both, takes_sampling

TODAY = date(2026, 11, 22)


def warned(model: str, version: str = "2023-06-01", **task: Any) -> dict[str, str]:  # noqa: ANN401
    """The cautions of an endpoint by path."""
    whole = body(
        service_settings={"model_id": model},
        task_settings={"max_tokens": 1024, **task},
        local={"anthropic_version": version},
    )
    return {c.path: c.message for c in cautions(Endpoint.parse("a", whole)[0], TODAY)}


@pytest.mark.parametrize(
    "model", ["claude-opus-4-7", "claude-haiku-5-5", "claude-fable-5-1", "claude-sonnet-5"]
)
def test_newer_models_refuse_sampling_settings_that_are_no_defaults(model: str) -> None:
    assert "task_settings.temperature" in warned(model, temperature=0.5)
    assert "task_settings.top_k" in warned(model, top_k=5)
    assert not warned(model, temperature=1.0)


@pytest.mark.parametrize(
    "model",
    ["claude-opus-4-6", "claude-haiku-4-5-20251001", "claude-sonnet-4-20250514", "claude-3-opus-20240229"],
)
def test_older_models_take_them(model: str) -> None:
    assert takes_sampling(model)


def test_a_name_that_is_not_claudes_is_another_servers_business() -> None:
    assert takes_sampling("llama3.3")
    assert takes_both("llama3.3")
    assert not warned("llama3.3", temperature=0.2, top_p=0.3)


def test_temperature_and_top_p_are_warned_of_together() -> None:
    assert "task_settings.top_p" in warned("claude-haiku-4-5", temperature=0.5, top_p=0.5)


def test_the_newer_api_version_has_no_sampling_settings_at_all() -> None:
    assert set(warned("claude-haiku-4-5", "2026-10-21", temperature=1.0)) == {"task_settings.temperature"}


def test_more_tokens_than_the_model_gives_are_warned_of() -> None:
    assert "64,000" in warned("claude-haiku-4-5", max_tokens=64_001)["task_settings.max_tokens"]
    assert not warned("claude-haiku-4-5", max_tokens=64_000)


def test_a_model_that_ends_soon_is_named_with_its_date() -> None:
    assert "2026-11-30" in warned("claude-sonnet-4-5-20250929")["service_settings.model_id"]


def test_a_retired_model_is_named_as_such() -> None:
    assert "retired since 2026-06-15" in warned("claude-sonnet-4-20250514")["service_settings.model_id"]
    for older in ("claude-3-5-sonnet-20241022", "claude-3-opus-latest", "claude-2.1", "claude-instant-1.2"):
        assert "is retired; choose" in warned(older)["service_settings.model_id"]


def test_values_outside_of_the_range_are_warned_of() -> None:
    assert "task_settings.temperature" in warned("claude-haiku-4-5", temperature=1.5)
    assert "task_settings.top_k" in warned("claude-haiku-4-5", top_k=-1)


def test_every_bundled_model_is_known_dated_and_undated() -> None:
    for model in MODELS:
        assert known(model.id) == known(f"{model.id}-20260101") == model


def test_a_price_counts_caches_apart() -> None:
    usage = Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000)
    assert cost("claude-haiku-4-5", usage) == pytest.approx(1 + 5 + 1.25 + 0.10)
    assert cost("llama3.3", usage) is None
