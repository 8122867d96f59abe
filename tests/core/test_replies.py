"""A request's way: through the queue, over the wire, again where that helps, and no further."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.core.bodies import endpoint
from tests.fakes_service import FakeMessagesApi, lost, refused, reply
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.conversation import Outcome
from tui_app.core.errors import ConnectionLost, Loss, Refusal, ServiceRefused, WaitTooLong
from tui_app.core.events import Event, Finished, Opened, Queued, Retrying, Sent, TextDelta
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Group, Source
from tui_app.core.replies import Desk, Patience, Reply
from tui_app.core.requests import Request
from tui_app.core.service import Exchange, ServerLimit, Target
from tui_app.core.targets import Route

GROUP = Group("https://a.example", "f1", "claude-haiku-5-5")
TARGET = Target("https://a.example", SecretStr("k"), "x-api-key", "2023-06-01")
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
    api.exchange = Exchange("r", (ServerLimit("requests", 2, 0, None),), 0.1)
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


async def test_a_countdown_can_be_skipped(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [[refused(529, "overloaded_error", retry_after_s=3600.0)], reply("yes")]
    impatient = ask(desk)
    async with asyncio.timeout(10):
        async for event in impatient.events():
            if isinstance(event, Retrying):
                impatient.skip_wait()
    assert impatient.answer(Outcome.COMPLETE).text == "yes"


async def test_a_wait_for_a_closed_group_can_be_skipped_too(desk: Desk, api: FakeMessagesApi) -> None:
    api.scripts = [[refused(429, "rate_limit_error", retry_after_s=3600.0)], reply("yes")]
    impatient = ask(desk)
    async with asyncio.timeout(10):
        async for event in impatient.events():
            if isinstance(event, Retrying):
                impatient.skip_wait()
    assert impatient.answer(Outcome.COMPLETE).text == "yes"


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
