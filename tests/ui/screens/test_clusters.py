"""The clusters' screen: connect, compare, push, pull, delete, chat."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.fakes_cluster import MemoryCluster
from tests.ui.bench import Bench, bench, endpoint, seen, until
from tui_app.core.clusters import ClusterEndpoint, Connection
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import sandbox_endpoint
from tui_app.core.errors import ConnectionLost, Loss
from tui_app.ui.screens.chat import ChatScreen
from tui_app.ui.screens.clusters import ClustersScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def connected(*ours: Endpoint, theirs: Sequence[Endpoint] = ()) -> tuple[Bench, MemoryCluster]:
    """A bench with a connection to a cluster called es."""
    made, cluster = bench(*ours), MemoryCluster(*theirs)
    made.connections.kept["es"] = Connection(name="es", url="http://127.0.0.1:9200")
    made.connections.clusters["es"] = cluster
    return made, cluster


@SIZES
async def test_both_sides_stand_in_one_list_with_what_differs(size: tuple[int, int]) -> None:
    theirs = [endpoint("both"), endpoint("theirs")]
    made, cluster = connected(
        endpoint("both", limit=20),
        endpoint("ours"),
        sandbox_endpoint(),
        theirs=theirs,
    )
    elser = ClusterEndpoint(".elser", "sparse_embedding", "elasticsearch", None, "[/another] one")
    cluster.foreign.append(elser)
    app = made.app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: "answers, 3 endpoints" in seen(app))
        text = seen(app)
        assert "differs in requests_per_minute" in text
        assert "○ only here" in text
        assert "○ only there" in text
        assert "[/another] one" in text


@SIZES
async def test_a_long_reason_is_cut_to_one_line_also_when_the_list_is_new(size: tuple[int, int]) -> None:
    made, cluster = bench(endpoint("ours")), MemoryCluster()
    reason = "the service elasticsearch; inferterm knows anthropic alone " * 3
    cluster.foreign.append(ClusterEndpoint(".elser", "sparse_embedding", "elasticsearch", None, reason))
    made.connections.clusters["es"] = cluster
    app = made.app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("g", "n")
        await until(pilot, lambda: "Connect to a cluster" in seen(app))
        await pilot.press(*"es", "tab", *"http://127.0.0.1:9200", "tab", *"es-secret", "enter")
        await until(pilot, lambda: "only here" in seen(app))
        screen = app.screen
        assert isinstance(screen, ClustersScreen)
        await until(pilot, lambda: screen.lines.virtual_size.height == len(screen.pairs) == 2)


async def test_without_a_connection_the_screen_says_what_it_is_for() -> None:
    app = bench(endpoint()).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: "No cluster is connected yet" in seen(app))


@SIZES
async def test_a_connection_is_made_in_a_form_with_the_keyboard(size: tuple[int, int]) -> None:
    made = bench(endpoint())
    made.connections.clusters["es"] = MemoryCluster()
    app = made.app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("g", "n")
        await until(pilot, lambda: "Connect to a cluster" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "must not be empty" in seen(app))
        await pilot.press(*"es", "tab", *"http://127.0.0.1:9200", "tab", *"es-secret", "enter")
        await until(pilot, lambda: "es" in made.connections.kept)
        await until(pilot, lambda: "only here" in seen(app))
        assert made.connections.keys["es"].get_secret_value() == "es-secret"
        assert "es-secret" not in seen(app)


async def test_a_cluster_that_does_not_answer_is_kept_only_when_told_twice() -> None:
    made = bench(endpoint())
    cluster = MemoryCluster()
    cluster.lost = ConnectionLost(Loss.UNREACHABLE, "Nothing answers at 127.0.0.1:9200", "Start it.")
    made.connections.clusters["es"] = cluster
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g", "n")
        await until(pilot, lambda: "Connect to a cluster" in seen(app))
        await pilot.press(*"es", "tab", *"http://127.0.0.1:9200", "enter")
        await until(pilot, lambda: "ctrl+s again keeps it" in seen(app))
        assert made.connections.kept == {}
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "es" in made.connections.kept)


async def test_pushing_creates_the_endpoint_in_the_cluster() -> None:
    made, cluster = connected(endpoint("ours"))
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: "only here" in seen(app))
        await pilot.press("p")
        await until(pilot, lambda: "✓ the same" in seen(app))
        assert cluster.done == ["PUT ours"]


async def test_what_update_cannot_change_asks_and_names_who_uses_it() -> None:
    made, cluster = connected(endpoint("ours", model="claude-y"), theirs=[endpoint("ours")])
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: "differs in model_id" in seen(app))
        await pilot.press("p")
        await until(pilot, lambda: "Used by pipelines pipeline" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ClustersScreen))
        assert cluster.done == []
        await pilot.press("p")
        await until(pilot, lambda: "Used by pipelines" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "✓ the same" in seen(app))
        assert cluster.run["ours"].model == "claude-y"


async def test_pulling_asks_for_the_key_that_the_cluster_does_not_tell() -> None:
    made, _ = connected(theirs=[endpoint("theirs")])
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: "only there" in seen(app))
        await pilot.press("l")
        await until(pilot, lambda: "tells it nobody" in seen(app))
        await pilot.press(*"sk-ant-mine", "enter")
        await until(pilot, lambda: "✓ the same" in seen(app))
        assert made.keys.keys["theirs"].get_secret_value() == "sk-ant-mine"


async def test_deleting_in_the_cluster_asks_first() -> None:
    made, cluster = connected(theirs=[endpoint("theirs")])
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: "only there" in seen(app))
        await pilot.press("d")
        await until(pilot, lambda: "Delete theirs in es?" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: cluster.done == ["DELETE theirs"])


async def test_a_chat_with_a_clusters_endpoint_is_answered_by_the_cluster() -> None:
    made, _ = connected(theirs=[endpoint("theirs")])
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: "only there" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await pilot.press(*"hello", "enter")
        await until(pilot, lambda: "theirs answers from the cluster" in seen(app))


async def test_a_connection_is_forgotten_with_its_key() -> None:
    made, _ = connected(endpoint("ours"))
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: "only here" in seen(app))
        await pilot.press("x")
        await until(pilot, lambda: "Forget the connection es?" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "No cluster is connected yet" in seen(app))
        assert made.connections.kept == {}
