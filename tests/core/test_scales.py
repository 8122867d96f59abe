"""What a prompt weighs: estimated at once, counted where the service does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.bodies import endpoint as another
from tests.core.test_chats import House, ask, endpoint, house
from tests.fakes_service import refused, reply
from tui_app.core.conversation import Answer, Block
from tui_app.core.jsons import JsonObject
from tui_app.core.scales import Weight, weight_words

__all__ = ["house"]


async def test_an_estimate_grows_with_what_was_said_and_knows_the_price(house: House) -> None:
    scales, chat = house.inference.scales, house.chat()
    first = scales.estimate(endpoint(), chat.conversation, "x" * 3_600)
    assert first.tokens == pytest.approx(1_000, abs=5)
    assert not first.counted
    assert first.dollars == pytest.approx(0.001, rel=0.01)
    house.api.scripts = [reply("y" * 3_600)]
    await ask(chat, "before")
    assert scales.estimate(endpoint(), chat.conversation, "x" * 3_600).tokens > 1_990


async def test_the_service_counts_the_same_only_once(house: House) -> None:
    house.api.tokens = 42
    scales, chat = house.inference.scales, house.chat()
    found = [await scales.count(endpoint(), chat.conversation, "same") for _ in range(3)]
    assert {each.tokens for each in found if each} == {42}
    assert all(each and each.counted for each in found)
    assert len(house.api.bodies) == 1


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (429, 2)])
async def test_a_service_that_does_not_count_is_not_asked_again(
    house: House, status: int, asked: int
) -> None:
    house.api.tokens = refused(status, "not_found_error")
    scales, chat = house.inference.scales, house.chat()
    for words in ("one", "two"):
        assert await scales.count(endpoint(), chat.conversation, words) is None
    assert len(house.api.bodies) == asked


async def test_what_was_said_is_weighed_once_and_not_at_each_key(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    scales, chat = house.inference.scales, house.chat()
    house.api.scripts = [reply("y" * 3_600), reply("z" * 3_600)]
    await ask(chat, "one")
    await ask(chat, "two")
    looked_at: list[Answer] = []
    resendable = Answer.resendable

    def looking(answer: Answer, *, same_model: bool) -> list[JsonObject]:
        looked_at.append(answer)
        return resendable(answer, same_model=same_model)

    monkeypatch.setattr(Answer, "resendable", looking)
    told = chat.conversation
    first = scales.estimate(endpoint(), told, "x")
    looked_at.clear()
    longer = scales.estimate(endpoint(), replace(told, draft="typed"), "x" * 361)
    assert (looked_at, longer.tokens - first.tokens) == ([], 100)
    before = told.until(told.turns[1].id)
    assert first.tokens - scales.estimate(endpoint(), before, "x").tokens == pytest.approx(1_001, abs=2)
    looked_at.clear()
    scales.estimate(endpoint(), told.until(told.turns[1].id), "xy")
    assert looked_at == []


async def test_an_estimate_knows_what_became_of_the_chat_and_who_is_asked(house: House) -> None:
    scales, chat = house.inference.scales, house.chat()
    house.api.scripts = [reply("y" * 3_600)]
    await ask(chat, "one")
    told = chat.conversation
    thought = Block("thinking", "t" * 360, {"type": "thinking", "thinking": "t" * 360, "signature": "s"})
    thinking = replace(told.turns[0].answer, blocks=(thought, *told.turns[0].answer.blocks))
    deep = replace(told, turns=(replace(told.turns[0], answer=thinking),))
    plain = scales.estimate(endpoint(), told, "x").tokens
    assert scales.estimate(endpoint(), deep, "x").tokens - plain == 100
    other = another(model="claude-opus-4-8")
    assert scales.estimate(other, deep, "x").tokens == plain
    system = replace(told, settings=replace(told.settings, system="s" * 360))
    assert scales.estimate(endpoint(), system, "x").tokens - plain == 100


@pytest.mark.parametrize("counted", [True, False])
def test_the_words_for_a_heavy_prompt_fit_into_a_narrow_terminal(counted: bool) -> None:
    assert len(weight_words(Weight(1_234_567, 12.3456, counted), free=True)) <= 76
