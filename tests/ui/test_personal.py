"""Keys, themes and settings of a person's own, as files that the running app reads anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.screen import ModalScreen
from textual.theme import BUILTIN_THEMES
from textual.widget import Widget
from textual.widgets import Input

from tests.ui.bench import bench, endpoint, seen, until
from tui_app.adapters.personal_files import ConfigFolder
from tui_app.adapters.settings_file import SettingsFile
from tui_app.core.personal import OwnFile
from tui_app.core.preferences import Preferences
from tui_app.ui.app import InfertermApp
from tui_app.ui.own_themes import theme_of
from tui_app.ui.screens.endpoint_form import EndpointFormScreen
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.help import HelpScreen
from tui_app.ui.screens.jump import JumpScreen
from tui_app.ui.screens.settings import SettingsScreen
from tui_app.ui.themes import DARK, LIGHT
from tui_app.ui.widgets.endpoint_table import EndpointTable

THEME = 'primary = "#112233"\naccent = "{accent}"\ndark = true\n\n[variables]\ngauge-left = "#445566"\n'


def app_in(folder: Path) -> InfertermApp:
    """The app on files in a folder."""
    made = bench(endpoint("one"), endpoint("two"))
    personal, store = ConfigFolder(folder), SettingsFile(folder)
    current, _ = store.load()
    preferences = Preferences(store, current)
    equipment = replace(made.equipment(), preferences=preferences, own=personal.read(), personal=personal)
    return InfertermApp(equipment)


def cursor(app: InfertermApp) -> int | None:
    """Which endpoint the cursor is on."""
    found = app.screen.query(EndpointTable)
    return found.first().highlighted if found and found.first().rows else None


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A configuration folder."""
    (tmp_path / "themes").mkdir()
    yield tmp_path


async def test_keys_are_read_anew_and_mistakes_are_told(folder: Path) -> None:
    app = app_in(folder)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))
        (folder / "keymap.json").write_text('{"endpoints.new": "z"}')
        await until(pilot, lambda: "z new" in seen(app).splitlines()[-1])
        await pilot.press("z")
        await until(pilot, lambda: isinstance(app.screen, EndpointFormScreen))
        (folder / "keymap.json").write_text('{\n"endpoints.nwe": "z"}')
        await until(pilot, lambda: "did you mean endpoints.new?" in " ".join(seen(app).split()))


async def test_an_own_theme_holds_and_changes_with_its_file(folder: Path) -> None:
    (folder / "themes/mine.toml").write_text(THEME.format(accent="#aabbcc"))
    (folder / "settings.json").write_text('{"theme": "mine"}')
    app = app_in(folder)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        assert app.theme == "mine"
        assert app.theme_variables["accent"].lower() == "#aabbcc"
        (folder / "themes/mine.toml").write_text(THEME.format(accent="#ddeeff"))
        await until(pilot, lambda: app.theme_variables["accent"].lower() == "#ddeeff")
        assert app.theme_variables["gauge-left"] == "#445566"
        (folder / "themes/mine.toml").write_text(THEME.format(accent="#ddeeff").replace("accent", "acent"))
        await until(pilot, lambda: bool(app._notifications))
        (told,) = app._notifications
        assert told.message == f"{folder}/themes/mine.toml:2: a theme has no acent; did you mean accent?"


async def test_a_theme_whose_file_goes_gives_way_until_it_is_there_again(folder: Path) -> None:
    file = folder / "themes/mine.toml"
    file.write_text(THEME.format(accent="#aabbcc"))
    (folder / "settings.json").write_text('{"theme": "mine"}')
    app = app_in(folder)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        assert app.theme == "mine"
        file.write_text("accent = ")
        await until(pilot, lambda: bool(app._notifications))
        assert app.theme == "mine", "what is broken for a moment changes nothing"
        file.unlink()
        await until(pilot, lambda: app.theme == "inferterm-dark")
        assert "mine" not in app.available_themes
        await until(pilot, lambda: "there is no theme mine" in " ".join(seen(app).split()))
        file.write_text(THEME.format(accent="#aabbcc"))
        await until(pilot, lambda: app.theme == "mine")
    assert json.loads((folder / "settings.json").read_text())["theme"] == "mine"


async def test_a_theme_that_was_never_there_is_named_with_the_nearest(folder: Path) -> None:
    (folder / "settings.json").write_text('{"theme": "norrd"}')
    app = app_in(folder)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: bool(app._notifications))
        (told,) = app._notifications
        assert told.message == "there is no theme norrd, so inferterm-dark is shown; did you mean nord?"


async def test_many_mistakes_are_told_in_one_notice(folder: Path) -> None:
    (folder / "keymap.json").write_text(json.dumps({f"no.such{n}": "x" for n in range(9)}))
    app = app_in(folder)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: bool(app._notifications))
        (told,) = app._notifications
        assert told.message.count("there is no command") == 4
        assert told.message.endswith("and 5 more")


async def test_settings_that_an_editor_writes_hold_at_once(folder: Path) -> None:
    app = app_in(folder)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        (folder / "settings.json").write_text('{"theme": "inferterm-light", "vim_keys": true}')
        await until(pilot, lambda: app.theme == "inferterm-light" and app.preferences.current.vim_keys)
        await until(pilot, lambda: "● light" in seen(app) or "light" in seen(app))
        assert json.loads((folder / "settings.json").read_text())["theme"] == "inferterm-light"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"accent": "red"}', "themes/x.json: a theme needs a colour named primary"),
        ('{\n"primary": "rde"}', "themes/x.json:2: primary: rde is no colour; did you mean red?"),
        ('{"primary": "red",\n"dark": "yes"}', "themes/x.json:2: dark is true or false"),
        ('{"primary": "red",\n"text_alpha": 3}', "themes/x.json:2: text_alpha is a number from 0 to 1"),
        ('{"primary": "red",\n"variables": {\n"rule": 3}}', "themes/x.json:3: rule: a text is expected"),
        ('{"primary": 3}', "themes/x.json:1: primary: a colour is expected"),
        (
            '{"primary": "red",\n"variables": {\n"gauge-left": "rde"}}',
            "themes/x.json:3: gauge-left: rde is no colour; did you mean red?",
        ),
        (
            '{"primary": "red", "variables": {"border": "} * { color: red"}}',
            "themes/x.json:1: border: } * { color: red is no colour",
        ),
        (
            '{"primary": "red", "variables": {"link-style": "bold blod"}}',
            "themes/x.json:1: link-style: blod is no text style; did you mean bold?",
        ),
    ],
)
def test_a_themes_mistakes_are_named_by_line(folder: Path, text: str, said: str) -> None:
    (folder / "themes/x.json").write_text(text)
    (file,) = ConfigFolder(folder).read().themes
    theme, flaws = theme_of(file)
    assert theme is None
    assert [each.removeprefix(f"{folder}/")[: len(said)] for each in flaws] == [said]


def test_a_variable_that_nothing_has_is_told_and_harms_nothing() -> None:
    variables = {"gauge-lef": "red", "quite-another": "red"}
    file = OwnFile("x.json", "x", {"primary": "red", "variables": variables}, {"variables.gauge-lef": 3})
    theme, said = theme_of(file)
    assert theme is not None
    assert said == ("x.json:3: there is no variable gauge-lef; did you mean gauge-left?",)


def test_all_that_a_theme_of_textual_or_ours_says_may_be_said() -> None:
    for theme in (DARK, LIGHT, *BUILTIN_THEMES.values()):
        values = {"primary": "red", "variables": theme.to_color_system().generate()}
        assert theme_of(OwnFile("x", "x", values))[1] == ()  # type: ignore[arg-type]  # texts by name


def test_a_toml_that_is_none_is_told_by_line(folder: Path) -> None:
    (folder / "themes/x.toml").write_text('primary = "red"\naccent = \n')
    (flaw,) = ConfigFolder(folder).read().flaws
    assert flaw.startswith(f"{folder}/themes/x.toml:2: this is not TOML: invalid value")


async def test_vims_keys_move_where_no_text_is_typed(folder: Path) -> None:
    (folder / "settings.json").write_text('{"vim_keys": true}')
    app = app_in(folder)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: cursor(app) == 0)
        await pilot.press("j")
        await until(pilot, lambda: cursor(app) == 1)
        await pilot.press("g")
        await until(pilot, lambda: cursor(app) == 0)
        await pilot.press("G")
        await until(pilot, lambda: cursor(app) == 1)
        await pilot.press("slash", "j", "k")
        await until(pilot, lambda: any(field.value == "jk" for field in app.screen.query(Input)))
        await pilot.press("escape", "K")
        await until(pilot, lambda: isinstance(app.screen, ModalScreen))


async def test_vims_keys_leave_the_editing_of_a_field_alone(folder: Path) -> None:
    (folder / "settings.json").write_text('{"vim_keys": true}')
    app = app_in(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: cursor(app) == 0)
        await pilot.press("slash", *"one", "ctrl+u")
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.value == "")


async def test_vims_letters_are_letters_of_a_jump(folder: Path) -> None:
    (folder / "settings.json").write_text('{"vim_keys": true}')
    app = app_in(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, EndpointFormScreen))
        form = app.screen
        for letter in "hjkl":
            await pilot.press("ctrl+right_square_bracket")
            await until(pilot, lambda: isinstance(app.screen, JumpScreen))
            jump = app.screen
            assert isinstance(jump, JumpScreen)
            (wanted,) = [widget for each, widget, _ in jump._targets if each == letter]
            await pilot.press(letter)
            await until(pilot, lambda wanted=wanted: form.focused is wanted)  # type: ignore[misc]


async def test_a_letter_jumps_to_any_field(folder: Path) -> None:
    app = app_in(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, EndpointFormScreen))
        form, before = app.screen, app.screen.focused
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen))
        jump = app.screen
        assert isinstance(jump, JumpScreen)
        letter, wanted, region = next(each for each in jump._targets if each[1] is not before)
        await until(pilot, lambda: f" {letter} " in seen(app).splitlines()[region.y])
        await pilot.press(letter)
        await until(pilot, lambda: form.focused is wanted)
        await pilot.press("ctrl+underscore")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is form)
        assert form.focused is wanted


async def test_a_jump_reaches_what_is_out_of_sight_page_by_page(folder: Path) -> None:
    app = app_in(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        settings = app.screen
        first, last = settings.focus_chain[0], settings.focus_chain[-1]
        for wanted, page in ((last, "pagedown"), (first, "pageup")):
            await pilot.press("ctrl+right_square_bracket")
            await until(pilot, lambda: isinstance(app.screen, JumpScreen))
            assert wanted not in marked(app)
            for _ in settings.focus_chain:
                await until(pilot, lambda: isinstance(app.screen, JumpScreen) and "out of sight" in seen(app))
                jump = app.screen
                if wanted in marked(app):
                    break
                await pilot.press(page)
                await until(pilot, lambda jump=jump: app.screen is not jump)  # type: ignore[misc]
            letter, row = marked(app)[wanted]
            await until(pilot, lambda at=(letter, row): f" {at[0]} " in seen(app).splitlines()[at[1]])  # type: ignore[misc]
            await pilot.press(letter)
            await until(pilot, lambda wanted=wanted: settings.focused is wanted)  # type: ignore[misc]


def marked(app: InfertermApp) -> dict[Widget, tuple[str, int]]:
    """What can be jumped to, each with its letter and the row of that."""
    assert isinstance(app.screen, JumpScreen)
    return {widget: (letter, region.y) for letter, widget, region in app.screen._targets}


async def test_help_is_there_in_dialogues_too(folder: Path) -> None:
    app = app_in(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: cursor(app) == 0)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ModalScreen))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_a_key_that_comes_before_the_terminal_says_that_it_has_the_focus_is_taken(folder: Path) -> None:
    (folder / "settings.json").write_text('{"vim_keys": true}')
    app = app_in(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: cursor(app) == 0)
        app.app_focus = False
        await pilot.pause()
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"light")
        await until(pilot, lambda: "Light or dark" in seen(app))
        assert app.screen.query_one(Input).value == "light"
