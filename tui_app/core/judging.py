"""Whether an answer passes its checks. What cannot be told, or takes too long to tell, does not pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Final, TypeAlias

from tui_app.core.checks import Check, Kind, Measured, Verdict
from tui_app.core.edit_distance import edit_distance
from tui_app.core.json_schemas import flaw_of, jsons_in, load_schemas, strict_json
from tui_app.core.jsons import JsonValue
from tui_app.core.patterns import pattern
from tui_app.core.text import one_line
from tui_app.core.time_limit import TookTooLong, limited

_SLOW: Final = (Kind.MATCHES, Kind.JS_MATCHES, Kind.JSON_SCHEMA, Kind.CONTAINS_JSON, Kind.LEVENSHTEIN)
_LONGEST_S: Final = 0.25
_MOMENT_S: Final = 0.03
"""How long all checks of one answer may compute, and for how long other answers may wait for that."""

Judge: TypeAlias = "Callable[[Check, Measured], tuple[bool, str]]"
"""Tells whether the check holds, not minding whether it is negated, and what was found."""


def judge(check: Check, measured: Measured, longest_s: float = _LONGEST_S) -> Verdict:
    """Tell whether an answer passes a check; what computes longer than that does not pass."""
    try:
        return _verdict(check, measured, longest_s)
    except TookTooLong:
        why = f"given up: it was not told within {longest_s:.2g} s of computing"
        return Verdict(check.words, False, why, name=check.name)


def judge_all(checks: Sequence[Check], measured: Measured) -> tuple[Verdict, ...]:
    """The verdicts of all checks, in their order."""
    longest_s = _share(checks, _LONGEST_S)
    return tuple(judge(check, measured, longest_s) for check in checks)


def judge_soon(checks: Sequence[Check], measured: Measured) -> tuple[Verdict, ...] | None:
    """The same, or None where that takes more than a moment."""
    longest_s = _share(checks, _MOMENT_S)
    try:
        return tuple(_verdict(check, measured, longest_s) for check in checks)
    except TookTooLong:
        return None


def takes_time(checks: Sequence[Check]) -> bool:
    """Tell whether some of these may compute for long."""
    return any(check.kind in _SLOW for check in checks)


def passes(verdicts: Sequence[Verdict], threshold: float | None = None) -> bool:
    """Tell whether a row passes: all checks do, or with a `threshold` at least that share of them."""
    if not verdicts:
        return True
    share = sum(verdict.passed for verdict in verdicts) / len(verdicts)
    return share >= (1.0 if threshold is None else threshold)


def _share(checks: Sequence[Check], seconds: float) -> float:
    """What each check that may take long gets of the time."""
    if any(check.kind in (Kind.JSON_SCHEMA, Kind.CONTAINS_JSON) for check in checks):
        load_schemas()
    return seconds / max(1, sum(check.kind in _SLOW for check in checks))


def _verdict(check: Check, measured: Measured, longest_s: float) -> Verdict:
    """Raises TookTooLong."""
    if check.kind is Kind.UNSUPPORTED:
        return Verdict(check.words, False, f"not supported: {check.value}", False, check.name)
    try:
        with limited(longest_s) if check.kind in _SLOW else nullcontext():
            fits, found = _JUDGES[check.kind](check, measured)
    except _CannotTell as reason:
        return Verdict(check.words, False, str(reason), name=check.name)
    passed = fits is not check.negated
    return Verdict(check.words, passed, "" if passed else found, name=check.name)


class _CannotTell(Exception):
    """A check that cannot be told of this answer."""


_STOP_REASONS: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
"""promptfoo's words for what Anthropic's API says."""


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


def _exact(check: Check, measured: Measured) -> tuple[bool, str]:
    found = f"it is {one_line(measured.text)}"
    if not isinstance(check.value, Mapping | list | tuple):
        return measured.text == _text_of(check), found
    try:
        return _same(strict_json(measured.text), check.value), found
    except ValueError:
        return False, found


def _same(one: JsonValue, other: JsonValue) -> bool:
    """Tell whether two JSON values are the same; Python holds 1 for true."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _match(check: Check, measured: Measured) -> tuple[bool, str]:
    try:
        found = pattern(_text_of(check), javascript=check.kind is Kind.JS_MATCHES).search(measured.text)
    except ValueError as error:
        raise _CannotTell(str(error)) from None
    return found is not None, f"found: {one_line(found[0])}" if found else "no match"


def _words(check: Check, measured: Measured) -> tuple[bool, str]:
    count = len(measured.text.split())
    value = check.value
    if isinstance(value, Mapping):
        least, most = value.get("min", 0), value.get("max", count)
    else:
        least = most = value
    assert isinstance(least, int | float), "checked when it was read"
    assert isinstance(most, int | float), "checked when it was read"
    return least <= count <= most, f"{count:,} words"


def _reason(check: Check, measured: Measured) -> tuple[bool, str]:
    if not measured.stop_reason:
        raise _CannotTell("the service gave no reason")
    names = {measured.stop_reason, _STOP_REASONS.get(measured.stop_reason, measured.stop_reason)}
    return _text_of(check).lower() in names, f"the reason was {measured.stop_reason}"


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


def _flaw(value: JsonValue, schema: JsonValue) -> str:
    try:
        return flaw_of(value, schema)
    except ValueError as error:
        raise _CannotTell(str(error)) from None


def _contains_json(check: Check, measured: Measured) -> tuple[bool, str]:
    flaw = "no JSON object or list in it"
    for value in jsons_in(measured.text):
        flaw = "" if check.value is None else _flaw(value, check.value)
        if not flaw:
            return True, "it contains such JSON"
    return False, flaw


def _close(check: Check, measured: Measured) -> tuple[bool, str]:
    distance = edit_distance(measured.text, _text_of(check))
    return distance <= (check.limit or 0), f"{distance} edits away"


_UNKNOWN: Final = {
    "tokens": "the service did not tell them",
    "seconds": "nobody took the time",
    "dollars": "the price of this model, or how many tokens it took",
}


def _at_most(unit: str, of: Callable[[Measured], float | None]) -> Judge:
    def judged(check: Check, measured: Measured) -> tuple[bool, str]:
        found, most = of(measured), check.value
        if found is None:
            raise _CannotTell(f"{unit} are not known: {_UNKNOWN[unit]}")
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
    Kind.EXACTLY: _exact,
    Kind.MATCHES: _match,
    Kind.JS_MATCHES: _match,
    Kind.WORDS: _words,
    Kind.STOP_REASON: _reason,
    Kind.JSON: _json,
    Kind.JSON_SCHEMA: _schema,
    Kind.CONTAINS_JSON: _contains_json,
    Kind.LEVENSHTEIN: _close,
    Kind.MAX_TOKENS: _at_most("tokens", lambda measured: measured.tokens),
    Kind.MAX_SECONDS: _at_most("seconds", lambda measured: measured.seconds),
    Kind.MAX_DOLLARS: _at_most("dollars", lambda measured: measured.dollars),
}
