"""From a failed parse to problems that a person understands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import ValidationError

from tui_app.core.java_text import masked
from tui_app.core.problems import Fault, Problem
from tui_app.core.text import one_line

_KINDS: Final = {
    "missing": Fault.MISSING,
    "extra_forbidden": Fault.UNKNOWN,
    "string_too_short": Fault.EMPTY,
    "greater_than": Fault.NOT_POSITIVE,
    "value_error": Fault.INVALID,
    "string_pattern_mismatch": Fault.INVALID,
    "unprintable": Fault.INVALID,
}
_UNSHOWN: Final = "what stands there"
_EXPECTED: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
}


def problems_of(error: ValidationError | None, more: Iterable[tuple[str, str, object]] = ()) -> list[Problem]:
    """List every problem of a failed parse, in the order of the body; `more` adds (path, type, value)."""
    found = [_problem(*item, {}) for item in more]
    for item in error.errors(include_url=False) if error else ():
        path = ".".join(str(part) for part in item["loc"])
        kind = "value_error" if item["type"] == "assertion_error" else item["type"]
        found.append(_problem(path, kind, item["input"], item.get("ctx", {})))
    return found


def _problem(path: str, kind: str, value: object, ctx: dict[str, object]) -> Problem:
    fault = _KINDS.get(kind, Fault.WRONG_TYPE)
    if fault in {Fault.MISSING, Fault.EMPTY} or isinstance(value, dict):
        value = None
    if path == "service_settings" or "key" in path.rpartition(".")[2].lower():
        value = _UNSHOWN if value is not None else None
    # A key may have been put in any place.
    return Problem(path, fault, str(masked(_words(kind, value, ctx))))


def _words(kind: str, value: object, ctx: dict[str, object]) -> str:
    match kind:
        case "missing":
            words = "is required"
        case "extra_forbidden":
            words = "is not a setting of the anthropic service"
        case "string_too_short":
            words = "must not be empty"
        case "greater_than":
            words = f"must be greater than {ctx.get('gt', 0)}, not {one_line(value)}"
        case "less_than_equal" | "greater_than_equal":
            words = f"{one_line(value)} is out of range: {_bound(ctx)}"
        case "literal_error":
            words = f"must be {ctx.get('expected')}, not {one_line(value)}"
        case "value_error":
            words = str(ctx.get("error", "is not valid"))
        case "string_pattern_mismatch":
            words = f"{one_line(value)} is no name of a variable"
        case "unprintable":
            words = "has characters that no key has"
        case _:
            words = f"must be {_EXPECTED.get(kind, 'something else')}{_found(value)}"
    return words


def _found(value: object) -> str:
    """What stood there, text in quotation marks: `"5"` is no number. Nothing where it is not to be shown."""
    if value is None or value == _UNSHOWN:
        return ""
    return f', not "{one_line(value)}"' if isinstance(value, str) else f", not {one_line(value)}"


def _bound(ctx: dict[str, object]) -> str:
    return f"at most {ctx['le']}" if "le" in ctx else f"at least {ctx.get('ge')}"
