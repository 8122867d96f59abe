"""Texts as they stand in documentation are taken as they are, with the line of what is wrong."""

from __future__ import annotations

import pytest

from tests.core.bodies import endpoint
from tests.core.pastes import DOCUMENTED, items, only
from tui_app.core.import_items import Fate


@pytest.mark.parametrize("text", DOCUMENTED.values(), ids=DOCUMENTED)
def test_what_documentation_shows_is_taken_as_it_stands(text: str) -> None:
    item = only(text)
    assert item.problems == ()
    assert item.fate is Fate.NEW
    assert item.endpoint == endpoint()
    assert item.key is None


def test_several_in_one_paste_are_taken_in_their_order() -> None:
    found = items("\n".join(text.replace("mine", f"mine-{n}") for n, text in enumerate(DOCUMENTED.values())))
    assert [item.inference_id for item in found] == [f"mine-{n}" for n in range(len(DOCUMENTED))]


def test_requests_that_make_nothing_are_skipped_with_words() -> None:
    text = "GET _search\n{}\nDELETE _inference/x\nPUT _inference/x/_update\n{}\nPOST _inference/x\n{}\n"
    assert [item.words for item in items(text)] == [
        "this request is not about an inference endpoint",
        "a DELETE makes no endpoint",
        "an _update has only a part of an endpoint",
        "a POST makes no endpoint",
    ]


def test_each_problem_stands_at_its_line() -> None:
    text = """PUT _inference/completion/Not-Good
{
  "service": "anthropic",
  "service_settings": {
    "modle_id": "x"
  },
  "task_settings": {
    "max_tokens": 0
  }
}
PUT _inference/completion/next
{
  "service": "anthropic"
  "task_settings": {}
}
"""
    first, second = items(text)
    assert [line for line, _ in first.problems] == [1, 4, 5, 8]
    assert "must be greater than 0" in first.problems[-1][1]
    assert second.problems == ((14, "',' is expected in this object"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            'curl -XPUT u/_inference/x -d \'{\n"service": 1,\n"task_settings": {"max_tokens": 0}}\'',
            3,
        ),
        (
            'x\ncurl -XPUT u/_inference/x \\\n -d "{\n\\"task_settings\\": {\\"max_tokens\\": 0}}"',
            4,
        ),
        ('curl -XPUT u/_inference/x --json @- <<E\n{\n"task_settings": {"max_tokens": 0}}\nE', 3),
        (
            "c.inference.put(inference_id='x',\n body={\n 'é': 'é', 'task_settings': {'max_tokens': 0}})",
            3,
        ),
        ("c.inference.put({inference_id: 'x',\n inference_config: {\n  task_settings: {max_tokens: 0}}})", 3),
    ],
)
def test_the_line_is_that_of_the_paste_in_every_language(text: str, line: int) -> None:
    found = [each for item in items(text) for each in item.problems]
    assert [at for at, words in found if "max_tokens" in words] == [line]


REFERENCES: dict[str, tuple[str, str]] = {
    "console": ('"<api_key>"', '"${MY_KEY}"'),
    "curl": ('"<api_key>"', '"$MY_KEY"'),
    "curl as docs have it now": ('"<api_key>"', '"\'"$MY_KEY"\'"'),
    "curl from a here-document": ('"<api_key>"', '"${MY_KEY}"'),
    "python": ('"<api_key>"', 'os.environ["MY_KEY"]'),
    "python, flattened": ('"<api_key>"', "os.environ.get('MY_KEY')"),
    "python, put_anthropic": ('"<api_key>"', "os.getenv('MY_KEY', '')"),
    "javascript": ('"<api_key>"', "process.env.MY_KEY"),
    "typescript": ("apiKey", "process.env.MY_KEY!"),
    "javascript with names": (
        'model_id: "claude',
        "api_key: import.meta.env['MY_KEY'] ?? '', model_id: \"claude",
    ),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_to_the_environment_stays_one(name: str) -> None:
    item = only(DOCUMENTED[name].replace(*REFERENCES[name]))
    assert item.endpoint, item.problems
    assert (item.endpoint.local.key.place, item.endpoint.local.key.variable) == ("environment", "MY_KEY")
    assert item.key is None


def test_values_of_variables_are_not_guessed() -> None:
    item = only(DOCUMENTED["javascript"].replace('"claude-haiku-5-5"', "process.env.MODEL"))
    assert item.problems == (
        (6, "service_settings.model_id: is read from a variable, whose value is not known here"),
    )
    item = only(DOCUMENTED["python"].replace('"claude-"  "haiku-5-5"', "pick(1)"))
    assert item.problems == ((8, "the value of this expression is not known here"),)


def test_text_that_has_nothing_to_do_with_it_is_said_to_be_that() -> None:
    item = only("\n\nHello, world!")
    assert item.problems == (
        (3, "there is no request, no call of a client and no JSON here that makes an endpoint"),
    )
    assert items("") == items(" \n") == ()
