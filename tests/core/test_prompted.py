"""Kept prompts on their way into a chat."""

from __future__ import annotations

import pytest

from tui_app.core.errors import InvalidRequest
from tui_app.core.models import MODELS, takes_lead
from tui_app.core.prompted import lead_in_words, opening, refuses_lead, without_lead
from tui_app.core.templates import Said, Template

LED = Template(
    (Said("user", "One"), Said("assistant", "1"), Said("user", "Two"), Said("assistant", "It is "))
)


def test_what_was_said_before_the_last_prompt_becomes_turns() -> None:
    made = opening(LED)
    assert (made.said, made.prompt, made.lead) == ((("One", "1"),), "Two", "It is")
    turns = made.turns("prod", 5.0)
    assert [(turn.prompt, turn.answer.text, turn.model) for turn in turns] == [("One", "1", "")]


def test_turns_of_one_role_that_follow_one_another_are_one() -> None:
    said = (Said("user", "a"), Said("user", "b"), Said("assistant", ""), Said("user", "c"))
    assert opening(Template(said)).prompt == "a\n\nb\n\nc"


@pytest.mark.parametrize("said", [(Said("assistant", "x"), Said("user", "y")), (Said("user", " "),)])
def test_what_does_not_begin_with_the_user_is_refused(said: tuple[Said, ...]) -> None:
    with pytest.raises(InvalidRequest):
        opening(Template(said))


def test_the_service_gets_no_space_after_the_beginning_of_an_answer() -> None:
    assert LED.request().messages[-1] == {"role": "assistant", "content": "It is"}


def test_models_from_4_6_on_take_no_beginning() -> None:
    takes = {model.id for model in MODELS if takes_lead(model.id)}
    assert takes == {"claude-haiku-4-5", "claude-opus-4-5", "claude-sonnet-4-5"}
    assert takes_lead("claude-haiku-4-5-20251001")
    assert takes_lead("claude-3-haiku-20240307")
    assert takes_lead("my-own-model")
    assert refuses_lead(LED, "claude-sonnet-4-6")
    assert not refuses_lead(without_lead(LED), "claude-sonnet-4-6")


def test_the_beginning_can_be_asked_for_in_words() -> None:
    made = opening(lead_in_words(LED))
    assert made.lead == ""
    assert made.prompt.startswith("Two\n\n")
    assert made.prompt.endswith("\nIt is")
