"""Checks tell what an answer is, and never take for passed what they cannot tell."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.check_columns import read_row
from tui_app.core.checks import Check, Kind, Measured
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.judging import judge, judge_all, passes
from tui_app.core.promptfoo import assertion, mistaken

PARIS = Measured("The capital is Paris.", tokens=7, seconds=1.5, dollars=0.002, stop_reason="end_turn")


@pytest.mark.parametrize(
    ("written", "passed"),
    [
        ("contains:Paris", True),
        ("contains: Paris", True),
        ("not-contains:Paris", False),
        ("not-contains:Rome", True),
        ("icontains:paris", True),
        ("contains:paris", False),
        ("contains-any:Rome, Paris", True),
        ("contains-all:Rome, Paris", False),
        ("icontains-all:CAPITAL,paris", True),
        ("icontains-any:rome,london", False),
        ("equals:The capital is Paris.", True),
        ("The capital is Paris.", True),
        ("Paris", False),
        ("note: nothing", False),
        ("starts-with:The", True),
        ("not-starts-with:The", False),
        ("ends-with:Paris.", True),
        (r"regex:\bP\w+s\b", True),
        ("regex:(?<city>Paris)", True),
        ("not-regex:Rome", True),
        ("is-json", False),
        ("not-is-json", True),
        ("latency(2000)", True),
        ("latency(1000)", False),
        ("cost(0.01)", True),
        ("cost(0.001)", False),
        ("levenshtein(2):The capital is Pari", True),
        ("levenshtein(1):Rome", False),
        ("levenshtein:The capital is Paris", False),
        ("levenshtein:The capital is Paris.", True),
        ("cost", True),
        ("not-cost(0.001)", True),
        ("  contains:Paris  ", True),
        ('contains-any:"Rome, Paris",London', False),
        ('contains-any:"capital is", Rome', True),
        ("contains-all:Paris,,capital,", True),
        (r"regex:^The.*\.$", True),
        (r"regex:[^]Paris", True),
        (r"regex:(?<a>a).*\k<a>", True),
        ("not-regex:paris", True),
        ("word-count:4", True),
        ("word-count:5", False),
        ("not-word-count:5", True),
        ("finish-reason:stop", True),
        ("finish-reason:end_turn", True),
        ("finish-reason:length", False),
    ],
)
def test_promptfoos_assertions_mean_what_they_mean_there(written: str, passed: bool) -> None:
    verdict = judge(assertion(written), PARIS)
    assert (verdict.passed, verdict.supported) == (passed, True)
    assert bool(verdict.why) is not passed


def test_promptfoos_checks_are_told_as_they_were_written() -> None:
    assert judge(assertion("word-count:5"), PARIS).check == "words 5"
    fits = judge(assertion('is-json:{"type": "object"}'), PARIS).check
    assert fits.startswith('is JSON that fits the schema {"type": "object"')


@pytest.mark.parametrize(
    "written",
    [
        "llm-rubric:is polite",
        "grade:is polite",
        "similar(0.8):Paris",
        "not-similar(0.8):Paris",
        "javascript:output.length < 10",
        "fn:true",
        "python:len(output) < 10",
        "file://check.py",
        "file://check.js:named",
        "factuality:Paris",
        "latency",
        "regex:(",
        r"regex:\p{L}",
        "trajectory:tool-used:search",
        "contains:{{nobody}}",
        "contains:{{ x | upper }}",
        "is-json:file://schema.json",
        "contains:file://words.txt",
        'contains-any:"Rome',
        "word-count:few",
        "contains:",
        "is-sql",
        'is-json:{"type": 3}',
    ],
)
def test_what_cannot_be_told_here_is_named_and_not_passed(written: str) -> None:
    verdict = judge(assertion(written), PARIS)
    assert (verdict.passed, verdict.supported) == (False, False)
    assert "not supported" in verdict.why


@pytest.mark.parametrize(
    ("text", "written", "passed"),
    [
        ('{"a": 1}', "is-json", True),
        ('{"a": 1} ', 'is-json:{"required": ["a"], "type": "object"}', True),
        ('{"b": 1}', 'is-json:{"required": ["a"]}', False),
        ('{"b": 1}', 'not-is-json:{"required": ["a"]}', True),
        ("NaN", "is-json", False),
        ('Here: {"a": {"b": 2}} ok', "contains-json", True),
        ('Here: {"a": "x"}', 'contains-json:{"properties": {"a": {"type": "string"}}}', True),
        ("no braces { here", "contains-json", False),
    ],
)
def test_json_is_checked_with_and_without_a_schema(text: str, written: str, passed: bool) -> None:
    assert judge(assertion(written), Measured(text)).passed is passed


def test_own_columns_are_checks_and_others_are_variables() -> None:
    row: JsonObject = {
        "prompt": "x",
        "contains": "Paris",
        "not_contains": "Rome",
        "check:matches": r"P\w+s",
        "json_schema": "",
        "max_tokens": "10",
        "check:max-seconds": "1",
        "city": "Paris",
    }
    asked = read_row(row, ("prompt",))
    verdicts = judge_all(asked.checks, PARIS)
    assert [verdict.passed for verdict in verdicts] == [True, True, True, True, False]
    assert asked.values == {"prompt": "x", "city": "Paris"}


def test_a_column_that_the_prompt_takes_is_no_check() -> None:
    asked = read_row({"contains": "Paris", "check:contains": "Rome"}, ("contains",))
    assert asked.values == {"contains": "Paris"}
    assert [check.value for check in asked.checks] == ["Rome"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [("matches", "("), ("json_schema", "{"), ("json_schema", '{"type": 3}'), ("max_tokens", "few"),
     ("max_dollars", "-1"), ("json", "maybe"), ("check:contians", "x"), ("max_seconds", "nan")],
)  # fmt: skip
def test_a_check_that_cannot_be_one_names_its_column(column: str, cell: str) -> None:
    with pytest.raises(ValueError, match=f"column {column}"):
        read_row({"prompt": "x", column: cell})


def test_promptfoos_other_columns_are_no_variables() -> None:
    row: JsonObject = {
        "q": "x", "__expected1": "contains:{{q}}", "__expected2": "llm-rubric:nice", "__prefix": "Say ",
        "__suffix": "!", "__metric": "polite", "__threshold": "0.5", "__metadata:kind": "a",
        "__description": "d", "__config:__expected1:threshold": "3",
    }  # fmt: skip
    asked = read_row(row)
    assert asked.values == {"q": "x"}
    assert (asked.prefix, asked.suffix) == ("Say ", "!")
    assert [check.name for check in asked.checks] == ["polite", "polite"]
    verdicts = judge_all(asked.checks, Measured("x"))
    assert [verdict.passed for verdict in verdicts] == [True, False]
    assert passes(verdicts, asked.threshold)
    assert not passes(verdicts)


@pytest.mark.parametrize(
    ("written", "text", "passed"),
    [
        (r"regex:^\d+$", "12\n", False),
        (r"regex:\d", "\u0663", False),
        (r"regex:^a\sb$", "a\u00a0b", True),
        ("regex:a.b", "a\u2028b", False),
        ("regex:[[a]", "[", True),
        ("regex:[]", "x", False),
        ("equals:Paris", "Paris\n", False),
        ("contains-any:Rome", "", False),
    ],
)
def test_regular_expressions_and_equality_are_as_in_javascript(written: str, text: str, passed: bool) -> None:
    assert judge(assertion(written), Measured(text)).passed is passed


def test_variables_are_put_in_before_a_check_is_read() -> None:
    row: JsonObject = {
        "pattern": "(", "__expected1": "regex:{{pattern}}",
        "words": "a,b", "__expected2": "contains-any:{{words}},x",
        "n": "3", "__expected3": "word-count:{{n}}",
        "schema": '{"type": "object"}', "__expected4": "is-json:{{schema}}",
    }  # fmt: skip
    regex, words, count, schema = read_row(row).checks
    assert (regex.kind, words.value, count.value) == (Kind.UNSUPPORTED, ("a,b", "x"), 3)
    assert schema.kind is Kind.JSON_SCHEMA


def test_a_list_whose_quotes_do_not_end_is_not_supported_and_refuses_no_file() -> None:
    row: JsonObject = {"assert": [{"type": "contains-any", "value": '"a b, c'}]}
    (check,) = read_row(row).checks
    assert (check.kind, check.value) == (Kind.UNSUPPORTED, "its quotes do not end, or no comma follows them")


def test_an_object_is_equalled_as_json() -> None:
    row: JsonObject = {"assert": [{"type": "equals", "value": {"a": [1, True]}}]}
    (check,) = read_row(row).checks
    verdicts = [judge(check, Measured(text)).passed for text in ('{"a": [1.0, true]}', '{"a": [1, 1]}', "x")]
    assert verdicts == [True, False, False]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.MATCHES, "(a+)+$", "a" * 40 + "b"),
        (Kind.JS_MATCHES, "(a|a)*b", "a" * 60),
        (Kind.JSON_SCHEMA, {"pattern": "^(x+x+)+y$"}, json.dumps("x" * 60)),
    ],
)
def test_a_check_that_would_not_end_is_given_up_and_not_passed(
    kind: Kind, value: JsonValue, text: str
) -> None:
    slow, quick = judge_all([Check(kind, value), Check(Kind.CONTAINS, text[:1])], Measured(text))
    assert not slow.passed
    assert "given up" in slow.why
    assert quick.passed


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#"}, {"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}],
)
def test_a_schema_that_goes_round_in_a_circle_does_not_pass(schema: JsonValue) -> None:
    verdict = judge(Check(Kind.JSON_SCHEMA, schema), Measured('{"a": 1}'))
    assert not verdict.passed
    assert "circle" in verdict.why


def test_formats_of_a_schema_are_checked() -> None:
    check = Check(Kind.JSON_SCHEMA, {"format": "date"})
    assert judge(check, Measured('"2026-11-29"')).passed
    assert not judge(check, Measured('"tomorrow"')).passed


def test_columns_with_one_underscore_too_few_are_found() -> None:
    assert mistaken(["_expected1", "__expected", "_threshold", "_id", "x"]) == ("_expected1", "_threshold")


@pytest.mark.parametrize(("column", "cell"), [("threshold", "high"), ("weight", "2")])
def test_what_no_assertion_can_be_configured_with_is_named(column: str, cell: str) -> None:
    row: JsonObject = {"__expected": "cost(1)", f"__config:__expected:{column}": cell}
    with pytest.raises(ValueError, match=column):
        read_row(row)


def test_a_json_row_of_promptfoos_is_opened() -> None:
    row: JsonObject = {
        "vars": {"x": 5},
        "assert": [{"type": "equals", "value": "8"}, {"type": "latency", "threshold": 10}],
    }
    asked = read_row(row)
    assert asked.values == {"x": "5"}
    assert [check.kind for check in asked.checks] == [Kind.EXACTLY, Kind.MAX_SECONDS]


def test_dollars_that_are_not_known_do_not_pass() -> None:
    verdict = judge(Check(Kind.MAX_DOLLARS, 1.0), Measured("x"))
    assert not verdict.passed
    assert "price" in verdict.why


def test_tokens_that_are_not_known_do_not_pass() -> None:
    verdict = judge(Check(Kind.MAX_TOKENS, 100.0), Measured("x", tokens=None))
    assert (verdict.passed, verdict.why) == (False, "tokens are not known: the service did not tell them")


def test_a_schema_that_points_elsewhere_fetches_nothing() -> None:
    schema = {"$ref": "https://example.com/schema.json"}
    verdict = judge(Check(Kind.JSON_SCHEMA, schema), Measured("{}"))
    assert not verdict.passed
    assert "refers to" in verdict.why


@given(st.text(max_size=60), st.text(max_size=20))
def test_a_negated_check_says_the_contrary(text: str, word: str) -> None:
    for kind in (Kind.CONTAINS, Kind.EQUALS, Kind.STARTS_WITH, Kind.ENDS_WITH, Kind.ICONTAINS):
        found = [judge(Check(kind, word, negated), Measured(text)).passed for negated in (False, True)]
        assert found[0] is not found[1]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_whatever_json_an_answer_is_it_is_valid(value: object) -> None:
    assert judge(Check(Kind.JSON), Measured(json.dumps(value))).passed


@given(st.text(max_size=80))
def test_whatever_stands_in_a_cell_is_a_check(written: str) -> None:
    judge(assertion(written), PARIS)
