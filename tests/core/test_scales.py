"""What a prompt weighs: estimated at once, counted where the service does."""

from __future__ import annotations

import pytest

from tests.core.test_chats import House, ask, endpoint, house
from tests.fakes_service import refused, reply

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
