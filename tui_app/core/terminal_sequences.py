"""What a terminal is told apart from text: to copy, to notify; and through what stands between.

OSC 52 copies, OSC 9 (iTerm2, kitty, WezTerm, foot, Windows Terminal) and OSC 777 (urxvt, foot, Ghostty)
notify. GNU screen and tmux keep such sequences to themselves unless they are wrapped.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

from tui_app.core.text import one_line

LONG: Final = 74_994
"""Bytes of text that hterm and older terminals take in one OSC 52; others take more."""
_CHUNK: Final = 240
_MOST_NOTICE: Final = 200


def copying(text: str) -> str:
    """Tell a terminal to put text on its clipboard; it never says whether it did."""
    return f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode()}\a"


def notifying(title: str, words: str) -> str:
    """Tell a terminal to show a notice on the desktop, in both of the ways that there are.

    A terminal that knows one of them passes over the other in silence. Both end with a bell, which rings
    nothing there: the other end of such a sequence would also end what GNU screen wraps it in.
    """
    title, words = (_bare(each) for each in (title, words))
    return f"\x1b]9;{title}: {words}\a\x1b]777;notify;{title};{words}\a"


def passed_through(sequence: str, environ: Mapping[str, str]) -> str:
    """The sequence as GNU screen or tmux hand it on to the terminal in which they run.

    tmux does so where `allow-passthrough` is on, and drops it otherwise.
    """
    if environ.get("TMUX"):
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"
    if not environ.get("STY"):
        return sequence
    pieces = [sequence[at : at + _CHUNK] for at in range(0, len(sequence), _CHUNK)]
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def _bare(text: str) -> str:
    """Text that ends no sequence and parts no field of one."""
    return one_line(text, limit=_MOST_NOTICE).replace(";", ",")
