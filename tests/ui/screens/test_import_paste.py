"""A paste is read without its keys, told, and made only when that is said."""

from __future__ import annotations

import pytest
from textual.events import Paste as PasteEvent
from textual.pilot import Pilot
from textual.widgets import Button, Static

from tests.core.bodies import endpoint
from tests.core.pastes import DOCUMENTED, KEY, PLAIN, PUT
from tests.ui.bench import Bench, bench, seen, until
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import KeyTrouble, StoreFailed
from tui_app.core.import_items import Fate
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.choice import ChoiceScreen
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.import_paste import ImportScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])
WIDE = (120, 40)
WITH_KEY = PUT.replace("<api_key>", KEY)


async def open_import(pilot: Pilot[None]) -> ImportScreen:
    """Open it from the list."""
    await until(pilot, lambda: isinstance(pilot.app.screen, EndpointListScreen) and "quit" in seen(pilot.app))
    await pilot.press("i")
    await until(
        pilot, lambda: isinstance(pilot.app.screen, ImportScreen) and "listed here" in seen(pilot.app)
    )
    screen = pilot.app.screen
    assert isinstance(screen, ImportScreen)
    return screen


async def paste(pilot: Pilot[None], screen: ImportScreen, text: str) -> None:
    """Paste as a terminal does, and wait until it is read."""
    before = screen.items
    screen.area.post_message(PasteEvent(text))
    await until(pilot, lambda: screen.items is not before)


def told(screen: ImportScreen) -> str:
    """The list of what was found, without its line ends."""
    return " ".join(str(screen.query_one("#import-items", Static).render()).split())


def is_over(app: InfertermApp) -> bool:
    """Whether the list is seen again."""
    return isinstance(app.screen, EndpointListScreen)


@SIZES
async def test_a_key_in_a_paste_is_never_shown_and_goes_to_the_keyring(size: tuple[int, int]) -> None:
    made = bench(endpoint("other"))
    app = made.app()
    async with app.run_test(size=size) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, WITH_KEY)
        assert KEY not in screen.area.text
        assert "•••hidden-key-1•••" in screen.area.text
        await until(pilot, lambda: "its key goes to the keyring" in told(screen))
        assert "mine" not in made.store.entries
        screen.area.undo()
        assert KEY not in screen.area.text
        await until(pilot, lambda: not screen.items)
        screen.area.redo()
        await until(pilot, lambda: bool(screen.items))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: is_over(app))
        assert made.store.entries["mine"] == endpoint()
        assert made.keys.keys["mine"].get_secret_value() == KEY


async def test_a_key_that_is_typed_is_masked_at_rest() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_import(pilot)
        screen.area.insert(WITH_KEY)
        await until(pilot, lambda: "•••hidden-key-1•••" in screen.area.text)
        await until(pilot, lambda: bool(screen.items))
        assert screen.items[0].key is not None
        screen.area.undo()
        assert KEY not in screen.area.text


async def test_a_second_paste_keeps_the_first_ones_key() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, WITH_KEY)
        await paste(pilot, screen, WITH_KEY.replace("mine", "next").replace(KEY, f"{KEY}-2"))
        assert {item.inference_id: item.key.get_secret_value() for item in screen.items if item.key} == {
            "mine": KEY,
            "next": f"{KEY}-2",
        }


@SIZES
async def test_everything_that_is_found_is_told(size: tuple[int, int]) -> None:
    app = bench(endpoint("same"), endpoint("mine")).app()
    async with app.run_test(size=size) as pilot:
        screen = await open_import(pilot)
        text = PUT.replace("mine", "same") + PUT.replace("1024", "7") + PUT.replace("mine", "new")
        await paste(pilot, screen, f"{text}GET _search\n{PUT.replace('mine', 'bad').replace('1024', '0')}")
        assert [item.fate for item in screen.items] == [
            Fate.SAME,
            Fate.DIFFERS,
            Fate.NEW,
            Fate.SKIPPED,
            Fate.WRONG,
        ]
        await until(pilot, lambda: "max_tokens: 1024 becomes 7" in seen(app))
        assert "Import 1" in seen(app)
        assert "✗ 1 wrong" in seen(app)
        assert "line 24: task_settings.max_tokens: must be greater than 0, not 0" in told(screen)


async def test_those_that_differ_are_changed_only_when_that_is_chosen() -> None:
    made = bench(endpoint("mine"))
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, PUT.replace("1024", "7"))
        assert screen.query_one("#make", Button).disabled
        await pilot.press("ctrl+s", "f6")
        await until(pilot, lambda: "Import 1" in seen(app))
        assert made.store.entries["mine"] == endpoint()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: is_over(app))
        changed = made.store.entries["mine"]
        assert isinstance(changed, Endpoint)
        assert changed.task_settings.max_tokens == 7


async def test_a_body_without_an_id_is_given_one() -> None:
    made = bench(endpoint("endpoint"))
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, PLAIN)
        await until(pilot, lambda: [item.inference_id for item in screen.items] == ["endpoint-2"])
        screen.id_line.value = "Not Good"
        await until(pilot, lambda: screen.items[0].fate is Fate.WRONG)
        screen.id_line.value = "mine"
        await until(pilot, lambda: screen.items[0].fate is Fate.NEW)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: is_over(app))
        assert made.store.entries["mine"] == endpoint()


async def test_a_failure_in_the_middle_says_what_was_made_and_what_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = bench(endpoint("other"))
    create = made.store.create

    async def failing(each: Endpoint) -> None:
        if each.inference_id == "mine":
            raise StoreFailed("no space is left", "Make room.")
        await create(each)

    monkeypatch.setattr(made.store, "create", failing)
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, PUT.replace("mine", "first") + PUT + PUT.replace("mine", "last"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✗ not made" in seen(app))
        assert "mine: no space is left Make room." in seen(app)
        assert seen(app).count("✓ made") == 2
        await until(pilot, lambda: [item.fate for item in screen.items] == [Fate.SAME, Fate.NEW, Fate.SAME])
        assert {"first", "last"} <= set(made.store.entries)


async def test_a_keyring_that_fails_asks_for_another_place() -> None:
    made: Bench = bench(endpoint("other"))
    made.keys.trouble = KeyTrouble.ABSENT
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, WITH_KEY)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "there was no place for its key" in seen(app))
        assert "mine" not in made.store.entries


async def test_an_endpoint_that_comes_without_a_key_is_said_to_have_none() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, PUT)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "No key yet: mine." in seen(app))


async def test_leaving_asks_first_and_clearing_forgets() -> None:
    made = bench(endpoint("other"))
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, WITH_KEY)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("f7")
        await until(pilot, lambda: not screen.items)
        assert screen.area.text == ""
        await pilot.press("escape")
        await until(pilot, lambda: is_over(app))
        assert set(made.store.entries) == {"other"}


async def test_a_large_paste_of_everything_is_read() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_import(pilot)
        await paste(pilot, screen, "\n".join(DOCUMENTED.values()) * 100)
        assert screen.items[0].fate is Fate.NEW
        assert "and 401 more" in told(screen)
