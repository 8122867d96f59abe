"""The file of a batch, read whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from tui_app.cli.streams import read_input
from tui_app.core.tables import NoTable, Table, format_of, read_table


def read_rows(file: str) -> tuple[str, str, Table]:
    """Name, digest and table of a file, `-` for standard input. Raises UsageError that names the line."""
    title = "standard input" if file == "-" else file
    data = read_input("the rows") if file == "-" else _read(file)
    try:
        text = data.decode("utf-8-sig")
        return title, hashlib.sha256(data).hexdigest(), read_table(text, format_of(file, text))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise click.UsageError(f"{title}:{line}: this is not UTF-8 text") from None
    except NoTable as flaw:
        raise click.UsageError(f"{title}:{flaw.line}: {flaw.reason}") from None


def _read(file: str) -> bytes:
    try:
        return Path(file).expanduser().read_bytes()
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise click.UsageError(f"cannot read {file}: {reason}") from None
