"""A request's way: through the queue, over the wire, again where that helps, and no further."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.core.bodies import endpoint
from tests.fakes_service import FakeMessagesApi, lost, refused, reply
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.conversation import Outcome
from tui_app.core.desk import Desk
from tui_app.core.errors import ConnectionLost, Loss, QuotaError, Refusal, ServiceRefused, WaitTooLong
from tui_app.core.events import Event, Finished, Opened, Queued, Retrying, Sent, TextDelta
from tui_app.core.patience import Patience
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Group, Source
from tui_app.core.replies import Reply
from tui_app.core.requests import Request
from tui_app.core.service import Exchange, ServerLimit, Target
from tui_app.core.targets import Route

GROUP = Group("https://a.example", "f1", "claude-haiku-5-5")
TARGET = Target("https://a.example", SecretStr("k"), "x-api-key", "2023-06-01")
HI = Request.of_prompt("hi")
AGAIN = refused(529, "overloaded_error", retry_after_s=0.0)


@pytest.fixture
def api() -> FakeMessagesApi:
    return FakeMessagesApi()


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[RequestQueue]:
    clock = SystemClock()
    queue = RequestQueue(SqliteLedger(tmp_path / "ledger"), clock)
    yield queue
    await queue.aclose()


@pytest.fixture
def desk(queue: RequestQueue, api: FakeMessagesApi) -> Desk:
    return Desk(queue, api)


def ask(desk: Desk, *, limit: int = 50, total_s: float | None = None) -> Reply:
    """A reply to a prompt of an endpoint with this limit."""
    route = Route(endpoint(limit=limit), TARGET, GROUP)
    return desk.ask(route, Request.of_prompt("hi"), Source.CHAT, Patience(total_s))


def route(inference_id: str) -> Route:
    """The way to an endpoint of the group."""
    return Route(endpoint(inference_id), TARGET, GROUP)


async def heard(reply: Reply, into: list[Event] | None = None) -> list[Event]:
    """All events of a reply."""
    events = [] if into is None else into
    async for event in reply.events():
        events.append(event)
    return events


async def test_a_reply_is_sent_opened_told_and_finished(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [reply("Hel", "lo")]
    events = await heard(ask(desk))
    assert [type(event) for event in events if not isinstance(event, Queued)][:2] == [Sent, Opened]
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.text == "Hello"
    assert events[-1].answer.timing.first_token_s is not None


async def test_a_passing_trouble_is_tried_again_in_sight(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [[AGAIN], [AGAIN], reply("yes")]
    events = await heard(ask(desk))
    tries = [(event.attempt, event.attempts) for event in events if isinstance(event, Retrying)]
    assert tries == [(2, 3), (3, 3)]
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.attempts == 3


async def test_the_third_failure_is_the_last(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [[AGAIN]] * 3
    with pytest.raises(ServiceRefused):
        await heard(ask(desk))
    assert api.calls == 3


async def test_every_attempt_counts_as_a_request(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    api.scripts = [[AGAIN], reply("yes")]
    await heard(ask(desk, limit=5))
    now = queue.clock.now()
    assert queue.quota(GROUP, 5).left(now) == 3


async def test_nothing_is_tried_again_once_the_answer_began(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [[*reply("part")[:3], lost(Loss.CUT)]]
    growing = ask(desk)
    events: list[Event] = []
    with pytest.raises(ConnectionLost):
        await heard(growing, events)
    assert TextDelta(0, "part") in events
    assert growing.answer(Outcome.FAILED).text == "part"
    assert api.calls == 1


async def test_a_spend_cap_is_asked_once(desk: Desk, api: FakeMessagesApi, queue: RequestQueue) -> None:
    told = Refusal(429, "rate_limit_error", "limit", code="enforced_spend_limit_reached")
    api.scripts = [[ServiceRefused(told)]]
    with pytest.raises(ServiceRefused):
        await heard(ask(desk))
    assert api.calls == 1


async def test_a_refusal_for_rate_closes_the_group_for_everybody(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    api.scripts = [[refused(429, "rate_limit_error", "too fast", retry_after_s=300.0)]]
    with pytest.raises(WaitTooLong) as caught:
        await heard(ask(desk, total_s=5.0))
    assert caught.value.seconds == pytest.approx(300, abs=2)
    with pytest.raises(WaitTooLong, match="too fast"):
        await heard(ask(desk, total_s=5.0))
    assert api.calls == 1


async def test_a_key_without_requests_left_closes_the_group_for_one_requests_worth(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    api.scripts = [reply("yes")]
    api.exchange = Exchange((ServerLimit("requests", 2, 0, None),))
    await heard(ask(desk))
    quota = queue.quota(GROUP, 50)
    assert quota.next_slot_in(queue.clock.now()) == pytest.approx(30, abs=1)


async def test_a_prompt_over_the_limit_waits_in_sight(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [reply("one")]
    await heard(ask(desk, limit=1))
    async for event in ask(desk, limit=1).events():
        assert isinstance(event, Queued)
        assert (event.position, round(event.expected_in_s)) == (1, 60)
        break
    assert api.calls == 1


async def test_who_cannot_wait_so_long_hears_it_at_once(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [reply("one")]
    await heard(ask(desk, limit=1))
    with pytest.raises(WaitTooLong) as caught:
        await heard(ask(desk, limit=1, total_s=5.0))
    assert caught.value.seconds is not None
    assert caught.value.seconds > 50
    assert api.sent == 1


async def impatient(desk: Desk, waits: type[Event]) -> str:
    """The answer for somebody who skips every wait that such an event tells of."""
    asked = ask(desk)
    async with asyncio.timeout(10):
        async for event in asked.events():
            if isinstance(event, waits):
                asked.skip_wait()
    return asked.answer(Outcome.COMPLETE).text


async def test_a_countdown_can_be_skipped(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [[refused(529, "overloaded_error", retry_after_s=3600.0)], reply("yes")]
    assert await impatient(desk, Retrying) == "yes"


async def test_a_wait_for_a_closed_group_can_be_skipped_too(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [[refused(429, "rate_limit_error", retry_after_s=3600.0)], reply("yes")]
    assert await impatient(desk, Retrying) == "yes"


async def test_one_that_was_refused_for_rate_waits_at_the_head_of_the_queue_until_the_service_opens(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    api.scripts = [[refused(429, "rate_limit_error", "too fast", retry_after_s=0.3)], reply("yes")]
    refused_one = ask(desk)
    events: list[Event] = []
    async with aclosing(refused_one.events()) as coming:
        async for event in coming:
            events.append(event)
            if isinstance(event, Queued) and event.attempt == 2:
                break
        assert [type(event) for event in events[-2:]] == [Retrying, Queued]
        assert isinstance(events[-2], Retrying)
        assert (events[-2].queued, events[-2].attempt) == (True, 2)
        assert events[-2].delay_s == pytest.approx(0.3, abs=0.2)
        assert isinstance(events[-1], Queued)
        assert (events[-1].position, events[-1].reason) == (1, "too fast")
        assert 0 < events[-1].expected_in_s <= 0.3
        later = queue.join(GROUP, 50, "later", Source.CHAT)
        waiting = queue.quota(GROUP, 50).waiting
        assert [(each.position, each.source) for each in waiting] == [(1, Source.RETRY), (2, Source.CHAT)]
        later.cancel()
        events += [event async for event in coming]
    assert isinstance(events[-1], Finished)
    assert api.sent == 2


async def test_a_retry_can_be_taken_out_of_the_queue(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    api.scripts = [[refused(429, "rate_limit_error", "too fast", retry_after_s=3600.0)]]
    with pytest.raises(QuotaError, match="taken out"):
        async for event in ask(desk).events():
            if isinstance(event, Queued) and event.attempt == 2:
                queue.cancel(queue.quota(GROUP, 50).waiting[0].id)
    assert queue.quota(GROUP, 50).waiting == ()


async def test_retries_keep_the_order_in_which_they_first_came(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    api.scripts = [[gate, refused(429, "rate_limit_error", "no", retry_after_s=3600.0)] for gate in gates]
    asked = [asyncio.create_task(heard(desk.ask(route(name), HI, Source.CHAT))) for name in ("one", "two")]
    async with asyncio.timeout(10):
        while api.sent < 2:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        gates[1].set()
        while not (waiting := queue.quota(GROUP, 50).waiting):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        gates[0].set()
        while len(waiting) < 2:
            waiting = queue.quota(GROUP, 50).waiting
            await asyncio.sleep(0)
    assert [(each.member, each.source) for each in waiting] == [("one", Source.RETRY), ("two", Source.RETRY)]
    for each in asked:
        each.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


async def test_one_that_is_stopped_on_its_way_waits_in_sight_and_connects_anew(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    api.scripts = [reply("never"), reply("yes")]
    events: list[Event] = []
    async for event in ask(desk).events():
        events.append(event)
        if len(events) == 1:
            queue.close_group(GROUP, 0.3, "somebody was too fast")
    kinds = [type(event) for event in events]
    assert kinds[:4] == [Sent, Queued, Sent, Opened]
    assert isinstance(events[1], Queued)
    assert (events[1].reason, events[1].attempt) == ("somebody was too fast", 1)
    assert (api.calls, api.sent) == (2, 1)
    assert queue.quota(GROUP, 50).used(queue.clock.now()) == 1


async def test_a_turn_that_is_given_again_at_once_needs_no_new_connection(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    api.scripts = [reply("yes")]
    events: list[Event] = []
    async for event in ask(desk).events():
        events.append(event)
        if len(events) == 1:
            queue.pause()
            queue.resume()
    assert [type(event) for event in events[:2]] == [Sent, Opened]
    assert (api.calls, api.sent) == (1, 1)


async def test_a_wait_in_the_queue_for_a_closed_group_can_be_skipped(
    desk: Desk, api: FakeMessagesApi
) -> None:
    api.scripts = [[refused(429, "rate_limit_error", retry_after_s=3600.0)], reply("yes")]
    assert await impatient(desk, Queued) == "yes"


async def test_another_model_on_the_same_key_goes_on_while_one_is_closed(
    desk: Desk, api: FakeMessagesApi
) -> None:
    api.scripts = [[refused(429, "rate_limit_error", "too fast", retry_after_s=300.0)], reply("yes")]
    with pytest.raises(WaitTooLong):
        await heard(ask(desk, total_s=5.0))
    other = Route(endpoint(model="another"), TARGET, replace(GROUP, model="another"))
    events = await heard(desk.ask(other, Request.of_prompt("hi"), Source.CHAT))
    assert isinstance(events[-1], Finished)
    assert not any(isinstance(event, Queued) for event in events)


@pytest.mark.parametrize("should_retry", [True, False])
async def test_the_service_decides_whether_a_refusal_for_rate_is_tried_again(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue, should_retry: bool
) -> None:
    told = Refusal(429, "rate_limit_error", "too fast", retry_after_s=0.01, should_retry=should_retry)
    api.scripts = [[ServiceRefused(told)], reply("yes")]
    if should_retry:
        assert isinstance((await heard(ask(desk)))[-1], Finished)
    else:
        with pytest.raises(ServiceRefused):
            await heard(ask(desk))
    assert api.calls == 1 + should_retry


async def test_what_answers_and_refusals_tell_of_the_services_limits_is_known_to_all(
    desk: Desk, api: FakeMessagesApi, queue: RequestQueue
) -> None:
    figures = (ServerLimit("tokens", None, 7, None), ServerLimit("requests", 50, 48, 12.0))
    api.scripts = [[refused(400, "invalid_request_error")]]
    api.exchange = Exchange(figures)
    with pytest.raises(ServiceRefused):
        await heard(ask(desk))
    await asyncio.sleep(0.05)
    requests, tokens = queue.activity(GROUP).told
    assert (requests.name, requests.limit, requests.remaining) == ("requests", 50, 48)
    assert requests.full_at is not None
    assert requests.full_at - requests.told_at == pytest.approx(12.0)
    assert (tokens.name, tokens.limit, tokens.remaining, tokens.full_at) == ("tokens", None, 7, None)


@pytest.mark.parametrize("pieces", [0, 1])
async def test_a_silence_is_a_lost_connection(desk: Desk, api: FakeMessagesApi, pieces: int) -> None:
    api.scripts = [[*reply("part")[: 3 * pieces], asyncio.Event()]] * 3
    with pytest.raises(ConnectionLost) as caught:
        await heard(ask(desk, total_s=0.05))
    assert caught.value.loss is Loss.TIMEOUT


async def test_leaving_a_reply_closes_the_connection(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [[*reply("part")[:3], asyncio.Event()]]
    going = ask(desk)
    async with aclosing(going.events()) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break
    assert api.closed_early == 1
    assert going.answer(Outcome.STOPPED).text == "part"
