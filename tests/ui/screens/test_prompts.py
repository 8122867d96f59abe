"""The library of prompts in the app: filled in, asked in a chat, compared by version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes_service import reply
from tests.ui.bench import endpoint, seen, until
from tests.ui.workshop import Workshop, kept, workshop
from tui_app.ui.screens.chat import ChatScreen
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.prompts import PromptsScreen
from tui_app.ui.screens.versions import VersionsScreen
from tui_app.ui.widgets.value_area import ValueArea

SIZES = [(80, 24), (120, 40)]
GREET = 'system = "Be brief"\nprompt = "Greet {{name}} in {{tongue}}"\n[defaults]\ntongue = "French"\n'
LED = """
[[turns]]
role = "user"
text = "One"
[[turns]]
role = "assistant"
text = "First answer"
[[turns]]
role = "user"
text = "Two {{what}}"
[[turns]]
role = "assistant"
text = "It begins "
"""


@pytest.mark.parametrize("size", SIZES)
async def test_a_prompt_is_filled_in_and_taken_into_a_chat(tmp_path: Path, size: tuple[int, int]) -> None:
    kept(tmp_path, greet=GREET, broken="prompt = \n")
    async with workshop(tmp_path, size) as at:
        await at.press("p")
        await at.at(PromptsScreen)
        await at.sees("broken", "cannot be read", "greet", "broken.toml:1")
        await at.press("down")
        await at.sees("Greet {{name}} in French")
        await at.press("enter")
        await at.sees("Fill in greet")
        await at.press("f5")
        await at.sees("no value for `name`")
        at.app.screen.query(ValueArea).first().load_text("Ada [/b]")
        await at.press("f5")
        await at.at(ChatScreen)
        await at.sees("Greet Ada [/b] in French")
        entries = await at.bench.inference.chats.entries()
        loaded = await at.bench.history.load(entries[0].id)
        assert loaded is not None
        assert loaded.settings.system == "Be brief"


async def test_a_chat_takes_a_prompt_with_what_was_said_before_and_how_the_answer_begins(
    tmp_path: Path,
) -> None:
    kept(tmp_path, led=LED)
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("here")]
        await at.press("enter")
        await at.at(ChatScreen)
        await until(at.pilot, lambda: "Ask something" in seen(at.app))
        await at.press("alt+p")
        await at.at(PromptsScreen)
        await at.sees("choose a prompt", "led")
        await at.press("enter")
        await at.sees("Fill in led", "The answer begins with")
        at.app.screen.query(ValueArea).first().load_text("now")
        await at.press("enter")
        await until(at.pilot, lambda: "First answer" in seen(at.app) and "goes on from: It" in seen(at.app))
        await at.press("enter")
        await at.sees("It beginshere")
        assert at.bench.api.bodies[0]["messages"] == (
            {"role": "user", "content": "One"},
            {"role": "assistant", "content": [{"type": "text", "text": "First answer"}]},
            {"role": "user", "content": "Two now"},
            {"role": "assistant", "content": "It begins"},
        )
        await until(at.pilot, lambda: "goes on from" not in seen(at.app))


async def test_that_a_model_takes_no_beginning_is_said_before_it_is_sent(tmp_path: Path) -> None:
    kept(tmp_path, led=LED)
    newer = endpoint("young", model="claude-sonnet-5-5")
    async with workshop(tmp_path, others=(newer,)) as at:
        at.bench.api.scripts = [reply("well")]
        await at.press("end", "enter")
        await at.at(ChatScreen)
        await until(at.pilot, lambda: "Ask something" in seen(at.app))
        await at.press("alt+p")
        await at.at(PromptsScreen)
        await at.sees("led")
        await at.press("enter")
        await at.sees("claude-sonnet-5-5 refuses a prompt that ends with the assistant's turn")
        at.app.screen.query(ValueArea).first().load_text("now")
        await at.press("ctrl+s")
        await at.sees("This model takes no beginning")
        assert at.bench.api.sent == 0
        await at.press("enter")
        await until(at.pilot, lambda: bool(at.bench.api.bodies))
        last = str(at.bench.api.bodies[0]["messages"]).rpartition("{'role': ")[2]
        assert last.startswith("'user'")
        assert "go on from there:\\nIt begins" in last


async def test_a_plain_prompt_goes_into_the_chat_that_is_open(tmp_path: Path) -> None:
    kept(tmp_path, plain='prompt = "Only this"\n')
    async with workshop(tmp_path) as at:
        await at.press("enter")
        await at.at(ChatScreen)
        await until(at.pilot, lambda: "Ask something" in seen(at.app))
        await at.press("H", "i", "alt+p")
        await at.at(PromptsScreen)
        await at.sees("plain")
        await at.press("enter")
        await at.sees("Fill in plain")
        await at.press("enter")
        await at.at(ChatScreen)
        await at.sees("> Hi", "Only this")


async def test_a_value_can_be_the_text_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept(tmp_path, greet=GREET)
    (tmp_path / "name.txt").write_text("Ada\nLovelace")
    async with workshop(tmp_path) as at:
        await at.press("p")
        await at.at(PromptsScreen)
        await at.sees("greet")
        await at.press("enter")
        await at.sees("Fill in greet")
        at.app.screen.query(ValueArea).first().load_text("@missing.txt")
        await at.press("f5")
        await at.sees("missing.txt cannot be read")
        at.app.screen.query(ValueArea).first().load_text("@name.txt")
        await at.press("f5")
        await at.at(ChatScreen)
        await at.sees("Greet Ada", "Lovelace in French")


async def versions_after(at: Workshop, change: str, shown: str) -> None:
    """Keep a prompt, change its file, and open its versions from the list, which shows so."""
    kept(at.folder, greet='prompt = "Greet {{name}}"\n')
    await at.prompts.get("greet")
    kept(at.folder, greet=change)
    await at.press("p")
    await at.at(PromptsScreen)
    await at.sees(shown)
    await at.press("v")
    await at.at(VersionsScreen)


async def test_versions_are_compared_and_one_is_brought_back(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        await versions_after(at, 'prompt = "Hail {{name}}"\n', "Hail")
        await at.sees("version 2", '-prompt = "Greet {{name}}"', '+prompt = "Hail {{name}}"')
        await at.press("down")
        await at.sees("the first version")
        await at.press("space")
        await at.sees("· base", "The same as version 1.")
        await at.press("r")
        await at.sees("version 3")
        assert (tmp_path / "prompts/greet.toml").read_text() == 'prompt = "Greet {{name}}"\n'


async def test_a_broken_file_can_be_brought_back_to_what_it_was(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        await versions_after(at, "prompt = \n", "cannot be read")
        await at.sees("version 1")
        assert (await at.prompts.versions("greet"))[0].text == 'prompt = "Greet {{name}}"\n'


async def test_a_new_prompt_is_a_file_that_can_be_edited(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        await at.press("p")
        await at.at(PromptsScreen)
        await at.sees("No prompt is kept yet.")
        await at.press("n")
        await at.type("No Name")
        await at.sees("lower-case letters")
        await at.type("mine")
        await at.sees("Write about {{topic}}.")
        assert (tmp_path / "prompts/mine.toml").exists()


async def test_what_is_typed_in_a_chat_is_kept_as_a_prompt(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        await at.press("enter")
        await at.at(ChatScreen)
        await until(at.pilot, lambda: "Ask something" in seen(at.app))
        await at.press("H", "i", "alt+p")
        await at.at(PromptsScreen)
        await at.press("n")
        await at.type("mine")
        await at.sees("mine", "no variables")
        assert (tmp_path / "prompts/mine.toml").read_text() == 'prompt = "Hi"\n'


async def test_the_library_is_filtered_by_words_of_names_and_texts(tmp_path: Path) -> None:
    kept(tmp_path, greet=GREET, tea='prompt = "Tea, please"\n')
    async with workshop(tmp_path) as at:
        await at.press("p")
        await at.at(PromptsScreen)
        await at.sees("greet", "tea")
        await at.press("slash", "p", "l", "e", "a")
        await at.sees("1 of 2", "Tea, please")
        assert "greet" not in seen(at.app)
        await at.press("enter")
        await at.press("enter")
        await at.sees("Fill in tea")
        await at.press("escape", "escape")
        await at.sees("greet", "tea")


async def test_a_list_that_was_empty_leaves_by_one_esc_after_a_dialogue_and_is_walked_once_it_is_filled(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path, (80, 24)) as at:
        await at.press("p")
        await at.sees("No prompt is kept yet")
        await at.press("n")
        await at.sees("A new prompt")
        await at.press("escape")
        await at.at(PromptsScreen)
        await at.press("escape")
        await at.at(EndpointListScreen)
        await at.press("p")
        await at.sees("No prompt is kept yet")
        kept(tmp_path, one='prompt = "first"', two='prompt = "second"')
        assert isinstance(at.app.screen, PromptsScreen)
        at.app.screen.read()
        await at.sees("first")
        await at.press("down")
        await at.sees("second")
