"""What a service says over HTTP holds in every process: closures, retries at the head, spend caps."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.adapters.answers import whole
from tests.adapters.callers import JSON, PATIENCE_S, target
from tests.adapters.raw_server import RawServer, Say, answer, in_turn, raw_server
from tests.core.bodies import endpoint
from tests.quota_worker import GROUP
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.core.claims import Terms
from tui_app.core.desk import Desk
from tui_app.core.errors import ServiceRefused
from tui_app.core.events import Event, Finished, Queued, Retrying
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source
from tui_app.core.requests import Request
from tui_app.core.targets import Route

TERMS = Terms(window=3.0, margin=0.0, lease=1.0)
SSE = {"content-type": "text/event-stream"}
ANSWER = answer(200, SSE, whole("yes"))
ELSEWHERE = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from tests.adapters.test_service_feedback import TERMS
from tests.quota_worker import GROUP
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

async def run():
    queue = RequestQueue(SqliteLedger(Path(sys.argv[1]), TERMS), SystemClock())
    queue.quota(GROUP, 2)
    print("ready", flush=True)
    model = sys.stdin.readline().strip()
    while model:
        place = queue.join(replace(GROUP, model=model), 2, "elsewhere", Source.CHAT)
        async for standing in place.standings():
            print("waits", standing.reason, flush=True)
        print("goes", flush=True)
        await place.sent()
        place.cancel()
        model = sys.stdin.readline().strip()
    await queue.aclose()

asyncio.run(run())
"""


def refusal(status: int, headers: dict[str, str] | None = None, **error: object) -> Say:
    body = {"type": "error", "error": {"type": "rate_limit_error", "message": "too fast", **error}}
    return answer(status, {**JSON, **(headers or {})}, json.dumps(body))


@asynccontextmanager
async def desk_on(folder: Path, terms: Terms) -> AsyncIterator[Desk]:
    """Where requests of this process are handed in."""
    api = HttpMessagesApi("1.2.3")
    queue = RequestQueue(SqliteLedger(folder, terms), SystemClock())
    yield Desk(queue, api)
    await queue.aclose()
    await api.aclose()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """One with a window of some seconds."""
    async with desk_on(tmp_path, TERMS) as made:
        yield made


@asynccontextmanager
async def elsewhere(folder: Path) -> AsyncIterator[Process]:
    """Another process on the same ledger that asks when it is told a model."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ELSEWHERE, str(folder), stdin=PIPE, stdout=PIPE
    )
    try:
        assert await said(process) == "ready"
        yield process
    finally:
        process.kill()
        await process.wait()


async def said(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)).decode().strip()


async def ask_elsewhere(process: Process, model: str) -> str:
    """Let it ask for a model, and tell what it says first."""
    assert process.stdin is not None
    process.stdin.write(f"{model}\n".encode())
    await process.stdin.drain()
    return await said(process)


async def heard(desk: Desk, server: RawServer, limit: int = 50) -> list[Event]:
    """All events of a reply."""
    route = Route(endpoint(limit=limit), target(server.url), GROUP)
    reply = desk.ask(route, Request.of_prompt("hi"), Source.CHAT)
    async with asyncio.timeout(PATIENCE_S):
        return [event async for event in reply.events()]


async def test_a_refused_request_goes_again_by_itself_before_all_others_in_any_process(
    desk: Desk, tmp_path: Path
) -> None:
    says = in_turn(refusal(429, {"retry-after": "1"}), ANSWER)
    async with raw_server(says) as server, elsewhere(tmp_path) as other:
        asking = asyncio.ensure_future(heard(desk, server, limit=2))
        async with asyncio.timeout(PATIENCE_S):
            while not (waiting := desk.queue.quota(GROUP, 2).waiting) or not server.requests:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        assert [(each.position, each.source) for each in waiting] == [(1, Source.RETRY)]
        assert len(server.requests) == 1
        assert await ask_elsewhere(other, GROUP.model) == "waits too fast"
        events = await asking
        told = [event for event in events if isinstance(event, Retrying | Queued)]
        assert isinstance(told[0], Retrying)
        assert (told[0].queued, told[0].attempt) == (True, 2)
        assert isinstance(told[1], Queued)
        assert (told[1].reason, told[1].position) == ("too fast", 1)
        assert isinstance(events[-1], Finished)
        assert len(server.requests) == 2
        assert desk.queue.quota(GROUP, 2).others_waiting == 1, "somebody overtook the retry"
        while (line := await said(other)) != "goes":
            assert line.startswith("waits")


async def test_a_refused_request_goes_again_before_those_who_came_while_it_was_on_its_way(
    tmp_path: Path,
) -> None:
    refuse = asyncio.Event()

    async def says(server: RawServer, writer: asyncio.StreamWriter) -> None:
        await refuse.wait()
        await refusal(429, {"retry-after": "100"})(server, writer)

    async with raw_server(says) as server, desk_on(tmp_path, Terms()) as slow, asyncio.timeout(PATIENCE_S):

        def waiting() -> list[Source]:
            return [each.source for each in slow.queue.quota(GROUP, 1).waiting]

        asking = [asyncio.ensure_future(heard(slow, server, limit=1))]
        while not server.requests:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        asking.append(asyncio.ensure_future(heard(slow, server, limit=1)))
        while not waiting():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        refuse.set()
        while len(waiting()) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        assert waiting() == [Source.RETRY, Source.CHAT]
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


async def test_another_model_on_the_same_key_goes_on_while_one_is_closed(desk: Desk, tmp_path: Path) -> None:
    says = refusal(429, {"retry-after": "300", "x-should-retry": "false"})
    async with raw_server(says) as server, elsewhere(tmp_path) as other:
        with pytest.raises(ServiceRefused, match="too fast"):
            await heard(desk, server)
        assert await ask_elsewhere(other, "another model") == "goes"
        assert await ask_elsewhere(other, GROUP.model) == "waits too fast"
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"anthropic-ratelimit-requests-limit": "6", "anthropic-ratelimit-requests-remaining": "0"},
        {"x-ratelimit-limit-requests": "6", "x-ratelimit-remaining-requests": "0"},
        {
            "llm_provider-anthropic-ratelimit-requests-limit": "6",
            "llm_provider-anthropic-ratelimit-requests-remaining": "0",
        },
    ],
)
async def test_nothing_left_closes_for_one_requests_worth_and_not_until_all_is_full(
    desk: Desk, tmp_path: Path, headers: dict[str, str]
) -> None:
    resets = {name.replace("remaining", "reset"): "55" for name in headers if "remaining" in name}
    async with raw_server(answer(200, {**SSE, **headers, **resets}, whole("yes"))) as server:
        await heard(desk, server)
        assert desk.queue.closed_for(GROUP) == pytest.approx(10.0, abs=1.0)
        async with elsewhere(tmp_path) as other:
            line = await ask_elsewhere(other, GROUP.model)
        assert line == "waits the service has no requests left for this key"


async def test_nothing_left_of_an_unknown_limit_closes_for_one_of_our_own(desk: Desk) -> None:
    says = answer(200, {**SSE, "x-ratelimit-remaining-requests": "0"}, whole("yes"))
    async with raw_server(says) as server:
        await heard(desk, server, limit=6)
    assert desk.queue.closed_for(GROUP) == pytest.approx(10.0, abs=1.0)


@pytest.mark.parametrize(("asked", "closed_s"), [({"retry-after": "120"}, 120.0), ({}, 60.0)])
async def test_a_refusal_that_leaves_nothing_closes_for_as_long_as_it_says_or_one_requests_worth(
    desk: Desk, tmp_path: Path, asked: dict[str, str], closed_s: float
) -> None:
    spent = {"anthropic-ratelimit-requests-limit": "1", "anthropic-ratelimit-requests-remaining": "0"}
    says = refusal(429, {**spent, **asked, "x-should-retry": "false"})
    async with raw_server(says) as server:
        with pytest.raises(ServiceRefused, match="too fast"):
            await heard(desk, server)
    assert desk.queue.closed_for(GROUP) == pytest.approx(closed_s, abs=25.0)
    async with elsewhere(tmp_path) as other:
        assert await ask_elsewhere(other, GROUP.model) == "waits too fast"


async def test_a_spend_cap_is_not_retried_says_so_and_closes_nothing(desk: Desk, tmp_path: Path) -> None:
    says = refusal(
        429, message="You have reached your limit", details={"error_code": "org_spend_limit_reached"}
    )
    async with raw_server(says) as server:
        with pytest.raises(ServiceRefused, match="reached your limit") as caught:
            await heard(desk, server)
        assert len(server.requests) == 1
    assert "spend" in caught.value.advice
    assert desk.queue.closed_for(GROUP) == 0.0


@pytest.mark.parametrize(
    ("status", "should", "requests"), [(429, "false", 1), (400, "true", 3), (529, "false", 1), (529, "", 3)]
)
async def test_the_services_word_on_trying_again_is_obeyed_and_ends_with_the_retries_allowed(
    desk: Desk, status: int, should: str, requests: int
) -> None:
    says = refusal(status, {"x-should-retry": should, "retry-after-ms": "10"})
    async with raw_server(says) as server:
        with pytest.raises(ServiceRefused, match="too fast"):
            await heard(desk, server)
        assert len(server.requests) == requests
    assert desk.queue.quota(GROUP, 50).used(desk.queue.clock.now()) == requests
    assert desk.queue.quota(GROUP, 50).waiting == ()


async def test_refusals_for_rate_surface_when_the_retries_allowed_have_run_out(desk: Desk) -> None:
    async with raw_server(refusal(429, {"retry-after-ms": "50"})) as server:
        with pytest.raises(ServiceRefused, match="too fast"):
            await heard(desk, server)
        assert len(server.requests) == 3
    assert desk.queue.quota(GROUP, 50).used(desk.queue.clock.now()) == 3
