"""What is written down of requests: each that was sent or found nobody, once, however it ended."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from tests.core.test_chats import House, ask, endpoint, house, until  # noqa: F401 - the fixture
from tests.fakes_keys import FakeKeys
from tests.fakes_service import lost, refused, reply
from tui_app.core.conversation import Outcome
from tui_app.core.error_kinds import ErrorKind, kind_of
from tui_app.core.errors import ConnectionLost, InfertermError, Loss, ServiceRefused
from tui_app.core.events import TextDelta
from tui_app.core.patience import Patience
from tui_app.core.quota import Source
from tui_app.core.receipt_books import MemoryReceipts
from tui_app.core.receipts import Receipt
from tui_app.core.requests import Request
from tui_app.core.variations import Variation

AGAIN = refused(529, "overloaded_error", retry_after_s=0.0)
HI = Request.of_prompt("hi")


def written(house: House) -> list[Receipt]:  # noqa: F811
    """All receipts so far."""
    book = house.inference.totals.book
    assert isinstance(book, MemoryReceipts)
    return book.kept


async def test_an_answer_leaves_a_receipt_with_its_chat(house: House) -> None:  # noqa: F811
    house.api.scripts = [reply("It ", "works.")]
    chat = house.chat()
    await ask(chat, "Does it work?")
    (found,) = written(house)
    assert (found.endpoint, found.model, found.answered_by) == ("mine", "claude-haiku-4-5", "claude-test")
    assert (found.source, found.conversation_id) == ("chat", chat.conversation.id)
    assert (found.outcome, found.error, found.retried, found.told) == ("complete", "", "", True)
    assert (found.input_tokens, found.output_tokens) == (10, 2)
    assert found.first_token_s is not None
    assert abs(found.at - 1_790_000_000.0) < 5


async def test_each_version_of_an_answer_counts_and_a_deleted_turn_too(house: House) -> None:  # noqa: F811
    house.api.scripts = [reply("one"), reply("two")]
    chat = house.chat()
    await ask(chat)
    await chat.retry()
    await chat.settled()
    await chat.delete_turn(chat.conversation.turns[-1].id)
    assert len(written(house)) == 2
    assert (await house.inference.totals.chat(chat.conversation.id)).requests == 2


async def test_attempts_that_were_followed_by_another_are_part_of_one_request(house: House) -> None:  # noqa: F811
    house.api.scripts = [[AGAIN], reply("yes")]
    await ask(house.chat())
    (found,) = written(house)
    assert (found.outcome, found.error, found.retried) == ("complete", "", "overloaded_error")


async def test_a_request_that_fails_names_the_kind_of_its_last_attempt(house: House) -> None:  # noqa: F811
    house.api.scripts = [[AGAIN], [refused(401, "authentication_error")]]
    await ask(house.chat())
    (found,) = written(house)
    assert (found.outcome, found.error, found.retried) == (
        "failed",
        "authentication_error",
        "overloaded_error",
    )
    assert found.told


async def test_a_host_that_is_not_there_counts_although_nothing_was_sent(house: House) -> None:  # noqa: F811
    house.api.scripts = [[lost(Loss.TLS)]]
    await ask(house.chat())
    (found,) = written(house)
    assert (found.outcome, found.error) == ("failed", "network")


async def test_an_answer_that_was_cut_has_what_came_and_no_count(house: House) -> None:  # noqa: F811
    house.api.scripts = [[*reply("part")[:3], lost(Loss.CUT)]]
    await ask(house.chat())
    (found,) = written(house)
    assert (found.outcome, found.error, found.told, found.input_tokens) == ("failed", "cut", False, 10)


async def test_a_stopped_answer_is_written_down_once(house: House) -> None:  # noqa: F811
    house.api.scripts = [[*reply("part")[:3], asyncio.Event()]]
    chat = house.chat()
    await chat.send("Hello")
    await until(lambda: chat.conversation.turns[-1].answer.text)
    await chat.stop()
    (found,) = written(house)
    assert (found.outcome, found.error, found.told) == ("stopped", "", False)


async def test_a_prompt_that_was_taken_back_from_the_queue_was_no_request(house: House) -> None:  # noqa: F811
    house.inference.queue.pause()
    chat = house.chat()
    await chat.send("Hello")
    await until(lambda: chat.progress)
    await chat.stop()
    assert written(house) == []


async def test_a_missing_key_was_no_request(house: House) -> None:  # noqa: F811
    keys = house.inference.keys
    assert isinstance(keys, FakeKeys)
    keys.keys.clear()
    await ask(house.chat())
    assert written(house) == []


async def test_whoever_asks_is_named(house: House) -> None:  # noqa: F811
    house.api.scripts = [reply("a"), reply("b"), reply("c")]
    for source in (Source.ASK, Source.SERVE, Source.BATCH):
        asked = await house.inference.ask("mine", HI, source)
        async with aclosing(asked.events()) as events:
            async for _ in events:
                pass
    assert [each.source for each in written(house)] == ["ask", "serve", "batch"]
    assert {each.conversation_id for each in written(house)} == {None}


async def test_a_reply_that_is_left_after_its_end_is_complete(house: House) -> None:  # noqa: F811
    house.api.scripts = [reply("a")]
    asked = await house.inference.ask("mine", HI, Source.ASK)
    events = asked.events()
    while type(await anext(events)).__name__ != "Finished":
        pass
    await events.aclose()
    assert [each.outcome for each in written(house)] == ["complete"]


async def test_a_client_that_leaves_stops_its_request(house: House) -> None:  # noqa: F811
    house.api.scripts = [reply("a", "b")]
    asked = await house.inference.ask("mine", HI, Source.SERVE)
    async with aclosing(asked.events()) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break
    assert [each.outcome for each in written(house)] == ["stopped"]


async def test_a_verification_is_a_request_too(house: House) -> None:  # noqa: F811
    from tui_app.core.service import ServiceModel

    house.api.catalogue = [ServiceModel("claude-haiku-4-5")]
    house.api.scripts = [reply("yes")]
    async for _ in house.inference.verify(endpoint()):
        pass
    (found,) = written(house)
    assert (found.source, found.outcome, found.told) == ("verify", "complete", False)


async def test_columns_that_stand_side_by_side_are_requests_of_no_chat(house: House) -> None:  # noqa: F811
    house.api.scripts = [reply("a"), reply("b")]
    comparison = await house.inference.comparisons.open(Variation("mine"), "hi")
    comparison.ask("hi")
    for column in comparison.columns:
        await column.settled()
    assert [(each.outcome, each.conversation_id) for each in written(house)] == [("complete", None)] * 2


async def test_giving_up_between_attempts_is_a_stop_after_an_attempt_that_failed(house: House) -> None:  # noqa: F811
    house.api.scripts = [[refused(529, "overloaded_error", retry_after_s=60.0)]]
    chat = house.chat()
    await chat.send("Hello")
    await until(lambda: chat.progress and chat.progress.retrying)
    await chat.stop()
    (found,) = written(house)
    assert (found.outcome, found.error, found.retried) == (Outcome.STOPPED, "overloaded_error", "")


async def test_stopping_a_second_attempt_is_a_stop_after_one_that_was_tried_again(house: House) -> None:  # noqa: F811
    house.api.scripts = [[AGAIN], [*reply("part")[:3], asyncio.Event()]]
    chat = house.chat()
    await chat.send("Hello")
    await until(lambda: chat.conversation.turns[-1].answer.text)
    await chat.stop()
    (found,) = written(house)
    assert (found.outcome, found.error, found.retried) == (Outcome.STOPPED, "", "overloaded_error")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refused(429, "rate_limit_error"), ErrorKind.RATE_LIMITED),
        (refused(429, "odd_error"), ErrorKind.RATE_LIMITED),
        (refused(None, "overloaded_error"), ErrorKind.OVERLOADED),
        (refused(529, "api_error"), ErrorKind.OVERLOADED),
        (refused(401, "authentication_error"), ErrorKind.KEY_REFUSED),
        (refused(422, "odd_error"), ErrorKind.INVALID),
        (refused(400, "network"), ErrorKind.INVALID),
        (refused(500, "odd_error"), ErrorKind.SERVICE),
        (refused(None, "odd_error"), ErrorKind.SERVICE),
        (lost(Loss.TIMEOUT), ErrorKind.TIMEOUT),
        (lost(Loss.CUT), ErrorKind.CUT),
        (lost(Loss.DROPPED), ErrorKind.NETWORK),
        (lost(Loss.NOT_THE_API), ErrorKind.NETWORK),
    ],
)
def test_an_error_has_the_services_name_or_what_its_status_means(
    error: ServiceRefused | ConnectionLost, kind: ErrorKind
) -> None:
    assert kind_of(error) is kind


async def test_patience_that_ends_in_the_queue_sent_nothing(house: House) -> None:  # noqa: F811
    house.inference.queue.pause()
    asked = await house.inference.ask("mine", HI, Source.ASK, Patience(0.01))
    with pytest.raises(InfertermError):
        async for _ in asked.events():
            pass
    assert written(house) == []
