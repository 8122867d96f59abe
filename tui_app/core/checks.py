"""Checks: what an answer should be, and what was found of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui_app.core.jsons import JsonValue
from tui_app.core.text import one_line


class Kind(StrEnum):
    """What is checked."""

    CONTAINS = "contains"
    CONTAINS_ANY = "contains any of"
    CONTAINS_ALL = "contains all of"
    ICONTAINS = "contains, in any case,"
    ICONTAINS_ANY = "contains, in any case, any of"
    ICONTAINS_ALL = "contains, in any case, all of"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    EQUALS = "equals"
    EXACTLY = "is exactly"
    MATCHES = "matches"
    JS_MATCHES = "matches, as JavaScript reads it,"
    JSON = "is valid JSON"
    JSON_SCHEMA = "is JSON that fits the schema"
    CONTAINS_JSON = "contains JSON"
    LEVENSHTEIN = "is close to"
    WORDS = "words"
    STOP_REASON = "ends with the reason"
    MAX_TOKENS = "tokens"
    MAX_SECONDS = "seconds"
    MAX_DOLLARS = "dollars"
    UNSUPPORTED = "not supported"


FIGURES: Final = (Kind.MAX_TOKENS, Kind.MAX_SECONDS, Kind.MAX_DOLLARS)
"""Checks whose value is the most that is allowed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `source` is what was written (`contains:Paris`); `name` is a metric's, or empty.

    `value` is a text, a number, a list of texts, or a JSON schema; of UNSUPPORTED it says why.
    """

    kind: Kind
    value: JsonValue = None
    negated: bool = False
    source: str = ""
    name: str = ""
    limit: float | None = None

    @property
    def words(self) -> str:
        """The check for people: `does not: contains "sorry"`."""
        if self.kind is Kind.UNSUPPORTED:
            return self.source
        shown = "" if self.value is None else f" {one_line(self.value, limit=60)}"
        words = f"{self.kind.value}{shown}"
        if self.kind in FIGURES and isinstance(self.value, int | float):
            words = f"at most {self.value:,.10g} {self.kind.value}"
        return f"not: {words}" if self.negated else words


@dataclass(frozen=True, slots=True)
class Measured:
    """An answer as checks see it: text, output tokens, seconds from sending to the end, US dollars.

    `stop_reason` is the service's own word. What is None is not known.
    """

    text: str
    tokens: int | None = 0
    seconds: float = 0.0
    dollars: float | None = None
    stop_reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A check and whether it passed; `why` says what was found if not. Not supported is not passed."""

    check: str
    passed: bool
    why: str = ""
    supported: bool = True
    name: str = ""
