"""promptfoo's assertions as its CSV files and JSON tests write them: `contains:Paris`, `latency(1000)`.

From promptfoo's documentation of test cases and its readers of CSV and handlers of assertions, 2026. Those
that a program can decide alone are read; every other is kept as not supported, never taken for passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tui_app.core.checks import Check, Kind
from tui_app.core.json_schemas import check_schema, strict_json
from tui_app.core.jsons import JsonValue
from tui_app.core.patterns import pattern
from tui_app.core.templates import fill
from tui_app.core.text import one_line

_TEXT: Final[Mapping[str, Kind]] = {
    "equals": Kind.EXACTLY,
    "contains": Kind.CONTAINS,
    "icontains": Kind.ICONTAINS,
    "starts-with": Kind.STARTS_WITH,
    "ends-with": Kind.ENDS_WITH,
    "levenshtein": Kind.LEVENSHTEIN,
    "finish-reason": Kind.STOP_REASON,
}
_LISTS: Final[Mapping[str, Kind]] = {
    "contains-any": Kind.CONTAINS_ANY,
    "contains-all": Kind.CONTAINS_ALL,
    "icontains-any": Kind.ICONTAINS_ANY,
    "icontains-all": Kind.ICONTAINS_ALL,
}
_JSON: Final[Mapping[str, Kind]] = {"is-json": Kind.JSON, "contains-json": Kind.CONTAINS_JSON}
_FIGURES: Final[Mapping[str, Kind]] = {"latency": Kind.MAX_SECONDS, "cost": Kind.MAX_DOLLARS}
_READ: Final = (*_TEXT, *_LISTS, *_JSON, *_FIGURES, "regex", "word-count")
# fmt: off
_OTHERS: Final = (
    "agent-rubric", "answer-relevance", "assert-set", "bertscore", "bleu", "character-count",
    "classifier", "contains-html", "contains-sql", "contains-xml", "context-faithfulness",
    "context-recall", "context-relevance", "conversation-relevance", "factuality", "g-eval", "gleu",
    "guardrails", "human", "is-html", "is-refusal", "is-sql", "is-valid-function-call",
    "is-valid-openai-function-call", "is-valid-openai-tools-call", "is-xml", "javascript", "llm-rubric",
    "math-equivalent", "max-score", "meteor", "model-graded-closedqa", "model-graded-factuality",
    "moderation", "perplexity", "perplexity-score", "pi", "python", "rouge-n", "ruby", "search-rubric",
    "select-best", "similar", "similar:cosine", "similar:dot", "similar:euclidean", "skill-used",
    "tokens-used", "tool-call-f1", "trace-error-spans", "trace-span-count", "trace-span-duration",
    "trajectory:goal-success", "trajectory:step-count", "trajectory:tool-args-match",
    "trajectory:tool-sequence", "trajectory:tool-used", "webhook", "fn", "eval", "grade",
)
# fmt: on
_FORM: Final = re.compile(
    r"(not-)?("
    + "|".join(re.escape(name) for name in sorted((*_READ, *_OTHERS), key=len, reverse=True))
    + r")(?:\((\d+(?:\.\d+)?)\))?(?::([\s\S]*))?"
)
_CLOSE_ENOUGH: Final = 5.0
"""promptfoo's default for `levenshtein` without a threshold."""
_QUOTED: Final = re.compile(r'"((?:\\["\\]|""|[^"\\]|\\(?!["\\]))*)"\s*(?=,|$)')
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The JSON Schema that its validator reads where none is named."""
_CSV_THRESHOLD: Final = "0.75"
"""What its CSV reader gives `cost` and `levenshtein` that name none."""
_SPECIAL: Final = ("__expected", "__config:", "__metadata")
_EXACT: Final = ("__prefix", "__suffix", "__description", "__metric", "__threshold", "__providerOutput")


def is_special(column: str) -> bool:
    """Tell whether a column is promptfoo's own and no variable."""
    return column in _EXACT or column.startswith(_SPECIAL)


def mistaken(columns: Iterable[str]) -> tuple[str, ...]:
    """The columns that are data, and by one `_` would be promptfoo's."""
    return tuple(name for name in columns if re.match(r"_(?!_)", name) and is_special(f"_{name}"))


@dataclass(frozen=True, slots=True)
class _Written:
    """An assertion as it stands there."""

    kind: str
    value: JsonValue
    negated: bool
    threshold: str | None
    source: str
    metric: str = ""

    def check(self, kind: Kind, value: JsonValue, limit: float | None = None) -> Check:
        """The check that it means."""
        return Check(kind, value, self.negated, self.source, self.metric, limit)

    def unsupported(self, why: str) -> Check:
        """What stands for it, as nothing can be told."""
        return Check(Kind.UNSUPPORTED, why, source=self.source, name=self.metric)


def assertion(
    written: str, config: Mapping[str, str] | None = None, values: Mapping[str, str] | None = None
) -> Check:
    """The check that a cell of `__expected` means; what names no type is to be equalled.

    `values` stand for the variables in it, `config` is what columns `__config:…` say of it.
    """
    source, whole = one_line(written, limit=80), written.strip()
    if re.match(r"file://.*\.(py|js|ts|cjs|mjs|rb)(:|$)", whole):
        return Check(Kind.UNSUPPORTED, "it runs a program", source=source)
    found = _FORM.fullmatch(whole)
    if found is None:
        return _filled(_Written("equals", whole, False, None, source), values or {})
    threshold = (config or {}).get("threshold", found[3])
    if threshold is None and found[2] in {"cost", "levenshtein"}:
        threshold = _CSV_THRESHOLD
    value: JsonValue = None if found[4] is None else found[4].strip()
    if found[2] in _LISTS and found[4] is not None:
        try:
            value = tuple(_listed(found[4]))
        except ValueError as error:
            return Check(Kind.UNSUPPORTED, str(error), source=source)
    return _filled(_Written(found[2], value, bool(found[1]), threshold, source), values or {})


def assertion_of_object(test: JsonValue, values: Mapping[str, str] | None = None) -> Check:
    """The check that an entry of `assert` means, with `values` for the variables in it."""
    if not isinstance(test, Mapping) or not isinstance(test.get("type"), str):
        return Check(Kind.UNSUPPORTED, "it has no type", source=one_line(test, limit=80))
    kind, value, threshold = str(test["type"]), test.get("value"), test.get("threshold")
    bare = kind.removeprefix("not-")
    shown = kind if value is None else f"{kind}:{one_line(value, limit=60)}"
    named = None if threshold is None else str(threshold)
    written = _Written(bare, value, bare != kind, named, shown, str(test.get("metric") or ""))
    return _filled(written, values or {})


def _filled(written: _Written, values: Mapping[str, str]) -> Check:
    """The check with the row's variables in it; a template that needs more than those is not supported."""
    value = written.value
    if written.kind not in _READ:
        return _check(written)
    if isinstance(value, str):
        value = fill(value, values)
    elif isinstance(value, list | tuple):
        value = tuple(fill(each, values) if isinstance(each, str) else each for each in value)
    given = written.value if isinstance(written.value, list | tuple) else [written.value]
    if any(isinstance(each, str) and _template_left(each, values) for each in given):
        return written.unsupported("it is a template that needs more than the row's columns")
    return _check(replace(written, value=value))


def _template_left(text: str, values: Mapping[str, str]) -> bool:
    """Tell whether a template is left once the row's values are put in."""
    return re.search(r"\{\{|\{%", fill(text, dict.fromkeys(values, ""))) is not None


def _listed(text: str) -> list[str]:
    """The words of a list with commas; one with a comma in it stands in quotes. Raises ValueError."""
    words: list[str] = []
    rest = text.strip()
    while rest := rest.lstrip(", \t\r\n"):
        quoted = _QUOTED.match(rest)
        if rest.startswith('"') and quoted is None:
            raise ValueError("its quotes do not end, or no comma follows them")
        plain = re.match(r"[^,]*", rest)
        assert plain is not None, "it matches everything"
        words.append(re.sub(r'\\(["\\])|"(")', r"\1\2", quoted[1]) if quoted else plain[0].strip())
        rest = rest[(quoted or plain).end() :]
    return words


def _check(written: _Written) -> Check:
    kind = written.kind
    if kind in _FIGURES:
        return _figure(written)
    if kind in _JSON:
        return _json(written)
    if kind in _LISTS:
        return _list(written)
    if kind == "regex":
        return _regex(written)
    if kind == "word-count":
        return _word_count(written)
    return _text(written)


def _text(written: _Written) -> Check:
    kind, value = written.kind, written.value
    if kind not in _TEXT:
        return written.unsupported(f"`{kind}` needs what inferterm does not run")
    if value is None or (value == "" and kind != "equals"):
        return written.unsupported("there is nothing to look for")
    if isinstance(value, str) and value.startswith("file://"):
        return written.unsupported("it names a file")
    if kind != "levenshtein":
        return written.check(_TEXT[kind], value)
    try:
        return written.check(_TEXT[kind], value, float(written.threshold or _CLOSE_ENOUGH))
    except ValueError:
        return written.unsupported("its threshold is no number")


def _word_count(written: _Written) -> Check:
    value = written.value
    if isinstance(value, str):
        try:
            number = float(value)
            value = int(number) if number.is_integer() else number
        except ValueError:
            value = None
    bounds = [value.get(name, 0) for name in ("min", "max")] if isinstance(value, Mapping) else [value]
    if not all(isinstance(each, int | float) for each in bounds) or value == {}:
        return written.unsupported("it names no number of words")
    return written.check(Kind.WORDS, value)


def _figure(written: _Written) -> Check:
    try:
        most = float(written.threshold or "")
    except ValueError:
        return written.unsupported(f"it names no threshold, as `{written.kind}(1000)` does")
    kind = _FIGURES[written.kind]
    return written.check(kind, most / 1000 if kind is Kind.MAX_SECONDS else most)


def _json(written: _Written) -> Check:
    kind, value = _JSON[written.kind], written.value
    if value is None or value == "":
        return written.check(kind, None)
    try:
        schema = strict_json(value) if isinstance(value, str) else value
        if isinstance(schema, Mapping) and "$schema" not in schema:
            schema = {**schema, "$schema": _DRAFT}
        check_schema(schema)
    except ValueError as error:
        return written.unsupported(f"its schema is none ({error})")
    return written.check(Kind.JSON_SCHEMA if kind is Kind.JSON else kind, schema)


def _list(written: _Written) -> Check:
    value = written.value
    try:
        words: JsonValue = tuple(_listed(value)) if isinstance(value, str) else value
    except ValueError as error:
        return written.unsupported(str(error))
    if not isinstance(words, list | tuple) or not any(word != "" for word in words):
        return written.unsupported("there is nothing to look for")
    return written.check(_LISTS[written.kind], tuple(words))


def _regex(written: _Written) -> Check:
    value = written.value
    if not isinstance(value, str) or not value:
        return written.unsupported("there is nothing to look for")
    try:
        pattern(value, javascript=True)
    except ValueError as error:
        return written.unsupported(f"it is {error}")
    return written.check(Kind.JS_MATCHES, value)
