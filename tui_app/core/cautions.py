"""Warnings that never block saving: what the service will make of an endpoint's settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tui_app.core.endpoint import Endpoint
from tui_app.core.models import is_retired, known, retired_since, takes_both, takes_sampling
from tui_app.core.problems import Caution

_SAMPLING_DEFAULT = {"temperature": 1.0, "top_p": None, "top_k": None}


def cautions(endpoint: Endpoint, today: date) -> tuple[Caution, ...]:
    """Everything about `endpoint` that will probably be refused or end soon, by path."""
    return (*_model(endpoint, today), *_sampling(endpoint), *_ranges(endpoint), *_version(endpoint))


def _model(endpoint: Endpoint, today: date) -> Iterator[Caution]:
    path, model_id = "service_settings.model_id", endpoint.model
    gone, model = retired_since(model_id), known(model_id)
    if is_retired(model_id):
        since = f" since {gone}" if gone else ""
        yield Caution(path, f"{model_id} is retired{since}; choose a newer model")
    elif model and model.retires:
        tense = "was to be retired" if model.retires <= today else "is deprecated and will be retired"
        yield Caution(path, f"{model_id} {tense} on {model.retires}")
    if model and endpoint.task_settings.max_tokens > model.max_output:
        yield Caution("task_settings.max_tokens", f"{model_id} gives at most {model.max_output:,} tokens")


def _sampling(endpoint: Endpoint) -> Iterator[Caution]:
    task, model_id = endpoint.task_settings, endpoint.model
    chosen = [
        name
        for name, default in _SAMPLING_DEFAULT.items()
        if getattr(task, name) is not None and getattr(task, name) != default
    ]
    if endpoint.local.anthropic_version > "2023-06-01":
        return
    if not takes_sampling(model_id):
        for name in chosen:
            yield Caution(f"task_settings.{name}", f"{model_id} refuses {name}; leave it empty")
    elif task.temperature is not None and task.top_p is not None and not takes_both(model_id):
        yield Caution("task_settings.top_p", f"{model_id} takes temperature or top_p, not both")


def _ranges(endpoint: Endpoint) -> Iterator[Caution]:
    task = endpoint.task_settings
    for name, value in (("temperature", task.temperature), ("top_p", task.top_p)):
        if value is not None and not 0 <= value <= 1:
            yield Caution(f"task_settings.{name}", f"Anthropic takes {name} from 0 to 1")
    if task.top_k is not None and task.top_k < 0:
        yield Caution("task_settings.top_k", "Anthropic takes top_k from 0 up")


def _version(endpoint: Endpoint) -> Iterator[Caution]:
    if endpoint.local.anthropic_version <= "2023-06-01":
        return
    for name in _SAMPLING_DEFAULT:
        if getattr(endpoint.task_settings, name) is not None:
            yield Caution(
                f"task_settings.{name}",
                f"anthropic-version {endpoint.local.anthropic_version} has no {name}; leave it empty",
            )
