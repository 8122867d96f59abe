"""Copying: by which way a text went, what of that is certain, and what to do where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tui_app.core.counts import counted
from tui_app.core.terminal_sequences import LONG, copying


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy: `words` say by which way it went; `sure` tells that somebody confirmed it."""

    words: str
    sure: bool


class Clipboard(Protocol):
    """Where copied text goes."""

    async def copy(self, text: str, to_terminal: Callable[[str], None] | None) -> Copied:
        """Copy by every way that there is; `to_terminal` writes a sequence, None where nobody reads one."""
        ...


def count_words(text: str) -> str:
    """How much it is: `1 character`, `1,200 characters`."""
    return counted(len(text), "character")


class TerminalClipboard:
    """The clipboard of the terminal alone; see `Clipboard`."""

    async def copy(self, text: str, to_terminal: Callable[[str], None] | None) -> Copied:
        """See `Clipboard`."""
        if to_terminal is not None:
            to_terminal(copying(text))
        return Copied(terminal_words(text, to_terminal is not None), sure=False)


def terminal_words(text: str, told: bool, through: str = "") -> str:
    """Say what is known when only the terminal was told, or not even that."""
    head = count_words(text)
    if not told:
        return f"{head} not copied: there is neither a clipboard program nor a terminal that copies."
    way = f"through {through} to" if through else "to"
    long = " It is long: some terminals cut or refuse that." if len(text.encode()) > LONG else ""
    return (
        f"{head} sent {way} the terminal's clipboard (OSC 52). "
        f"Terminals do not say whether they took it.{long}"
    )
