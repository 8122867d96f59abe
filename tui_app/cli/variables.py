"""Values of variables as options give them: `NAME=VALUE`, `NAME=@FILE`, `NAME=@-`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from tui_app.cli.streams import read_input


def read_variables(written: Iterable[str]) -> dict[str, str]:
    """The values by name. Raises UsageError for what is none, and for a file that cannot be read."""
    values: dict[str, str] = {}
    for each in written:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--var {each[:40]}: write NAME=VALUE, or NAME=@FILE")
        if name.strip() in values:
            raise click.UsageError(f"--var {name.strip()} is given twice")
        values[name.strip()] = _value(name.strip(), value)
    return values


def _value(name: str, value: str) -> str:
    if value.startswith("@@"):
        return sound(value[1:])
    if value == "@-":
        return _decoded(name, read_input(f"the value of {name}"))
    if not value.startswith("@"):
        return sound(value)
    try:
        return _decoded(name, Path(value[1:]).expanduser().read_bytes())
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise click.UsageError(f"--var {name}: cannot read {value[1:]}: {reason}") from None


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"--var {name}: this is not UTF-8 text (byte {error.start + 1})") from None


def sound(text: str) -> str:
    """An argument's text; bytes of it that are no UTF-8 are replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
