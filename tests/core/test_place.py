"""A place from joining to sending: what it claims, gives back and claims anew."""

from __future__ import annotations

import asyncio

from tests.fakes_quota import (
    COOLDOWN,
    GROUP,
    FakeClock,
    join,
    send,
    stages,
)
from tui_app.adapters.ledger import TERMS
from tui_app.core.queue import RequestQueue


async def test_a_slot_cools_down_from_the_sending_and_not_from_the_grant(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance(5.0)
    await send(first)
    clock.advance(COOLDOWN - 0.001)
    assert stages(second) == "w"
    clock.advance(0.001)
    assert stages(second) == "c"


async def test_the_start_is_noted_also_when_nobody_says_that_the_request_is_done(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    await first.sent()
    clock.advance(COOLDOWN + 0.01)
    assert stages(second) == "c"


async def test_a_claim_that_was_never_sent_is_refunded_at_once(queue: RequestQueue, clock: FakeClock) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    assert stages(first, second) == "cw"
    first.cancel()
    clock.advance()
    assert stages(second) == "c"


async def test_a_request_that_was_sent_is_not_refunded(queue: RequestQueue, clock: FakeClock) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance()
    await first.sent()
    first.cancel()
    clock.advance(COOLDOWN - 0.001)
    assert stages(second) == "w"


async def test_leaving_the_context_gives_back_what_was_not_sent(
    queue: RequestQueue, clock: FakeClock
) -> None:
    async with join(queue, 1) as place:
        clock.advance()
        assert stages(place) == "c"
    clock.advance()
    assert queue.quota(GROUP, 1).left(clock.now()) == 1


async def test_a_claim_of_a_group_that_was_closed_since_is_not_sent(
    queue: RequestQueue, clock: FakeClock
) -> None:
    place = join(queue)
    clock.advance()
    queue.close_group(GROUP, 10.0, "slow down")
    sending = asyncio.ensure_future(place.sent())
    await clock.run(9.9, 0.1)
    assert not sending.done()
    await clock.run(0.2)
    assert sending.done()


async def test_a_claim_older_than_its_lease_is_claimed_anew_before_it_is_sent(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first = join(queue, 1)
    clock.advance(TERMS.lease + COOLDOWN)
    second = join(queue, 1)
    clock.advance()
    assert stages(first, second) == "cc"
    await send(second)
    sending = asyncio.ensure_future(first.sent())
    await clock.run(COOLDOWN - 0.02)
    assert not sending.done()
    await clock.run(0.05)
    assert sending.done()


async def test_a_slow_connection_keeps_its_slot_when_it_claims_anew(
    queue: RequestQueue, clock: FakeClock
) -> None:
    first, second = join(queue, 1), join(queue, 1)
    clock.advance(TERMS.lease + 1.0)
    sending = asyncio.ensure_future(first.sent())
    await clock.run(0.02)
    assert sending.done()
    assert stages(second) == "w"
