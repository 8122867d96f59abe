"""The file of a batch, read whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import click

from tui_app.cli.files import name_of, read_file
from tui_app.core.tables import NoTable, Table, decode_table


@dataclass(frozen=True, slots=True)
class RowsFile:
    """A file of rows: its name for people, a digest of its content, and the table in it.

    `place` is its absolute path without links, empty for standard input.
    """

    title: str
    digest: str
    table: Table
    place: str = ""


def read_rows(file: str) -> RowsFile:
    """Read a file, `-` for standard input. Raises UsageError that names the line."""
    title, data = name_of(file), read_file(file, "the rows")
    place = "" if file == "-" else str(Path(file).expanduser().resolve())
    try:
        return RowsFile(title, hashlib.sha256(data).hexdigest(), decode_table(file, data), place)
    except NoTable as flaw:
        raise click.UsageError(f"{title}:{flaw.line}: {flaw.reason}") from None
