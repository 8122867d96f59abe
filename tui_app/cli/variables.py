"""Values of variables as options give them: `NAME=VALUE`, `NAME=@FILE`, `NAME=@-`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from tui_app.cli.files import read_text


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
    if not value.startswith("@"):
        return sound(value)
    try:
        return read_text(value[1:], f"the value of {name}")
    except click.UsageError as error:
        raise click.UsageError(f"--var {name}: {error.message}") from None


def sound(text: str) -> str:
    """An argument's text; bytes of it that are no UTF-8 are replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
