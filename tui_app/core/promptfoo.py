"""promptfoo's assertions as its CSV files and JSON tests write them: `contains:Paris`, `latency(1000)`.

From promptfoo's documentation of test cases and the types of assertions that it names, 2026. Those that
a program can decide alone are read; every other is kept as not supported, never taken for passed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui_app.core.checks import Check, Kind, check_schema, strict_json
from tui_app.core.jsons import JsonValue
from tui_app.core.text import one_line

_TEXT: Final[Mapping[str, Kind]] = {
    "equals": Kind.EQUALS,
    "contains": Kind.CONTAINS,
    "icontains": Kind.ICONTAINS,
    "starts-with": Kind.STARTS_WITH,
    "ends-with": Kind.ENDS_WITH,
    "levenshtein": Kind.LEVENSHTEIN,
}
_LISTS: Final[Mapping[str, Kind]] = {
    "contains-any": Kind.CONTAINS_ANY,
    "contains-all": Kind.CONTAINS_ALL,
    "icontains-any": Kind.ICONTAINS_ANY,
    "icontains-all": Kind.ICONTAINS_ALL,
}
_JSON: Final[Mapping[str, Kind]] = {"is-json": Kind.JSON, "contains-json": Kind.CONTAINS_JSON}
_FIGURES: Final[Mapping[str, Kind]] = {"latency": Kind.MAX_SECONDS, "cost": Kind.MAX_DOLLARS}
_READ: Final = (*_TEXT, *_LISTS, *_JSON, *_FIGURES, "regex")
# fmt: off
_OTHERS: Final = (
    "agent-rubric", "answer-relevance", "assert-set", "bleu", "bertscore", "classifier",
    "context-faithfulness", "context-recall", "context-relevance", "contains-html", "contains-sql",
    "contains-xml", "conversation-relevance", "factuality", "finish-reason", "g-eval", "gleu",
    "guardrails", "human", "is-html", "is-refusal", "is-sql", "is-valid-function-call",
    "is-valid-openai-function-call", "is-valid-openai-tools-call", "is-xml", "javascript", "llm-rubric",
    "max-score", "meteor", "model-graded-closedqa", "model-graded-factuality", "moderation",
    "perplexity", "perplexity-score", "pi", "python", "rouge-n", "ruby", "search-rubric", "select-best",
    "similar", "similar:cosine", "similar:dot", "similar:euclidean", "skill-used", "tokens-used",
    "tool-call-f1", "trace-error-spans", "trace-span-count", "trace-span-duration", "webhook",
    "word-count", "fn", "eval", "grade",
)
# fmt: on
_FORM: Final = re.compile(
    r"(not-)?("
    + "|".join(re.escape(name) for name in sorted((*_READ, *_OTHERS), key=len, reverse=True))
    + r")(?:\((\d+(?:\.\d+)?)\))?(?::([\s\S]*))?"
)
_CLOSE_ENOUGH: Final = 5.0
"""promptfoo's default for `levenshtein` without a threshold."""
_SPECIAL: Final = ("__expected", "__config:", "__metadata")
_EXACT: Final = ("__prefix", "__suffix", "__description", "__metric", "__threshold", "__providerOutput")


def is_special(column: str) -> bool:
    """Tell whether a column is promptfoo's own and no variable."""
    return column in _EXACT or column.startswith(_SPECIAL)


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


def assertion(written: str, config: Mapping[str, str] | None = None) -> Check:
    """The check that a cell of `__expected` means; what names no type is to be equalled."""
    source, whole = one_line(written, limit=80), written.strip()
    if re.match(r"file://.*\.(py|js|ts|cjs|mjs|rb)(:|$)", whole):
        return Check(Kind.UNSUPPORTED, "it runs a program", source=source)
    found = _FORM.fullmatch(whole)
    if found is None:
        return Check(Kind.EQUALS, written, source=source)
    threshold = (config or {}).get("threshold", found[3])
    value: JsonValue = None if found[4] is None else found[4].strip()
    return _check(_Written(found[2], value, bool(found[1]), threshold, source))


def assertion_of_object(test: JsonValue) -> Check:
    """The check that an entry of `assert` means."""
    if not isinstance(test, Mapping) or not isinstance(test.get("type"), str):
        return Check(Kind.UNSUPPORTED, "it has no type", source=one_line(test, limit=80))
    kind, value, threshold = str(test["type"]), test.get("value"), test.get("threshold")
    bare = kind.removeprefix("not-")
    shown = kind if value is None else f"{kind}:{one_line(value, limit=60)}"
    named = None if threshold is None else str(threshold)
    return _check(_Written(bare, value, bare != kind, named, shown, str(test.get("metric") or "")))


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
    return _text(written)


def _text(written: _Written) -> Check:
    kind, value = written.kind, written.value
    if kind not in _TEXT:
        return written.unsupported(f"`{kind}` needs what inferterm does not run")
    if value is None or (value == "" and kind != "equals"):
        return written.unsupported("there is nothing to look for")
    if kind != "levenshtein":
        return written.check(_TEXT[kind], value)
    try:
        return written.check(_TEXT[kind], value, float(written.threshold or _CLOSE_ENOUGH))
    except ValueError:
        return written.unsupported("its threshold is no number")


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
        check_schema(schema)
    except ValueError as error:
        return written.unsupported(f"its schema is none ({error})")
    return written.check(Kind.JSON_SCHEMA if kind is Kind.JSON else kind, schema)


def _list(written: _Written) -> Check:
    value = written.value
    words: JsonValue = tuple(word.strip() for word in value.split(",")) if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not any(words):
        return written.unsupported("there is nothing to look for")
    return written.check(_LISTS[written.kind], tuple(words))


def _regex(written: _Written) -> Check:
    """JavaScript names groups as `(?<name>…)`, Python as `(?P<name>…)`; the rest is much the same."""
    value = written.value
    pattern = re.sub(r"\(\?<(?![=!])", "(?P<", value) if isinstance(value, str) else ""
    if not pattern:
        return written.unsupported("there is nothing to look for")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return written.unsupported(f"it is no regular expression of Python's: {error}")
    return written.check(Kind.MATCHES, pattern)
