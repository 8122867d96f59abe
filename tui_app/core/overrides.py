"""Settings of one chat, read as a form's are, and the endpoint as they make it for that chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui_app.core.conversation import SAMPLING_ALONE, Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.fields import FIELD, Field


def field_of(name: str) -> Field:
    """The field of a task setting."""
    return FIELD[f"task_settings.{name}"]


def read_settings(
    endpoint: Endpoint, system: str, typed: Mapping[str, str], without: Iterable[str] = ()
) -> Settings:
    """Turn what was typed, by name, into settings; nothing typed leaves the endpoint's own.

    Raises InvalidEndpoint with every problem, each with its path `task_settings.NAME`.
    """
    left_out = tuple(name for name in SAMPLING_ALONE if name in set(without))
    values = {name: field_of(name).read(text) for name, text in typed.items() if name not in left_out}
    chosen = {name: value for name, value in values.items() if value is not None}
    document = endpoint.document()
    own = document["task_settings"]
    assert isinstance(own, dict)
    bare = endpoint.inference_id.rpartition("/")[2]  # a cluster's endpoint is called `cluster/id`
    Endpoint.parse(bare, {**document, "task_settings": {**own, **chosen}})
    return Settings(system, **chosen, without=left_out)  # type: ignore[arg-type]  # parsed above


def effective(endpoint: Endpoint, settings: Settings) -> Endpoint:
    """The endpoint as a chat with these settings uses it."""
    changes: dict[str, int | float | None] = {
        **dict.fromkeys(name for name in settings.without if name != "max_tokens"),
        **settings.overrides(),
    }
    task = endpoint.task_settings.model_copy(update=changes)
    return endpoint.model_copy(update={"task_settings": task})
