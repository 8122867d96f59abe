"""Task types in paths and bodies, as Elasticsearch 9.5 resolves and refuses them."""

from __future__ import annotations

from typing import Final, get_args

from tui_app.core.elastic_errors import refused
from tui_app.core.endpoint import Endpoint, TaskType
from tui_app.core.java_text import java_text
from tui_app.core.jsons import JsonValue

ANY: Final = "any"
SUPPORTED: Final[tuple[TaskType, ...]] = get_args(TaskType)
_KNOWN: Final = (*SUPPORTED, ANY, "text_embedding", "sparse_embedding", "rerank", "embedding")


def task_type(text: str) -> str:
    """A task type as it stands in a path, in any case. Raises Refused for one that nobody knows."""
    name = text.strip().lower()
    if name not in _KNOWN:
        raise refused(f"Unknown task_type [{java_text(text)}]")
    return name


def resolve(url: str, stated: JsonValue) -> str:
    """The task type of path (`any` where none stands there) and body together. Raises Refused."""
    if stated is None:
        if url == ANY:
            raise refused("model is missing required setting [task_type]")
        return url
    if not isinstance(stated, str):
        raise refused(f"Unknown task_type [{java_text(stated)}]")
    said = task_type(stated)
    if said == ANY:
        raise refused("task_type [any] is not valid type for inference")
    if url not in {ANY, said}:
        raise refused(
            f"Cannot resolve conflicting task_type parameter in the request URL [{url}] "
            f"and the request body [{said}]"
        )
    return said


def check_supported(name: str) -> None:
    """Raise Refused for a task type that the service does not have."""
    if name not in SUPPORTED:
        raise refused(f"The [anthropic] service does not support task type [{name}]")


def check_asked(url: str, endpoint: Endpoint) -> None:
    """Raise Refused where an endpoint is asked for under another task type."""
    if url not in {ANY, endpoint.task_type}:
        raise refused(
            f"Incompatible task_type, the requested type [{url}] "
            f"does not match the model type [{endpoint.task_type}]"
        )


def check_named(url: str, endpoint: Endpoint) -> None:
    """Raise Refused where an endpoint is read or deleted under another task type."""
    if url not in {ANY, endpoint.task_type}:
        raise refused(
            f"Requested task type [{url}] does not match "
            f"the inference endpoint's task type [{endpoint.task_type}]"
        )
