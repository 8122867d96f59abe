"""Standard input, output and error: UTF-8 whatever the locale, and none of them need be there."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tui_app.core.characters import mended

_UNSAFE: Final = dict.fromkeys([*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)])
"""Control characters that could drive a terminal, to be left out; tabs and line ends are none of them."""
_HIGH: Final = range(0xD800, 0xDC00)

_DUMB: Final = frozenset({"", "dumb", "unknown", "emacs"})


class OutputFailed(Exception):
    """Standard output takes no more; `reason` is None where its reader just left, as `head` does."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason or "the reader of standard output left")
        self.reason = reason


class InputFailed(Exception):
    """Standard input cannot be read."""


def prepare() -> None:
    """Make the standard streams UTF-8, and put nothing else in the place of those that are closed.

    A file that is opened later would otherwise get the number of a closed stream, and whatever a
    library writes there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8", errors=errors)


def is_terminal(*streams: object) -> bool:
    """Tell whether all of these are open and a terminal."""
    return all(stream is not None and not closed(stream) and _isatty(stream) for stream in streams)


def takes_sequences(stream: object) -> bool:
    """Tell whether a stream is a terminal that obeys escape sequences, and does not print them as text."""
    return is_terminal(stream) and os.environ.get("TERM", "") not in _DUMB


def closed(stream: object) -> bool:
    """Tell whether a standard stream is closed, or never was there."""
    return stream is None or bool(getattr(stream, "closed", False))


def say(line: str) -> None:
    """Write one line to standard error, if there is one and somebody reads it."""
    if closed(sys.stderr):
        return
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except OSError:
        _let_go(sys.stderr)


def write(text: str) -> None:
    """Write text to standard output and flush it. Raises OutputFailed."""
    if closed(sys.stdout):
        raise OutputFailed("it is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        raise output_failed(error) from None


def output_failed(error: OSError) -> OutputFailed:
    """What an error of standard output means; nothing more is written there."""
    _let_go(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return OutputFailed(None)
    return OutputFailed((error.strerror or "it failed").lower())


def write_line(line: str = "") -> None:
    """Write one line to standard output. Raises OutputFailed."""
    write(mended(line) + "\n")


def write_json(value: object, *, indent: int | None = 2) -> None:
    """Write one JSON value, without `indent` on a single line of ASCII. Raises OutputFailed."""
    import json

    write_line(json.dumps(value, indent=indent, ensure_ascii=indent is None, allow_nan=False))


def read_input(what: str) -> bytes:
    """Read standard input to its end, saying what is awaited where a person types. Raises InputFailed."""
    if closed(sys.stdin):
        raise InputFailed(f"standard input is closed; {what} was to come from there")
    if is_terminal(sys.stdin):
        say(f"Type {what}, then press Ctrl-D.")
    try:
        with interruptible():
            return sys.stdin.buffer.read()
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise InputFailed(f"standard input cannot be read: {reason}") from None


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end a wait for a person's words at once, as KeyboardInterrupt.

    The handler of an event loop would only note it, for when the loop has its turn again: never, while
    its thread waits for a line. A process that was told to ignore Ctrl-C goes on ignoring it.
    """
    before = signal.getsignal(signal.SIGINT)
    mine = threading.current_thread() is threading.main_thread()
    if not mine or not callable(before):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class AnswerStream:
    """Text that comes in pieces, on its way to standard output unchanged, each piece flushed.

    Only on a terminal are control characters left out, and a last line end given at the end where
    the text has none.
    """

    def __init__(self) -> None:
        self._on_terminal = is_terminal(sys.stdout)
        self._held = ""
        self._last = "\n"

    def write(self, piece: str) -> None:
        """Write a piece; half of a character that was cut in two waits for the other half."""
        text = self._held + piece
        self._held = text[-1:] if text and ord(text[-1]) in _HIGH else ""
        self._put(text.removesuffix(self._held))

    def end(self) -> None:
        """Write what still waits."""
        self._put(self._held)
        self._held = ""
        if self._on_terminal and self._last != "\n":
            self._put("\n")

    def _put(self, text: str) -> None:
        text = mended(text)
        if self._on_terminal:
            text = text.translate(_UNSAFE)
        if text:
            self._last = text[-1]
            write(text)


def _isatty(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())


def _let_go(stream: object) -> None:
    """Point a stream that failed to nowhere, so that the interpreter's last flush does not complain."""
    try:
        number = stream.fileno()  # type: ignore[attr-defined]
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
