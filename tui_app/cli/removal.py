"""Deleting an endpoint, with or without its key."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tui_app.cli.streams import interruptible, is_terminal, write_line
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import EndpointNotFound
from tui_app.core.keys import KeyState
from tui_app.core.storage import BrokenEndpoint

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


async def delete_endpoint(bench: Workbench, inference_id: str, *, with_key: bool | None, yes: bool) -> None:
    """Delete it, after asking whoever sits at a terminal. Raises EndpointNotFound; Abort on a no."""
    stored = {item.inference_id: item for item in await bench.inference.endpoints.stored()}
    if inference_id not in stored:
        raise EndpointNotFound(inference_id)
    if not yes and is_terminal(sys.stdin, sys.stderr):
        with interruptible():
            click.confirm(f"Delete the endpoint {inference_id}?", abort=True, err=True)
        if with_key is None and await _has_key(bench, stored[inference_id]):
            with interruptible():
                with_key = click.confirm("Delete its key too?", err=True)
    deleted = await bench.inference.endpoints.delete(inference_id, with_key=bool(with_key))
    if deleted:
        fate = "its key too"
    elif with_key:
        fate = "it had no key of its own"
    else:
        fate = f"a key of its own stays; `inferterm key delete {inference_id}` deletes that"
    write_line(f"deleted {inference_id}; {fate}")


async def _has_key(bench: Workbench, item: Endpoint | BrokenEndpoint) -> bool:
    if isinstance(item, BrokenEndpoint):
        return True
    status = await bench.inference.keys.status(item)
    return status.state in {KeyState.KEYRING, KeyState.VAULT, KeyState.UNAVAILABLE}
