"""Prompt files read back as what was written, and say what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.conversation import Settings
from tui_app.core.errors import InvalidRequest
from tui_app.core.templates import NoTemplate, Said, Template, fill, holes, parse_template, write_template

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ["", "'''", '"""', "a\nb", "\n", "\\", "{{x}}", "\\{{x}}", "a'\n'", "\r\n", "tab\there", "\x00\x7f"]
)
NAMES = st.from_regex(r"\A[a-z_][a-z0-9_.-]{0,8}( [a-z]{1,4})?\Z")


@st.composite
def templates(draw: st.DrawFn) -> Template:
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    with_holes = " ".join(f"{{{{{name}}}}}" for name in names)
    first = Said("user", draw(TEXTS) + with_holes)
    rest = draw(st.lists(st.builds(Said, st.sampled_from(["user", "assistant"]), TEXTS), max_size=3))
    found = Template((first, *rest)).variables
    chosen = draw(st.sets(st.sampled_from(found))) if found else set()
    defaults = {name: draw(TEXTS) for name in sorted(chosen)}
    return Template((first, *rest), draw(TEXTS.filter(lambda text: "{{" not in text)), draw(TEXTS), defaults)


@given(templates())
def test_a_prompt_file_reads_back_as_the_same(template: Template) -> None:
    assert parse_template(write_template(template)) == template


@given(TEXTS, st.dictionaries(NAMES, TEXTS, max_size=3))
def test_filling_in_leaves_the_rest_of_a_text_as_it_is(text: str, values: dict[str, str]) -> None:
    plain = text.replace("{", "(").replace("\\", "/")
    assert fill(plain, values) == plain
    named = "".join(f"{{{{{name}}}}}" for name in values)
    assert fill(plain + named, values) == plain + "".join(values.values())


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail_otherwise_than_with_a_line(text: str) -> None:
    try:
        parse_template(text)
    except NoTemplate as flaw:
        assert 1 <= flaw.line <= text.count("\n") + 2


def test_a_value_that_looks_like_a_variable_is_not_filled_in_again() -> None:
    template = Template((Said("user", "{{a}} and {{b}}"),))
    assert template.filled({"a": "{{b}}", "b": "x"}).turns[0].text == "{{b}} and x"


def test_two_braces_after_a_backslash_mean_nothing() -> None:
    assert list(holes(r"\{{name}} {{other}}")) == ["other"]
    assert fill(r"\{{name}} {{other}}", {"other": "x"}) == "{{name}} x"


def test_what_is_missing_and_what_is_unknown_are_named() -> None:
    template = Template((Said("user", "{{text}} in {{language}}"),), defaults={"language": "English"})
    with pytest.raises(InvalidRequest, match="no value for `text`"):
        template.filled({})
    with pytest.raises(InvalidRequest, match="no variable `txt`"):
        template.filled({"text": "x", "txt": "y"})
    assert template.filled({"text": "x"}).turns[-1].text == "x in English"


def test_turns_and_the_beginning_of_an_answer_are_sent_as_they_stand() -> None:
    template = Template(
        (Said("user", "one"), Said("assistant", "two"), Said("user", "three")), system="brief"
    )
    request = template.request(Settings(max_tokens=5))
    assert request.messages[1] == {"role": "assistant", "content": "two"}
    assert request.settings == Settings("brief", max_tokens=5)
    assert template.request(Settings("mine")).settings.system == "mine"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "asks nothing"),
        ('prompt = "a\n', 1, "not TOML"),
        ('prompt = "a"\nsytem = "b"', 2, "`sytem` is not known"),
        ("prompt = 3", 1, "`prompt` is a text"),
        ('prompt = "a"\n[defaults]\nx = "1"', 3, "occurs nowhere"),
        ('[[turns]]\nrole = "system"\ntext = "a"', 1, "turn 1 needs role"),
        ('[[turns]]\nrole = "assistant"\ntext = "a"', 1, "asks nothing"),
        ('prompt = "{{x}}"\n\n[defaults]\nx = []', 4, "default of `x`"),
    ],
)
def test_a_flaw_of_a_file_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(NoTemplate, match=said) as flaw:
        parse_template(text)
    assert flaw.value.line == line


def test_a_prompt_that_people_write_by_hand_is_read() -> None:
    template = parse_template(
        "description = 'Translates'\nsystem = \"\"\"\nInto {{language}}.\"\"\"\nprompt = '''\n{{text}}\n'''\n"
        "[defaults]\nlanguage = 'English'\n"
    )
    assert template.variables == ("language", "text")
    assert template.missing(()) == ("text",)
    assert template.turns == (Said("user", "{{text}}\n"),)
