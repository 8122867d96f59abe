"""The list of endpoints shows what there is, keeps it current, and offers what is possible."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from tests.fakes_service import refused
from tests.ui.bench import BROKEN, KEY, NOW, bench, endpoint, seen, until
from tui_app.core.storage import Health
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.help import HelpScreen
from tui_app.ui.screens.too_small import TooSmallScreen
from tui_app.ui.widgets.endpoint_table import EndpointTable

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


@SIZES
async def test_the_list_shows_model_quota_key_and_broken_files(size: tuple[int, int]) -> None:
    made = bench(endpoint("prod", "claude-haiku-4-5", 5), endpoint("box", sandbox=True), BROKEN)
    made.health.healths["prod"] = Health(verified_at=NOW - 130, verified_latency_s=0.6)
    app = made.app()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        text = seen(app)
        assert "claude-haiku-4-5" in text
        assert "✓ keyring" in text
        assert "not needed" in text
        assert "✗ line 4: Expecting ',' delimiter [/v1/x]" in text
        assert "3 endpoints" in text


async def test_endpoints_stand_on_the_first_screen_before_keys_are_known() -> None:
    app = bench(endpoint("prod")).app()
    async with app.run_test():
        assert isinstance(app.screen, EndpointListScreen)
        assert [row.inference_id for row in app.screen.rows if hasattr(row, "inference_id")] == ["prod"]


@SIZES
async def test_an_empty_list_offers_a_form_and_the_sandbox(size: tuple[int, int]) -> None:
    app = bench().app()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Welcome to inferterm" in seen(app))
        assert "New endpoint" in seen(app)
        assert "Try the sandbox" in seen(app)
        assert isinstance(app.focused, OptionList)


async def test_a_change_on_disk_shows_at_once_and_the_cursor_stays() -> None:
    made = bench(endpoint("b"))
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        made.store.put(endpoint("a"))
        await until(pilot, lambda: "2 endpoints" in seen(app))
        table = app.screen.query_one(EndpointTable)
        await until(pilot, lambda: table.highlighted == 1)


async def test_one_endpoint_is_marked_however_the_cursor_and_the_list_move() -> None:
    made = bench(*(endpoint(name) for name in ("a", "b", "c", "d")))
    app = made.app()

    def marked() -> list[str]:
        return [line.split()[1] for line in seen(app).split("\n") if line.startswith(" ▸ ")]

    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        assert marked() == ["a"]
        for key, there in (("down", "b"), ("end", "d"), ("up", "c"), ("home", "a"), ("up", "d")):
            await pilot.press(key)
            await until(pilot, lambda there=there: marked() == [there])  # type: ignore[misc]
        await made.store.delete("d")
        await made.store.delete("c")
        await until(pilot, lambda: marked() == ["b"])


async def test_a_refused_key_and_an_error_are_told_with_their_age() -> None:
    made = bench(endpoint("prod"))
    made.health.healths["prod"] = Health(failed_at=NOW - 7300, error="[/v1] no such key", key_refused=True)
    app = made.app()
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.query_one(EndpointTable)._wall = lambda: NOW
        await until(pilot, lambda: "✗ refused" in seen(app))
        assert "[/v1] no such key" in seen(app)


async def test_typing_after_a_slash_filters_and_escape_shows_all_again() -> None:
    app = bench(endpoint("alpha"), endpoint("beta", "claude-sonnet-5-5")).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("slash", *"sonnet")
        await until(pilot, lambda: "1 of 2 endpoints" in seen(app))
        assert "alpha" not in seen(app)
        await pilot.press("escape")
        await until(pilot, lambda: "alpha" in seen(app))
        assert "2 endpoints" in seen(app)


async def test_endpoints_on_one_budget_are_told_of_each_other() -> None:
    app = bench(endpoint("one"), endpoint("two")).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "shared with two" in seen(app))


async def test_help_names_the_commands_of_this_screen() -> None:
    app = bench(endpoint("one")).app(keymap={"endpoints.new": "z"})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: "Create an endpoint in a form." in seen(app))
        line = next(line for line in seen(app).splitlines() if "Create an endpoint" in line)
        assert line.strip(" │").startswith("z ")


async def test_a_keymap_that_names_no_command_is_told() -> None:
    app = bench(endpoint("one")).app(keymap={"endpoints.nope[b]": "a"})
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "endpoints.nope[b]" in seen(app))


async def test_a_terminal_without_room_says_so_and_recovers() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.resize_terminal(50, 10)
        await until(pilot, lambda: isinstance(app.screen, TooSmallScreen))
        await until(pilot, lambda: "too small" in seen(app))
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))


async def test_quitting_closes_inference() -> None:
    made = bench(endpoint("one"))
    app = made.app()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert made.api.closed


async def test_nothing_ticks_while_nothing_counts_down() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: "left" in seen(app))
        assert not app.screen.query_one(EndpointTable).ticking


@SIZES
async def test_the_foot_of_the_screen_fits_and_keeps_help_and_quit(size: tuple[int, int]) -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "help" in seen(app))
        foot = seen(app).splitlines()[-1]
        assert "help" in foot
        assert "quit" in foot
        assert len(foot) <= size[0]


async def test_the_palette_offers_each_command_once() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "Delete" in titles
        assert len(titles) == len(set(titles))
        await pilot.press("ctrl+p", *"verify")
        await until(pilot, lambda: "Try the endpoint step by step" in seen(app))


async def test_deleting_names_what_goes_and_takes_the_key_along_if_told_so() -> None:
    made = bench(endpoint("one"), endpoint("two", "claude-opus-5"))
    app = made.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("d")
        await until(pilot, lambda: "the file one.json" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "one" not in made.store.entries)
        assert made.keys.deleted == ["one"]
        await until(pilot, lambda: "1 endpoint" in seen(app))


async def test_leaving_the_question_deletes_nothing() -> None:
    made = bench(endpoint("one"))
    app = made.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("d")
        await until(pilot, lambda: "the file one.json" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.id is None and isinstance(app.screen, EndpointListScreen))
        assert "one" in made.store.entries


async def test_a_broken_file_is_left_alone_and_can_be_deleted() -> None:
    made = bench(BROKEN)
    app = made.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "What to do" in seen(app))
        assert "verify" not in seen(app).splitlines()[-1]
        await pilot.press("d")
        await until(pilot, lambda: "the file /endpoints/broken.json" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "broken" not in made.store.entries)


async def test_a_new_key_is_verified_before_the_old_one_is_let_go() -> None:
    made = bench(endpoint("one"))
    made.api.catalogue = refused(401, "authentication_error", "invalid x-api-key")
    app = made.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("k")
        await until(pilot, lambda: "Replace it" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "it is masked" in seen(app))
        await pilot.press(*"sk-other", "enter")
        await until(pilot, lambda: "Leave the key as it is" in seen(app))
        assert "sk-other" not in seen(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))
        assert made.keys.keys["one"] == KEY
        assert made.keys.kept == []


async def test_why_an_id_cannot_change_is_said_and_a_clone_offered() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("r")
        await until(pilot, lambda: "An inference id cannot change" in seen(app))
        await pilot.press("enter", *"other")
        await until(pilot, lambda: "Clone of one" in seen(app))
        await until(pilot, lambda: "_inference/completion/other" in seen(app))


async def test_a_click_moves_the_cursor_and_the_footer_takes_clicks() -> None:
    app = bench(endpoint("one"), endpoint("two", "claude-opus-5")).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        table = app.screen.query_one(EndpointTable)
        await pilot.click(table, offset=(10, 1))
        assert table.highlighted == 1
        await pilot.click("KeyBar", offset=(seen(app).splitlines()[-1].index("new"), 0))
        await until(pilot, lambda: "New endpoint" in seen(app))


async def test_trying_the_sandbox_makes_its_endpoint_and_opens_its_chat() -> None:
    made = bench()
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "Welcome to inferterm" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "sandbox" in made.store.entries)
        await until(pilot, lambda: type(app.screen).__name__ == "ChatScreen")


async def test_a_key_may_be_looked_for_in_a_variable_instead() -> None:
    made = bench(endpoint("one"))
    app = made.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("k")
        await until(pilot, lambda: "Say where it lies instead" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Where does the key of one lie?" in seen(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "Name of the variable" in seen(app))
        await pilot.press("end", *"_2", "enter")
        await until(pilot, lambda: "ANTHROPIC_API_KEY_2" in str(made.store.entries["one"]))


@pytest.mark.parametrize(
    ("place", "words"),
    [("keyring", "It goes to the keyring"), ("run", "for this run only"), ("vault", "It goes to the vault")],
)
async def test_where_a_pasted_key_will_lie_is_said_before_it_is_pasted(place: str, words: str) -> None:
    app = bench(endpoint("one", key={"place": place}), key=None).app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "! missing" in seen(app))
        await pilot.press("k")
        await until(pilot, lambda: "Paste a key" in seen(app))
        assert words in seen(app)


async def test_a_filter_that_nothing_matches_says_so() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: "No endpoint matches" in seen(app))


async def test_the_footer_follows_the_cursor_from_a_broken_file_to_an_endpoint() -> None:
    app = bench(BROKEN, endpoint("whole")).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "What to do" in seen(app))
        assert "clone" not in seen(app).splitlines()[-1]
        await pilot.press("down")
        await until(pilot, lambda: "clone" in seen(app).splitlines()[-1])
        await pilot.press("up")
        await until(pilot, lambda: "clone" not in seen(app).splitlines()[-1])


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40)])
async def test_details_stay_in_sight_under_a_long_list(size: tuple[int, int]) -> None:
    app = bench(*(endpoint(f"box-{n:02}", f"claude-{n}") for n in range(60))).app()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Goes to" in seen(app))
        await pilot.press("end")
        await until(pilot, lambda: "▸ box-59" in seen(app) and "claude-59, answers up to" in seen(app))


async def test_help_lists_the_ids_that_a_keymap_needs() -> None:
    app = bench(endpoint("one")).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("end")
        await until(pilot, lambda: "for keymap.json: endpoints.chat, endpoints.new" in seen(app))
