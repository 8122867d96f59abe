import json
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.sandbox.wire import UNHURRIED
from tui_app.sandbox.models import find
from tui_app.sandbox.prose import words_in
from tui_app.sandbox.replies import compose
from tui_app.sandbox.requests import VERSIONS, read_message_request

PROMPTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


def _reply(prompt: str, **more: object) -> str:
    turns = [{"role": "user", "content": prompt}]
    body = {"model": "claude-haiku-4-5", "max_tokens": 1_024, "messages": turns, **more}
    request = read_message_request(json.dumps(body).encode(), VERSIONS[0], beta=False)
    model = find(request.model)
    assert model is not None
    return compose(request, model)


def _parts(text: str) -> set[str]:
    return {token.type for token in MarkdownIt("commonmark").enable("table").parse(text)}


@UNHURRIED
@given(PROMPTS)
def test_every_answer_says_that_it_is_the_sandboxs(prompt: str) -> None:
    assert "andbox" in _reply(prompt)


@UNHURRIED
@given(PROMPTS)
def test_the_same_prompt_has_the_same_answer(prompt: str) -> None:
    assert _reply(prompt) == _reply(prompt)


@UNHURRIED
@given(PROMPTS)
def test_a_prompt_cannot_put_its_own_markdown_into_the_answer(prompt: str) -> None:
    usual = {"heading_open", "fence", "table_open", "html_block", "hr", "code_block", "image"}
    text = _reply("Well. " + re.sub(r"\w+", "", prompt))
    assert not usual & _parts(text)


def test_it_tells_of_the_prompt() -> None:
    text = _reply("How does a token bucket work? A bucket, please.")
    assert "9 words in 2 sentences" in text
    assert "47 characters" in text
    assert "“bucket”" in text


def test_it_tells_how_the_settings_were_read() -> None:
    text = _reply(
        "hello",
        system="You are *very* kind.",
        temperature=0.2,
        top_k=5,
        stop_sequences=["a", "b"],
        tools=[{"name": "look_up", "input_schema": {"type": "object"}}],
    )
    for said in (
        "`claude-haiku-4-5-20251001`, at most 1,024 tokens",
        "`temperature 0.2`, `top_k 5`",
        r"4 words, “You are \*very\* kind.”",
        "2 stop sequences",
        "`look_up`",
    ):
        assert said in text


def test_it_knows_which_turn_it_is() -> None:
    turns = [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "two"},
        {"role": "user", "content": "three"},
    ]
    text = _reply("", messages=turns)
    assert "turn 2 of yours; the one before was “one”" in text
    assert "turn" not in _reply("one")


def test_a_turn_without_text_is_answered_too() -> None:
    image = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    assert "no text of its own" in _reply("", messages=[{"role": "user", "content": [image]}])


@UNHURRIED
@given(st.integers(1, 600), PROMPTS)
def test_as_many_words_as_are_asked_for(words: int, about: str) -> None:
    about = re.sub(r"\w+", "x", about)
    text = _reply(f"write {words} words {about}")
    assert len(text.split()) == words == words_in(text)


@pytest.mark.parametrize("parts", ["a list", "a table", "some code", "headings, a list and a table"])
@pytest.mark.parametrize("words", [200, 400, 900])
def test_words_are_counted_over_all_parts(words: int, parts: str) -> None:
    assert words_in(_reply(f"write {words} words with {parts}")) == words


@pytest.mark.parametrize(
    ("prompt", "part"),
    [
        ("with headings", "heading_open"),
        ("a list", "bullet_list_open"),
        ("numbered steps", "ordered_list_open"),
        ("a table", "table_open"),
        ("some code", "fence"),
    ],
)
def test_parts_come_when_they_are_asked_for(prompt: str, part: str) -> None:
    assert part in _parts(_reply(prompt))
    assert part not in _parts(_reply("in 50 words"))


def test_paragraphs_items_and_sentences_are_counted() -> None:
    assert _reply("three paragraphs").count("\n\n") == 2
    assert len(re.findall(r"^- ", _reply("a list of 7 items"), re.M)) == 7
    assert len(re.findall(r"^\| .* \|$", _reply("a table of 4 rows"), re.M)) == 5
    assert len(re.findall(r"\.(?= |$)", _reply("two sentences"))) == 2


def test_brief_is_brief() -> None:
    assert words_in(_reply("briefly, how are you?")) < 40 < words_in(_reply("how are you?"))


@pytest.mark.parametrize("quote", ["it's", 'say "so"', "back\\slash", "a `tick`"])
def test_the_code_runs(quote: str) -> None:
    fence = re.search(r"```python\n(.*?)\n```", _reply(f"some code for {quote}"), re.S)
    assert fence
    done = subprocess.run(
        [sys.executable, "-c", fence[1]], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) == len(f"some code for {quote}".split())
