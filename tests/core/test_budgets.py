"""Budgets: all endpoints by what they draw on, and what only the ledger knows of."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.core.bodies import endpoint
from tests.core.test_endpoints import NoSandbox
from tests.fakes_keys import FakeKeys
from tests.fakes_quota import FakeClock, Process
from tests.fakes_storage import MemoryEndpoints, MemoryHealth
from tui_app.core.budgets import Budgets, key_name, service_name
from tui_app.core.endpoint import SANDBOX_URL
from tui_app.core.endpoints import SANDBOX_ID, Endpoints
from tui_app.core.keys import KeyState, KeyStatus
from tui_app.core.quota import Group, Source
from tui_app.core.service import ServerLimit
from tui_app.core.targets import Targets

KEY = SecretStr("sk-ant-one")


@pytest.fixture
def kept() -> Endpoints:
    keys = FakeKeys()
    return Endpoints(MemoryEndpoints(), keys, MemoryHealth(), Targets(keys, NoSandbox()))


@pytest.fixture
def here(clock: FakeClock, tmp_path: Path) -> Process:
    return Process(clock, tmp_path)


@pytest.fixture
def elsewhere(clock: FakeClock, tmp_path: Path) -> Process:
    return Process(clock, tmp_path)


async def test_endpoints_that_share_a_key_and_a_model_are_members_of_one_budget(
    kept: Endpoints, here: Process
) -> None:
    await kept.create(endpoint("b", limit=5), KEY)
    await kept.create(endpoint("a", limit=50), KEY)
    await kept.create(endpoint("c", model="another"), KEY)
    first, second = await Budgets(kept, here.queue).all()
    assert [[m.inference_id for m in budget.members] for budget in (first, second)] == [["c"], ["a", "b"]]
    assert [member.quota.limit for member in second.members] == [50, 5]
    assert second.quota.limit == 50
    assert all(member.known for member in second.members)
    assert second.where.startswith("Anthropic, key in keyring (")


async def test_what_only_the_ledger_knows_comes_last_with_the_limit_it_was_seen_with(
    kept: Endpoints, here: Process, elsewhere: Process, clock: FakeClock
) -> None:
    await kept.create(endpoint("mine"), KEY)
    group = Group("https://a.example/api", "1a2b3c4d", "m")
    elsewhere.queue.join(group, 7, "gone", Source.ASK)
    clock.advance(0.3)
    mine, foreign = await Budgets(kept, here.queue).all()
    assert [m.inference_id for m in mine.members] == ["mine"]
    (member,) = foreign.members
    assert (member.inference_id, member.quota.limit, member.known) == ("gone", 7, False)
    assert foreign.quota.used(clock.now()) == 1
    assert foreign.where == "a.example, key 1a2b3c4d, not used by an endpoint here"


async def test_a_group_without_any_endpoint_is_told_under_the_services_own_limit(
    kept: Endpoints, here: Process, elsewhere: Process, clock: FakeClock
) -> None:
    group = Group("https://a.example", "none-x", "m")
    elsewhere.queue.note_told(group, (ServerLimit("requests", 40, 12, None),), clock.now())
    clock.advance(0.3)
    (budget,) = await Budgets(kept, here.queue).all()
    assert budget.quota.limit == 40
    assert budget.activity.told[0].remaining == 12


async def test_a_deleted_endpoint_is_still_a_member_while_its_requests_count(
    kept: Endpoints, here: Process, clock: FakeClock
) -> None:
    await kept.create(endpoint("mine"), KEY)
    await kept.create(endpoint("other", limit=3), KEY)
    budgets = Budgets(kept, here.queue)
    (budget,) = await budgets.all()
    here.queue.join(budget.group, 3, "other", Source.CHAT)
    clock.advance(0.3)
    await kept.delete("other", with_key=False)
    (budget,) = await Budgets(kept, here.queue).all()
    assert [(m.inference_id, m.quota.limit, m.known) for m in budget.members] == [
        ("mine", 50, True),
        ("other", 3, False),
    ]


async def test_budgets_are_refreshed_without_looking_for_endpoints_and_keys(
    kept: Endpoints, here: Process, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept.create(endpoint("mine"), KEY)
    budgets = Budgets(kept, here.queue)
    before = await budgets.all()
    monkeypatch.setattr(kept, "entries", None)
    here.queue.join(before[0].group, 50, "mine", Source.CHAT)
    clock.advance(0.3)
    (after,) = await budgets.all()
    assert (before[0].quota.used(clock.now()), after.quota.used(clock.now())) == (0, 1)
    assert (after.group, after.where) == (before[0].group, before[0].where)


async def test_the_sandbox_is_known_without_a_file(kept: Endpoints, here: Process, clock: FakeClock) -> None:
    here.queue.join(Group(SANDBOX_URL, "sandbox", "m"), 50, SANDBOX_ID, Source.ASK)
    clock.advance(0.3)
    (budget,) = await Budgets(kept, here.queue).all()
    assert (budget.members[0].known, budget.where) == (True, "the built-in sandbox")


def test_services_and_keys_have_names() -> None:
    group = Group("https://api.anthropic.com", "1a2b3c4d", "m")
    assert service_name("http://localhost:8080/api") == "localhost:8080"
    assert key_name(group, KeyStatus(KeyState.ENVIRONMENT, "1a2b3c4d")) == "key from environment (1a2b3c4d)"
    assert key_name(group, KeyStatus(KeyState.MISSING)) == "key missing"
    assert key_name(Group("x", "none-mine", "m"), None) == "key not known"
