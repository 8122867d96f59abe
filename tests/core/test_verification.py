"""The ladder: each step is seen to pass, and the one that fails says why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.core.bodies import endpoint
from tests.core.test_endpoints import NoSandbox
from tests.fakes_keys import FakeKeys
from tests.fakes_service import FakeMessagesApi, lost, refused, reply
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.desk import Desk
from tui_app.core.errors import Loss
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source
from tui_app.core.service import ServiceModel
from tui_app.core.targets import Targets
from tui_app.core.verification import Report, Step, StepState, Verification

KEY = SecretStr("sk-ant-one")


@pytest.fixture
def api() -> FakeMessagesApi:
    return FakeMessagesApi(scripts=[reply("big")], catalogue=[ServiceModel("claude-haiku-5-5", "Haiku")])


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[RequestQueue]:
    queue = RequestQueue(SqliteLedger(tmp_path), SystemClock())
    yield queue
    await queue.aclose()


@pytest.fixture
def ladder(api: FakeMessagesApi, queue: RequestQueue) -> Verification:
    return Verification(Targets(FakeKeys(), NoSandbox()), api, Desk(queue, api))


async def climbed(ladder: Verification, key: SecretStr | None = KEY) -> dict[Step, Report]:
    """The last word on each step."""
    return {report.step: report async for report in ladder.climb(endpoint(), key)}


def failed(reports: dict[Step, Report]) -> Report:
    """The one step that failed, which is the last that was reported."""
    (report,) = [report for report in reports.values() if report.state is StepState.FAILED]
    return report


async def test_a_good_endpoint_passes_every_step_in_order(ladder: Verification, api: FakeMessagesApi) -> None:
    reports = await climbed(ladder)
    assert list(reports) == list(Step)
    assert {report.state for report in reports.values()} == {StepState.PASSED}
    assert reports[Step.PROBE].seconds is not None
    assert api.calls == 1


async def test_the_probe_asks_what_elasticsearch_asks_with_the_endpoints_own_settings(
    ladder: Verification, api: FakeMessagesApi
) -> None:
    await climbed(ladder)
    assert api.bodies[0]["messages"] == ({"role": "user", "content": "how big"},)
    assert api.bodies[0]["max_tokens"] == 1024


async def test_the_probe_alone_counts_against_the_limit_and_is_told_as_a_verification(
    ladder: Verification, queue: RequestQueue
) -> None:
    await climbed(ladder)
    (group,) = queue.groups()
    assert [start.source for start in queue.activity(group).starts] == [Source.VERIFY]


async def test_a_missing_key_fails_the_first_step_with_advice(ladder: Verification) -> None:
    report = failed(await climbed(ladder, None))
    assert report.step is Step.KEY
    assert report.advice


async def test_an_unreachable_host_fails_the_second(ladder: Verification, api: FakeMessagesApi) -> None:
    api.reachable = lost(Loss.HOST_UNKNOWN)
    assert failed(await climbed(ladder)).step is Step.HOST
    assert api.calls == 0


async def test_a_refused_key_costs_no_request(ladder: Verification, api: FakeMessagesApi) -> None:
    api.catalogue = refused(401, "authentication_error", "invalid x-api-key")
    report = failed(await climbed(ladder))
    assert (report.step, api.calls) == (Step.ACCEPTED, 0)


async def test_an_unknown_model_fails_after_the_key_passed(
    ladder: Verification, api: FakeMessagesApi
) -> None:
    api.catalogue = [ServiceModel("another")]
    reports = await climbed(ladder)
    assert reports[Step.ACCEPTED].state is StepState.PASSED
    assert (failed(reports).step, api.calls) == (Step.MODEL, 0)


async def test_a_server_without_a_list_of_models_is_probed_all_the_same(
    ladder: Verification, api: FakeMessagesApi
) -> None:
    api.catalogue = refused(404, "not_found_error", "no such route")
    reports = await climbed(ladder)
    assert reports[Step.MODEL].state is StepState.SKIPPED
    assert reports[Step.PROBE].state is StepState.PASSED


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (400, Step.PARAMETERS),
        (401, Step.ACCEPTED),
        (402, Step.PROBE),
        (404, Step.MODEL),
        (422, Step.PARAMETERS),
        (501, Step.PROBE),
    ],
)
async def test_what_the_probe_is_refused_for_is_said_on_the_right_step(
    ladder: Verification, api: FakeMessagesApi, status: int, step: Step
) -> None:
    api.catalogue = refused(404, "not_found_error", "no such route")
    api.scripts = [[refused(status, "some_error", "words", retry_after_s=0.0)]] * 3
    reports = await climbed(ladder)
    report = failed(reports)
    assert report.step is step
    assert "words" in report.detail
    assert StepState.RUNNING not in {each.state for each in reports.values()}


async def test_a_probe_that_gets_lost_says_nothing_of_the_parameters(
    ladder: Verification, api: FakeMessagesApi
) -> None:
    api.scripts = [[lost(Loss.NOT_THE_API)]]
    assert failed(await climbed(ladder)).step is Step.PROBE


async def test_the_probe_leaves_as_soon_as_it_is_answered(ladder: Verification, api: FakeMessagesApi) -> None:
    api.scripts = [reply(*"abcdefgh")]
    await climbed(ladder)
    assert api.closed_early == 1


async def test_a_busy_service_is_tried_again_in_sight(ladder: Verification, api: FakeMessagesApi) -> None:
    api.scripts = [[refused(529, "overloaded_error", retry_after_s=0.0)], reply("big")]
    details = [r.detail async for r in ladder.climb(endpoint(), KEY) if r.state is StepState.WAITING]
    assert any("attempt 2 of 3" in detail for detail in details)
