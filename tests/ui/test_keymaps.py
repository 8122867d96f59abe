"""A keymap's mistakes are named by line and nearest spelling; the rest of it holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui_app.adapters.personal_files import ConfigFolder
from tui_app.ui.commands import COMMANDS
from tui_app.ui.keymaps import checked, normal
from tui_app.ui.vim_keys import MOVED, MOVES


def read(folder: Path, text: str) -> tuple[dict[str, str], list[str]]:
    """The keys of a keymap, and what is wrong with it without the folder."""
    (folder / "keymap.json").write_text(text)
    own = ConfigFolder(folder).read()
    keys, flaws = checked(own.keymap) if own.keymap else ({}, ())
    return keys, [each.removeprefix(f"{folder}/") for each in (*own.flaws, *flaws)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{\n "endpoints.nwe": "a"}',
            "keymap.json:2: there is no command endpoints.nwe; did you mean endpoints.new?",
        ),
        (
            '{"endpoints.new": "z",\n\n "form.save": "ctrl+entr"}',
            "keymap.json:3: form.save: there is no key ctrl+entr",
        ),
        (
            '{"endpoints.new": "escpe"}',
            "keymap.json:1: endpoints.new: there is no key escpe; did you mean escape?",
        ),
        (
            '{"endpoints.new": "crtl+n"}',
            "keymap.json:1: endpoints.new: there is no key crtl+n; did you mean ctrl+n?",
        ),
        (
            '{\n"endpoints.new": "e"}',
            "keymap.json:2: endpoints.new: e belongs to endpoints.edit (edit); its own keys hold",
        ),
        (
            '{"endpoints.new": "z",\n"endpoints.edit": "z"}',
            "keymap.json:2: endpoints.edit: z belongs to endpoints.new (new); its own keys hold",
        ),
        (
            '{"endpoints.new": "ctrl+q"}',
            "keymap.json:1: endpoints.new: ctrl+q belongs to app.quit (quit); its own keys hold",
        ),
        (
            '{"chat.new": "f4"}',
            "keymap.json:1: chat.new: f4 belongs to reply.go_on (go on); its own keys hold",
        ),
        (
            '{"app.quota": "f3"}',
            "keymap.json:1: app.quota: f3 belongs to chat.settings (settings); its own keys hold",
        ),
        (
            '{"form.save": "ctrl+i"}',
            "keymap.json:1: form.save: ctrl+i is tab to a terminal; its own keys hold",
        ),
        ('{"endpoints.new": 7}', 'keymap.json:1: endpoints.new: keys are expected, as in "n"'),
        ('{\n"endpoints.new" "a"}', "keymap.json:2: this is not JSON: Expecting ':' delimiter (column 17)"),
        ("[1]", "keymap.json:1: an object is expected: names, each with its value"),
        (
            '{"endpoints.new": "z",\n"endpoints.new": "b"}',
            'keymap.json:2: this is not JSON: the key "endpoints.new" stands twice',
        ),
    ],
)
def test_a_mistake_is_named_by_its_line_and_nearest_spelling(tmp_path: Path, text: str, said: str) -> None:
    keys, flaws = read(tmp_path, text)
    assert [each[: len(said)] for each in flaws] == [said]
    assert set(keys) <= {"endpoints.new"}


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("form.save", "ctrl+enter", "few terminals send ctrl+enter; name another key besides"),
        ("prompt.newline", "Shift+Enter", "few terminals send shift+enter; name another key besides"),
        ("endpoints.new", "ctrl+a", "GNU screen keeps ctrl+a for itself; name another key besides"),
        ("chat.new", "n", "n is text where one types; name another key besides"),
    ],
)
def test_a_key_that_may_be_out_of_reach_holds_and_is_told(
    tmp_path: Path, name: str, keys: str, said: str
) -> None:
    held, flaws = read(tmp_path, json.dumps({name: keys}))
    assert held == {name: keys.lower()}
    assert flaws == [f"keymap.json:1: {name}: {said}"]
    assert read(tmp_path, json.dumps({name: f"{keys},alt+n"}))[1] == []


def test_a_key_that_only_another_place_has_may_be_taken(tmp_path: Path) -> None:
    free = {"endpoints.new": "f6", "quota.later": "pagedown", "batches.new": "tab"}
    assert read(tmp_path, json.dumps(free)) == (free, [])


def test_ctrl_and_space_holds_by_both_names_under_which_it_comes(tmp_path: Path) -> None:
    assert read(tmp_path, '{"chat.new": "Ctrl+Space"}') == ({"chat.new": "ctrl+@,ctrl+space"}, [])


def test_two_commands_may_change_their_keys() -> None:
    swapped = {"endpoints.new": "e", "endpoints.edit": "n"}
    from tui_app.core.personal import OwnFile

    assert checked(OwnFile("k", "k", swapped)) == (swapped, ())


def test_all_declared_keys_are_keys(tmp_path: Path) -> None:
    everything = {command.id: command.key for command in COMMANDS}
    assert read(tmp_path, json.dumps(everything)) == (everything, [])


@pytest.mark.parametrize(
    ("typed", "key"),
    [("/", "slash"), ("Ctrl+T", "ctrl+t"), ("G", "G"), ("F5", "f5"), ("alt+?", "alt+question_mark")],
)
def test_keys_may_be_written_as_people_write_them(typed: str, key: str) -> None:
    assert normal(typed) == key


def test_commands_on_vims_letters_have_another_one() -> None:
    letters = {command.id for command in COMMANDS if set(command.key.split(",")) & set(MOVES)}
    typed_into = {"prompt", "chat", "reply", "form", "import"}
    plain = {name for name in letters if name.partition(".")[0] not in typed_into}
    alone = {c.id for c in COMMANDS if c.id in plain and set(c.key.split(",")) <= set(MOVES)}
    assert alone == set(MOVED)
    for name, key in MOVED.items():
        others = [c.key for c in COMMANDS if c.place == name.partition(".")[0] and c.id != name]
        assert key not in ",".join(others).split(",")
