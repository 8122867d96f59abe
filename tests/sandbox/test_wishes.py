import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.wire import UNHURRIED
from tui_app.sandbox.wishes import MOST_WORDS, Wishes, read_wishes


@pytest.mark.parametrize(
    ("prompt", "wishes"),
    [
        ("hello", Wishes()),
        ("write 400 words", Wishes(words=400)),
        ("Write 1,200 words about tides.", Wishes(words=1_200)),
        ("a 50-word answer", Wishes(words=50)),
        ("in one word", Wishes(words=1)),
        ("two hundred words", Wishes(words=200)),
        ("a thousand words", Wishes(words=1_000)),
        ("in fewer than 20 words", Wishes(words=19)),
        ("999999999 words", Wishes(words=MOST_WORDS)),
        ("0 words", Wishes()),
        ("which words did I use?", Wishes()),
        ("version 2.5 words", Wishes()),
        ("three sentences", Wishes(sentences=3)),
        ("4 short paragraphs and a table", Wishes(paragraphs=4, brief=True, table=True)),
        ("a list of 7 items", Wishes(items=7, bullets=True)),
        ("3 numbered steps", Wishes(items=3, numbered=True)),
        ("be brief", Wishes(brief=True)),
        ("a long essay", Wishes(words=400)),
        ("with headings but no table", Wishes(headings=True)),
        ("without a list", Wishes()),
        ("some bash code", Wishes(code=True, language="bash")),
        ("a JSON snippet", Wishes(code=True, language="json")),
        ("tablet, listing, decode", Wishes()),
    ],
)
def test_wishes_are_read(prompt: str, wishes: Wishes) -> None:
    assert read_wishes(prompt) == wishes


def test_a_long_prompt_may_say_it_at_its_end() -> None:
    assert read_wishes("x " * 50_000 + "in 30 words").words == 30


@UNHURRIED
@given(st.text())
def test_any_text_can_be_read(prompt: str) -> None:
    wishes = read_wishes(prompt)
    assert wishes.words is None or 0 < wishes.words <= MOST_WORDS
