"""The file of a batch, read whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from tui_app.cli.streams import read_input
from tui_app.core.tables import NoTable, Table, decode_table


def read_rows(file: str) -> tuple[str, str, Table]:
    """Name, digest and table of a file, `-` for standard input. Raises UsageError that names the line."""
    title = "standard input" if file == "-" else file
    data = read_input("the rows") if file == "-" else _read(file)
    try:
        return title, hashlib.sha256(data).hexdigest(), decode_table(file, data)
    except NoTable as flaw:
        raise click.UsageError(f"{title}:{flaw.line}: {flaw.reason}") from None


def _read(file: str) -> bytes:
    try:
        return Path(file).expanduser().read_bytes()
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise click.UsageError(f"cannot read {file}: {reason}") from None
