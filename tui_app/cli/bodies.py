"""Putting an endpoint: its body is read, checked, tried if so wished, and kept, or nothing is."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import click
from pydantic import SecretStr

from tui_app.cli.exits import complain, one_line
from tui_app.cli.files import name_of, read_text
from tui_app.cli.streams import write_line
from tui_app.cli.vault import open_vault_for
from tui_app.core.cautions import cautions
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import EndpointChanged, EndpointExists, EndpointNotFound
from tui_app.core.jsons import JsonValue, NotJson, read_json
from tui_app.core.keys import KeyState, KeyStatus
from tui_app.core.verification import StepState

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class Put:
    """What is to be put: the body as it came, which may hold a key and is not shown."""

    inference_id: str
    body: JsonValue
    replace: bool
    verify: bool

    def __repr__(self) -> str:
        return f"Put({self.inference_id!r})"


def read_body(inference_id: str, file: str | None) -> JsonValue:
    """Read the JSON of a file, or of standard input. Raises UsageError with line and reason."""
    try:
        return read_json(read_text(file or "-", "the PUT body"))
    except NotJson as error:
        where = f"{name_of(file or '-')}:{error.line}"
        raise click.UsageError(f"{where}: this is not JSON: {error.reason}") from None


async def put_endpoint(bench: Workbench, put: Put) -> None:
    """Keep the endpoint and its key. Raises what hinders it, and then nothing is written."""
    current = await _current(bench, put)
    endpoint, key = Endpoint.parse(put.inference_id, _with_local(put.body, current))
    if key is not None:
        await open_vault_for(bench, endpoint, make=True)
    if put.verify:
        await verify(bench, endpoint, key)
    for tries_left in reversed(range(_TRIES)):
        try:
            status = await _keep(bench, endpoint, key, current)
            break
        except (EndpointChanged, EndpointExists, EndpointNotFound):
            # Another process was quicker; with --replace the last one is to win.
            if not put.replace or not tries_left:
                raise
        current = await _current(bench, put)
        endpoint, key = Endpoint.parse(put.inference_id, _with_local(put.body, current))
    for caution in cautions(endpoint, date.today()):
        complain(f"note: {one_line(str(caution))}")
    done = "created" if current is None else "replaced"
    write_line(f"{done} {put.inference_id}; key {kept_words(endpoint, status)}")
    if status.state is KeyState.MISSING:
        complain(f"note: {_missing_words(endpoint)}")


async def _keep(
    bench: Workbench, endpoint: Endpoint, key: SecretStr | None, current: Endpoint | None
) -> KeyStatus:
    if current is None:
        return await bench.inference.endpoints.create(endpoint, key)
    return await bench.inference.endpoints.change(endpoint, key, expected=current)


async def _current(bench: Workbench, put: Put) -> Endpoint | None:
    stored = await bench.inference.endpoints.stored()
    if put.inference_id not in {item.inference_id for item in stored}:
        return None
    if not put.replace:
        # The body is checked first: whoever mends it should hear of both.
        Endpoint.parse(put.inference_id, put.body)
        raise EndpointExists(put.inference_id)
    return await bench.inference.endpoints.get(put.inference_id)


def _with_local(body: JsonValue, current: Endpoint | None) -> JsonValue:
    if current is None or not isinstance(body, dict):
        return body
    document = current.document()
    own = {name: document[name] for name in ("task_type", "local") if name in document}
    return {**body, **{name: value for name, value in own.items() if body.get(name) is None}}


async def verify(bench: Workbench, endpoint: Endpoint, key: SecretStr | None) -> None:
    """Climb the ladder, saying each step that passes. Raises the error of the one that fails."""
    async with aclosing(bench.inference.verify(endpoint, key)) as reports:
        async for report in reports:
            if report.error is not None:
                complain(f"{report.step}: failed")
                raise report.error
            if report.state in {StepState.PASSED, StepState.WAITING, StepState.SKIPPED}:
                took = f" ({report.seconds * 1000:.0f} ms)" if report.seconds else ""
                complain(f"{report.step}: {one_line(report.detail) or report.state}{took}")


def kept_words(endpoint: Endpoint, status: KeyStatus) -> str:
    """Say from where an endpoint that was just kept has its key, and whether it is there."""
    source = endpoint.local.key
    if source.place == "environment" and status.state is KeyState.MISSING:
        return f"{KeyState.ENVIRONMENT}, {source.variable}, which is not set here"
    return key_words(status)


def _missing_words(endpoint: Endpoint) -> str:
    source, name = endpoint.local.key, endpoint.inference_id
    if source.place == "environment":
        return f"set {source.variable} first; `inferterm key set {name} --place keyring` keeps a key instead"
    return f"it has no key yet. `inferterm key set {name}` gives it one"


def key_words(status: KeyStatus) -> str:
    """Say where a key stands: `in keyring, fingerprint 1a2b3c4d`."""
    pieces = [str(status.state)]
    if status.detail:
        pieces.append(one_line(status.detail))
    if status.fingerprint and status.state is not KeyState.SANDBOX:
        pieces.append(f"fingerprint {status.fingerprint}")
    return ", ".join(pieces)
