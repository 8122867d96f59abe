"""JSON files that people edit: read with care, and what is wrong said with its line."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tui_app.core.characters import mended
from tui_app.core.jsons import JsonValue, NotJson, lines_of, read_json
from tui_app.core.problems import Problem

LARGEST: Final = 2**20
"""Bytes; what is larger was not written by a person."""
_SHOWN: Final = 3


class Flawed(ValueError):
    """A file or text that is not what it should be: `line` counts from 1, None means the whole."""

    def __init__(self, line: int | None, reason: str) -> None:
        self.line, self.reason = line, mended(reason)
        super().__init__(self.reason)

    def told_of(self, path: Path) -> str:
        """What is wrong, and where in the file."""
        return f"{path}{f':{self.line}' if self.line else ''}: {self.reason}"


def read_plain(path: Path) -> bytes:
    """The bytes of a file, one more than LARGEST at most; a pipe with that name holds nobody up.

    Raises Flawed when it is no plain file, and OSError.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        kind = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(kind):
            raise Flawed(None, "it is a folder, not a file" if stat.S_ISDIR(kind) else "it is no plain file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST + 1)
    finally:
        os.close(descriptor)


def parse_json(data: bytes) -> tuple[JsonValue, Mapping[str, int]]:
    """The value of a JSON text and the line of each of its keys, by dotted path. Raises Flawed."""
    if len(data) > LARGEST:
        raise Flawed(None, "it is larger than 1 MiB; nobody wrote that by hand")
    try:
        text = data.decode("utf-8")
        return read_json(text), lines_of(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Flawed(line, "this is not UTF-8 text") from None
    except NotJson as error:
        raise Flawed(error.line, f"this is not JSON: {error.reason}") from None


def flaw_of(problems: Sequence[Problem], lines: Mapping[str, int]) -> Flawed:
    """The first of some problems from the top down, with its line, and the others after it."""
    found = sorted(((_line(problem.path, lines), problem) for problem in problems), key=lambda pair: pair[0])
    words = [
        str(problem) if place == 0 else f"line {line}: {problem}"
        for place, (line, problem) in enumerate(found[:_SHOWN])
    ]
    if len(found) > _SHOWN:
        words.append(f"and {len(found) - _SHOWN} more")
    return Flawed(found[0][0], "; ".join(words))


def _line(path: str, lines: Mapping[str, int]) -> int:
    """Where a path stands, or else the nearest above it that stands anywhere."""
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return 1
