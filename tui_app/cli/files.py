"""Files that a command reads whole, `-` for standard input."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.streams import read_input


def read_file(file: str, what: str) -> bytes:
    """The bytes of a file. Raises UsageError that says why it cannot be read; InputFailed."""
    if file == "-":
        return read_input(what)
    try:
        return Path(file).expanduser().read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error) or "it failed").lower()
        raise click.UsageError(f"cannot read {file}: {reason}") from None


def read_text(file: str, what: str) -> str:
    """The text of a file. Raises UsageError, also for what is not UTF-8; InputFailed."""
    data = read_file(file, what)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise click.UsageError(f"{name_of(file)}:{line}: this is not UTF-8 text") from None


def name_of(file: str) -> str:
    """What a file is called for people."""
    return "standard input" if file == "-" else file
