"""What is said, on standard error, and the answers, on standard output: lines that follow each other."""

from __future__ import annotations

import re
import sys
from typing import Final

from tui_app.cli.exits import NAME
from tui_app.cli.streams import AnswerStream, closed, say
from tui_app.core.text import plain

SIGN: Final = "you> "
_SENTENCE_END: Final = re.compile(r"\n|[.!?:;…][)\]\"'»”]*\s")
_LONGEST: Final = 600
"""Characters of one sentence that are held back at most."""


class Voice:
    """Says lines and writes answers; `by_sentences` for a person, who hears no halves of words.

    Raises OutputFailed where standard output takes no more.
    """

    def __init__(self, *, by_sentences: bool) -> None:
        self._by_sentences = by_sentences
        self._held = ""
        self._stream: AnswerStream | None = None
        self._last = "\n"
        self._asking = False

    def say(self, *lines: str) -> None:
        """Say lines of talk, each whole and plain."""
        self.end_answer()
        self._end_question()
        for line in lines:
            for part in plain(line).split("\n"):
                say(part if self._by_sentences else f"{NAME}: {part}")

    def answer(self, piece: str) -> None:
        """Write more of an answer."""
        self._end_question()
        self._held += piece
        if not self._by_sentences:
            self._write(len(self._held))
            return
        ends = [found.end() for found in _SENTENCE_END.finditer(self._held)]
        if ends:
            self._write(ends[-1])
        elif len(self._held) > _LONGEST:
            self._write(self._held.rfind(" ") + 1 or len(self._held))

    def end_answer(self) -> None:
        """Write what is held back, and end the line."""
        self._write(len(self._held))
        if self._stream is None:
            return
        if self._last != "\n":
            self._stream.write("\n")
        self._stream.end()
        self._stream, self._last = None, "\n"

    def ask(self) -> None:
        """Tell a person that the next line is theirs."""
        self.end_answer()
        if not self._asking and not closed(sys.stderr):
            self._asking = True
            sys.stderr.write(SIGN)
            sys.stderr.flush()

    def end(self) -> None:
        """Leave the cursor at the beginning of a line; nothing more is said."""
        self._held = ""
        self._end_question()

    def heard(self) -> None:
        """A line was typed, and with it the cursor stands at a beginning."""
        self._asking = False

    def _end_question(self) -> None:
        if self._asking:
            self._asking = False
            say("")

    def _write(self, upto: int) -> None:
        piece, self._held = self._held[:upto], self._held[upto:]
        if piece:
            self._stream = self._stream or AnswerStream()
            self._stream.write(piece)
            self._last = piece[-1]
