"""Keys of endpoints: read without showing them, kept in their place, told apart, deleted."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click
from pydantic import SecretStr

from tui_app.cli.bodies import kept_words, key_words, verify
from tui_app.cli.exits import complain, one_line
from tui_app.cli.streams import interruptible, is_terminal, read_input, write_json, write_line
from tui_app.cli.vault import open_vault_for
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Entry
from tui_app.core.errors import EndpointNotFound, InvalidRequest, KeyMissing, KeyStoreFailed
from tui_app.core.keys import KeyState, KeyStatus

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where a key is to lie from now on; a `place` of None leaves that as it is."""

    place: str | None
    variable: str | None = None
    command: str | None = None

    def of(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with this choice. Raises InvalidEndpoint."""
        if self.place is None:
            return endpoint
        chosen = {"place": self.place, "variable": self.variable, "command": self.command}
        source = {name: value for name, value in chosen.items() if value is not None}
        document = endpoint.document()
        local = document["local"]
        assert isinstance(local, dict)
        return Endpoint.parse(endpoint.inference_id, {**document, "local": {**local, "key": source}})[0]


async def set_endpoint_key(
    bench: Workbench, inference_id: str, chosen: KeyPlace, *, verify_first: bool
) -> None:
    """Keep a key, or the choice of where it comes from. Raises what hinders it, and then nothing changed.

    A variable may be set later; a command has to print a key now.
    """
    stored = {item.inference_id for item in await bench.inference.endpoints.stored()}
    current = await bench.inference.endpoints.get(inference_id)
    if current.local.sandbox:
        raise InvalidRequest(f"[{inference_id}] uses the sandbox, which has a key of its own")
    if inference_id not in stored:
        raise EndpointNotFound(inference_id)
    endpoint = chosen.of(current)
    key = None
    if chosen.place == "command":
        await bench.inference.keys.find(endpoint)
    elif chosen.place != "environment":
        key = _read_key(inference_id)
        await open_vault_for(bench, endpoint, make=True)
    if verify_first:
        await verify(bench, endpoint, key)
    status = await bench.inference.endpoints.change(endpoint, key, expected=current)
    write_line(f"key of {inference_id}: {kept_words(endpoint, status)}")


def _read_key(inference_id: str) -> SecretStr:
    """Read one line: hidden from a terminal, else from standard input. Raises UsageError, InputFailed."""
    if is_terminal(sys.stdin, sys.stderr):
        with interruptible():
            typed = click.prompt(f"Key of {inference_id}", hide_input=True, err=True)
        return _one_line(typed)
    try:
        return _one_line(read_input("the key").decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise click.UsageError("the key is not text") from None


def _one_line(text: str) -> SecretStr:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise click.UsageError("the key is empty; give it on one line")
    if len(lines) > 1:
        raise click.UsageError("there is more than one line; give the key alone")
    if not lines[0].isprintable():
        raise click.UsageError("it has characters that no key has")
    return SecretStr(lines[0])


async def with_known_key(bench: Workbench, entry: Entry) -> Entry:
    """The entry with its key looked up where a glance did not tell: a window may ask, a command is run.

    A key that cannot be had leaves the entry as it is, and is told.
    """
    if entry.key.state not in {KeyState.UNAVAILABLE, KeyState.COMMAND} or entry.key.fingerprint:
        return entry
    try:
        _, status = await bench.inference.keys.find(entry.endpoint)
    except KeyMissing:
        return replace(entry, key=KeyStatus(KeyState.MISSING))
    except KeyStoreFailed as error:
        complain(f"the key of {entry.endpoint.inference_id} is not known: {one_line(str(error))}")
        return entry
    return replace(entry, key=status, group=replace(entry.group, key=status.fingerprint))


async def print_status(bench: Workbench, inference_id: str | None, *, as_json: bool) -> None:
    """Print where keys stand; for all of them without a window. Raises as `Endpoints.get`."""
    if inference_id is None:
        rows = await bench.inference.endpoints.entries()
        statuses = {row.endpoint.inference_id: row.key for row in rows if isinstance(row, Entry)}
    else:
        entry = await with_known_key(bench, await bench.inference.endpoints.entry(inference_id))
        statuses = {inference_id: entry.key}
    values = [_value(name, status) for name, status in statuses.items()]
    if as_json:
        write_json(values if inference_id is None else values[0])
        return
    for name, status in statuses.items():
        write_line(f"{name}: {key_words(status)}")


def _value(inference_id: str, status: KeyStatus) -> dict[str, str]:
    return {
        "inference_id": inference_id,
        "state": str(status.state),
        "fingerprint": status.fingerprint,
        "detail": status.detail,
    }


async def delete_endpoint_key(bench: Workbench, inference_id: str) -> None:
    """Delete the endpoint's own key; one from a variable or a command is not its own.

    Raises EndpointNotFound where there is neither a key nor an endpoint; KeyStoreFailed.
    """
    if await bench.inference.keys.delete(inference_id):
        write_line(f"deleted the key of {inference_id}")
        return
    stored = {item.inference_id for item in await bench.inference.endpoints.stored()}
    if inference_id not in stored:
        await bench.inference.endpoints.get(inference_id)
    write_line(f"{inference_id} has no key of its own")
