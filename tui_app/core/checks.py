"""Checks: what an answer should be, and whether it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

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
    MATCHES = "matches"
    JSON = "is valid JSON"
    JSON_SCHEMA = "is JSON that fits the schema"
    CONTAINS_JSON = "contains JSON"
    LEVENSHTEIN = "is close to"
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

    `stop_reason` is the service's own word.
    """

    text: str
    tokens: int = 0
    seconds: float = 0.0
    dollars: float | None = None
    stop_reason: str = ""


Judge: TypeAlias = "Callable[[Check, Measured], tuple[bool, str]]"
"""Tells whether the check holds, not minding whether it is negated, and what was found."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A check and whether it passed; `why` says what was found if not. Not supported is not passed."""

    check: str
    passed: bool
    why: str = ""
    supported: bool = True
    name: str = ""


def judge(check: Check, measured: Measured) -> Verdict:
    """Tell whether an answer passes a check."""
    label = check.words
    if check.kind is Kind.UNSUPPORTED:
        return Verdict(label, False, f"not supported: {check.value}", False, check.name)
    try:
        fits, found = _JUDGES[check.kind](check, measured)
    except _CannotTell as reason:
        return Verdict(label, False, str(reason), name=check.name)
    passed = fits is not check.negated
    return Verdict(label, passed, "" if passed else found, name=check.name)


def judge_all(checks: Sequence[Check], measured: Measured) -> tuple[Verdict, ...]:
    """The verdicts of all checks, in their order."""
    return tuple(judge(check, measured) for check in checks)


def passes(verdicts: Sequence[Verdict], threshold: float | None = None) -> bool:
    """Tell whether a row passes: all checks do, or with a `threshold` at least that share of them."""
    if not verdicts:
        return True
    share = sum(verdict.passed for verdict in verdicts) / len(verdicts)
    return share >= (1.0 if threshold is None else threshold)


class _CannotTell(Exception):
    """A check that cannot be told of this answer."""


def _text_of(check: Check) -> str:
    return check.value if isinstance(check.value, str) else json.dumps(check.value, ensure_ascii=False)


def _words_of(check: Check) -> list[str]:
    values = check.value if isinstance(check.value, list | tuple) else [check.value]
    return [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]


def _containing(some: Callable[[Iterator[bool]], bool], *, any_case: bool = False) -> Judge:
    def judged(check: Check, measured: Measured) -> tuple[bool, str]:
        text = measured.text.lower() if any_case else measured.text
        words = _words_of(check)
        there = [(word.lower() if any_case else word) in text for word in words]
        shown = [
            one_line(word) for word, is_there in zip(words, there, strict=True) if is_there is check.negated
        ]
        return some(iter(there)), f"{'found' if check.negated else 'not found'}: {', '.join(shown)}"

    return judged


def _starts(check: Check, measured: Measured) -> tuple[bool, str]:
    return measured.text.startswith(_text_of(check)), f"it starts with {one_line(measured.text)}"


def _ends(check: Check, measured: Measured) -> tuple[bool, str]:
    return measured.text.endswith(_text_of(check)), f"it ends with {one_line(measured.text[-40:])}"


def _equal(check: Check, measured: Measured) -> tuple[bool, str]:
    return measured.text.strip() == _text_of(check).strip(), f"it is {one_line(measured.text)}"


def _match(check: Check, measured: Measured) -> tuple[bool, str]:
    found = re.search(_text_of(check), measured.text)
    return found is not None, f"found: {one_line(found[0])}" if found else "no match"


def _json(check: Check, measured: Measured) -> tuple[bool, str]:
    try:
        strict_json(measured.text)
    except ValueError as error:
        return False, f"not JSON: {error}"
    return True, "it is JSON"


def _schema(check: Check, measured: Measured) -> tuple[bool, str]:
    try:
        value = strict_json(measured.text)
    except ValueError as error:
        return False, f"not JSON: {error}"
    flaw = _flaw(value, check.value)
    return not flaw, flaw or "it fits the schema"


def _contains_json(check: Check, measured: Measured) -> tuple[bool, str]:
    flaw = "no JSON object or list in it"
    for value in _jsons_in(measured.text):
        flaw = "" if check.value is None else _flaw(value, check.value)
        if not flaw:
            return True, "it contains such JSON"
    return False, flaw


def _close(check: Check, measured: Measured) -> tuple[bool, str]:
    distance = _distance(measured.text, _text_of(check))
    return distance <= (check.limit or 0), f"{distance} edits away"


def _at_most(unit: str, of: Callable[[Measured], float | None]) -> Judge:
    def judged(check: Check, measured: Measured) -> tuple[bool, str]:
        found, most = of(measured), check.value
        if found is None:
            raise _CannotTell(f"the price of this model is not known, so {unit} cannot be told")
        assert isinstance(most, int | float), "checked when it was read"
        return found <= most, f"{found:.6g} {unit}"

    return judged


_JUDGES: Final[Mapping[Kind, Judge]] = {
    Kind.CONTAINS: _containing(all),
    Kind.CONTAINS_ALL: _containing(all),
    Kind.CONTAINS_ANY: _containing(any),
    Kind.ICONTAINS: _containing(all, any_case=True),
    Kind.ICONTAINS_ALL: _containing(all, any_case=True),
    Kind.ICONTAINS_ANY: _containing(any, any_case=True),
    Kind.STARTS_WITH: _starts,
    Kind.ENDS_WITH: _ends,
    Kind.EQUALS: _equal,
    Kind.MATCHES: _match,
    Kind.JSON: _json,
    Kind.JSON_SCHEMA: _schema,
    Kind.CONTAINS_JSON: _contains_json,
    Kind.LEVENSHTEIN: _close,
    Kind.MAX_TOKENS: _at_most("tokens", lambda measured: measured.tokens),
    Kind.MAX_SECONDS: _at_most("seconds", lambda measured: measured.seconds),
    Kind.MAX_DOLLARS: _at_most("dollars", lambda measured: measured.dollars),
}


def strict_json(text: str) -> JsonValue:
    """One JSON value as every parser takes it. Raises ValueError that says where it is none."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    try:
        value: JsonValue = json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def check_schema(schema: JsonValue) -> None:
    """Raise ValueError for what is no JSON schema."""
    from jsonschema import SchemaError
    from jsonschema.validators import validator_for

    if not isinstance(schema, dict | bool):
        raise ValueError("a JSON schema is an object")
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"not a JSON schema: {one_line(error.message, limit=120)}") from None


def _flaw(value: JsonValue, schema: JsonValue) -> str:
    """By what a value does not fit a schema; empty if it does. Nothing is fetched from anywhere."""
    from jsonschema.exceptions import _WrappedReferencingError, best_match
    from jsonschema.validators import validator_for
    from referencing import Registry

    try:
        error = best_match(validator_for(schema)(schema, registry=Registry()).iter_errors(value))
    except _WrappedReferencingError as missing:
        raise _CannotTell(
            f"the schema refers to what is not in it: {one_line(str(missing), limit=120)}"
        ) from None
    if error is None:
        return ""
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return f"{where.lstrip('.') or 'the whole'}: {one_line(error.message, limit=160)}"


def _jsons_in(text: str) -> Iterator[JsonValue]:
    decoder = json.JSONDecoder()
    start = 0
    while found := re.compile(r"[{\[]").search(text, start):
        try:
            value, start = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            start = found.end()
        else:
            yield value


def _distance(one: str, other: str) -> int:
    """How many characters have to be put in, taken out or replaced (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, their in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (char != their))
    return row[-1]
