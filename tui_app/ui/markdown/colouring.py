"""Code in colours, a few lines at a time, so that a line costs the same in long code as in short."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

CodeRun: TypeAlias = tuple[str, _TokenType]
STEP: Final = 8
"""How many lines are settled together."""
PATIENCE: Final = 12
"""After how many steps code is settled although a string or a comment goes on."""
_PROBE: Final = "a 1\n"


@lru_cache(maxsize=16)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except (ClassNotFound, ValueError):
        return None


@lru_cache(maxsize=16)
def _at_rest(language: str) -> tuple[_TokenType, ...]:
    """The colours of the probe where no string, comment or tag is open."""
    lexer = _lexer(language)
    assert lexer is not None
    return _kinds(list(lexer.get_tokens(_PROBE)))


def _kinds(tokens: Sequence[CodeRun]) -> tuple[_TokenType, ...]:
    found = [kind for kind, text in tokens for _ in text]
    return tuple(found[-len(_PROBE) :])


class Colouring:
    """Colours lines of one language as they come.

    Lines are settled where a probe put behind them gets the colours that it has alone: there the lexer
    begins anew. So only what follows the last such place is looked at again.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.lines: list[list[CodeRun]] = []
        """All lines in colours."""
        self.settled = 0
        """How many of them no further line can change."""
        self._steps = 1

    def take(self, lines: Sequence[str], *, unfinished: bool = False) -> None:
        """Take all lines so far; only an unfinished last one may change."""
        while len(lines) - unfinished - self.settled >= STEP * self._steps:
            self._settle(lines)
        self.lines[self.settled :] = self._coloured(lines[self.settled :])[0]

    def _settle(self, lines: Sequence[str]) -> None:
        end = self.settled + STEP * self._steps
        coloured, safe = self._coloured(lines[self.settled : end], probed=True)
        if not safe and self._steps < PATIENCE:
            self._steps += 1
            return
        self.lines[self.settled :] = coloured
        self.settled, self._steps = end, 1

    def _coloured(self, lines: Sequence[str], *, probed: bool = False) -> tuple[list[list[CodeRun]], bool]:
        lexer = _lexer(self.language)
        if lexer is None:
            return [[(line, Token)] for line in lines], True
        tokens = [*lexer.get_tokens("\n".join(lines) + "\n" + (_PROBE if probed else ""))]
        made: list[list[CodeRun]] = [[]]
        for kind, text in tokens:
            first, *more = text.split("\n")
            if first:
                made[-1].append((first, kind))
            for part in more:
                made.append([(part, kind)] if part else [])
        safe = not probed or _kinds(tokens) == _at_rest(self.language)
        made += [[]] * (len(lines) - len(made))
        return made[: len(lines)], safe
