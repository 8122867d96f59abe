"""Files that a command reads whole, `-` for standard input."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.streams import read_input


def read_file(file: str, what: str, most: int | None = None) -> bytes:
    """The bytes of a file, refused above `most`. Raises UsageError that says why not; InputFailed."""
    data = read_input(what) if file == "-" else _bytes(file, most)
    if most is not None and len(data) > most:
        raise click.UsageError(f"{name_of(file)} is larger than {most // 2**20} MiB")
    return data


def _bytes(file: str, most: int | None) -> bytes:
    try:
        with Path(file).expanduser().open("rb") as opened:
            return opened.read(-1 if most is None else most + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error) or "it failed").lower()
        raise click.UsageError(f"cannot read {file}: {reason}") from None


def read_text(file: str, what: str, most: int | None = None) -> str:
    """The text of a file. Raises as `read_file`, and UsageError for what is not UTF-8."""
    data = read_file(file, what, most)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise click.UsageError(f"{name_of(file)}:{line}: this is not UTF-8 text") from None


def name_of(file: str) -> str:
    """What a file is called for people."""
    return "standard input" if file == "-" else file
