"""Side by side: columns that ask at once, each for itself, and what becomes of one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.fakes_service import refused, reply
from tests.ui.bench import Bench, bench, endpoint
from tui_app.core.comparison_column import UNSENT
from tui_app.core.comparisons import Comparison
from tui_app.core.conversation import Outcome, Settings
from tui_app.core.errors import InvalidRequest
from tui_app.core.events import Queued
from tui_app.core.variations import MOST, Setup, Variation

WARM = Variation("prod", settings=Settings(temperature=0.9))


@pytest.fixture
async def made() -> AsyncIterator[Bench]:
    """A bench with two endpoints."""
    both = bench(endpoint("prod"), endpoint("other", model="claude-sonnet-5-5"))
    yield both
    await both.inference.aclose()


async def soon(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    for _ in range(2_000):
        if true():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never came true")


async def settled(comparison: Comparison) -> None:
    """Wait until all replies have ended."""
    for column in comparison.columns:
        await column.settled()


def outcomes(comparison: Comparison) -> list[Outcome | None]:
    """How each column stands."""
    return [column.turn.answer.outcome if column.turn else None for column in comparison.columns]


async def test_all_columns_ask_the_same_each_in_its_own_way(made: Bench) -> None:
    made.api.scripts = [reply("one"), reply("two"), reply("three")]
    inference = made.inference
    comparison = await inference.comparisons.open(Variation("prod"))
    columns = (
        WARM,
        Variation("other", model="claude-haiku-4-5"),
        Variation("prod", settings=Settings("own", max_tokens=7)),
    )
    await inference.comparisons.arrange(comparison, Setup(columns, "shared"))
    comparison.ask("hello")
    assert comparison.busy
    await settled(comparison)
    by_settings = {(body["model"], body["max_tokens"], body.get("temperature")) for body in made.api.bodies}
    assert by_settings == {
        ("claude-haiku-4-5", 1024, 0.9),
        ("claude-haiku-4-5", 1024, None),
        ("claude-haiku-4-5", 7, None),
    }
    assert sorted(str(body["system"]) for body in made.api.bodies) == ["own", "shared", "shared"]
    assert sorted(column.text or "" for column in comparison.columns) == ["one", "three", "two"]


async def test_a_stopped_column_leaves_the_others_alone_and_can_be_asked_again(made: Bench) -> None:
    hold = asyncio.Event()
    first = reply("so far", " and more")
    made.api.scripts = [[*first[:3], hold, *first[3:]], [hold, *reply("whole")], reply("anew")]
    comparison = await made.inference.comparisons.open(Variation("prod"))
    comparison.ask("hello")
    one, other = comparison.columns
    await soon(lambda: one.turn is not None and one.turn.answer.text == "so far")
    await one.stop()
    assert other.busy
    hold.set()
    await settled(comparison)
    assert outcomes(comparison) == [Outcome.STOPPED, Outcome.COMPLETE]
    assert (one.text, other.text) == ("so far", "whole")
    comparison.again(one)
    await settled(comparison)
    assert (one.text, other.text) == ("anew", "whole")


async def test_an_error_in_one_column_stays_there_with_its_advice(made: Bench) -> None:
    made.api.scripts = [[refused(400, "invalid_request_error", "temperature is too hot")], reply("fine")]
    comparison = await made.inference.comparisons.open(Variation("prod"))
    comparison.ask("hello")
    await settled(comparison)
    assert sorted(str(each) for each in outcomes(comparison)) == ["complete", "failed"]
    failed = next(each for each in comparison.columns if each.text == "")
    assert failed.turn is not None
    assert "too hot" in failed.turn.answer.error


async def test_a_column_over_the_limit_waits_in_the_queue_by_its_own() -> None:
    made = bench(endpoint("prod", limit=1))
    made.api.scripts = [reply("first")]
    comparison = await made.inference.comparisons.open(Variation("prod"))
    comparison.ask("hello")
    await soon(lambda: any(each.text == "first" for each in comparison.columns))
    waiting = next(each for each in comparison.columns if each.busy)
    await soon(lambda: waiting.progress is not None and isinstance(waiting.progress.news, Queued))
    await waiting.stop()
    assert waiting.turn is not None
    assert waiting.turn.answer.error == UNSENT
    assert made.api.calls == 1
    await made.inference.aclose()


async def test_a_column_stopped_before_its_first_step_has_ended(made: Bench) -> None:
    comparison = await made.inference.comparisons.open(Variation("prod"))
    comparison.ask("hello")
    await comparison.stop()
    assert outcomes(comparison) == [Outcome.STOPPED, Outcome.STOPPED]
    assert not made.api.calls


async def test_nothing_is_asked_while_one_answers_or_there_is_nothing_to_ask(made: Bench) -> None:
    made.api.scripts = [[asyncio.Event()], [asyncio.Event()]]
    comparison = await made.inference.comparisons.open(Variation("prod"))
    with pytest.raises(InvalidRequest):
        comparison.ask("  ")
    comparison.ask("hello")
    with pytest.raises(InvalidRequest):
        comparison.ask("more")
    assert comparison.message.text == "hello"


async def test_who_listens_hears_of_each_end(made: Bench) -> None:
    made.api.scripts = [reply("one"), reply("two")]
    comparison = await made.inference.comparisons.open(Variation("prod"))
    heard: list[int] = []
    unsubscribe = comparison.subscribe(
        lambda: heard.append(sum(not each.busy for each in comparison.columns))
    )
    comparison.ask("hello")
    await settled(comparison)
    assert len(heard) == 2
    assert heard[-1] == 2
    unsubscribe()


async def test_a_comparison_goes_on_when_it_is_opened_again(made: Bench) -> None:
    made.api.scripts = [reply("one"), reply("two")]
    comparisons = made.inference.comparisons
    comparison = await comparisons.open(Variation("prod"))
    comparison.ask("hello")
    assert await comparisons.open(Variation("other"), "else") is comparison
    await settled(comparison)
    assert await comparisons.open(Variation("prod")) is comparison
    assert await comparisons.open(Variation("prod"), "else") is not comparison


async def test_columns_that_stay_keep_their_answers(made: Bench) -> None:
    made.api.scripts = [reply("same"), reply("same")]
    comparison = await made.inference.comparisons.open(Variation("prod"))
    comparison.ask("hello")
    await settled(comparison)
    comparison.against = 1
    before = comparison.columns
    setup = Setup((before[1].variation, WARM, before[0].variation))
    await made.inference.comparisons.arrange(comparison, setup)
    assert (comparison.columns[0], comparison.columns[2]) == (before[1], before[0])
    assert comparison.against == 0
    assert outcomes(comparison) == [Outcome.COMPLETE, None, Outcome.COMPLETE]


async def test_the_columns_of_the_last_time_are_remembered(made: Bench) -> None:
    comparisons = made.inference.comparisons
    comparison = await comparisons.open(Variation("prod"))
    await comparisons.arrange(comparison, Setup((Variation("prod"), WARM, Variation("other")), "be kind"))
    comparisons.current = None
    again = await comparisons.open(Variation("other"))
    assert again.setup == Setup((Variation("other"), Variation("prod"), WARM), "be kind")
    comparisons.current = None
    other = await comparisons.open(Variation("prod"), "hello", system="from the chat")
    assert (other.message.text, other.setup.system) == ("hello", "from the chat")


def test_there_are_always_two_columns_and_never_more_than_four() -> None:
    assert Setup().led_by(Variation("a"), ["a"]).columns == (Variation("a"), Variation("a"))
    assert Setup().led_by(Variation("a"), ["a", "b"]).columns == (Variation("a"), Variation("b"))
    full = Setup(tuple(Variation(name) for name in "bcde"))
    assert full.led_by(Variation("a"), list("abcde")).columns == tuple(Variation(name) for name in "acde")
    assert len(full.led_by(Variation("a"), list("abcde")).columns) == MOST
    assert full.led_by(Variation("a"), ["a", "d", "e"]).columns == (Variation("a"), Variation("e"))


async def test_a_kept_column_is_a_conversation_like_any_other(made: Bench) -> None:
    made.api.scripts = [reply("chosen"), reply("chosen"), reply("more")]
    comparisons = made.inference.comparisons
    comparison = await comparisons.open(Variation("prod"))
    await comparisons.arrange(comparison, Setup((WARM, Variation("prod")), "be kind"))
    assert await comparisons.keep(comparison.columns[0], "prod") is None
    comparison.ask("what is it?")
    await settled(comparison)
    chat = await comparisons.keep(comparison.columns[0], "prod")
    assert chat is not None
    assert chat.settings == Settings("be kind", temperature=0.9)
    assert [entry.title for entry in await made.inference.chats.entries()] == ["what is it?"]
    await chat.send("and then?")
    await chat.settled()
    body = made.api.bodies[-1]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]  # type: ignore[index,union-attr,call-overload]
    assert body["temperature"] == 0.9


async def test_an_endpoint_that_is_gone_fails_its_column_alone(made: Bench) -> None:
    made.api.scripts = [reply("fine")]
    comparison = await made.inference.comparisons.open(Variation("prod"))
    await made.inference.comparisons.arrange(comparison, Setup((Variation("prod"), Variation("gone"))))
    comparison.ask("hello")
    await settled(comparison)
    assert outcomes(comparison) == [Outcome.COMPLETE, Outcome.FAILED]
