"""Files and pastes at the prompt of a chat: by keys alone, shown as chips, sent, kept, asked again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList

from tests.fakes_service import reply
from tests.pictures import png
from tests.ui.bench import bench, endpoint, seen, until
from tests.ui.screens.test_chat import Room, answering, chatting
from tui_app.core.attachments import attachment
from tui_app.core.service import ServiceModel
from tui_app.core.user_messages import UserMessage
from tui_app.ui.screens.attach import AttachScreen
from tui_app.ui.screens.enclosure import EnclosureScreen
from tui_app.ui.widgets.chips import ChipView
from tui_app.ui.widgets.turn import TurnView

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])
LOG = "".join(f"line {number} of it\n" for number in range(214))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the app was started, with some files."""
    (tmp_path / "notes one.txt").write_text("alpha\nbeta\n", encoding="utf-8")
    (tmp_path / "notes two.txt").write_text("gamma\n", encoding="utf-8")
    (tmp_path / "odd.bin").write_bytes(b"a\0b")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "photo.txt").write_bytes(png(640, 480))
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def paste(room: Room, text: str) -> None:
    """Paste as a terminal does."""
    room.app.post_message(events.Paste(text))
    await room.pilot.pause()


@SIZES
async def test_a_paste_is_opened_unfolded_brought_back_and_removed_by_keys(size: tuple[int, int]) -> None:
    async with chatting(answering(reply("Fine.")), size) as room:
        await room.press(*"Look: ")
        await paste(room, LOG)
        await room.sees("> Look: [pasted 214 lines, 3.1 kB]")
        await room.press("shift+tab")
        await until(room.pilot, lambda: isinstance(room.app.focused, ChipView))
        await room.press("enter")
        await room.sees("pasted   214 lines, 3.1 kB", "line 1 of it")
        await room.press("end")
        await room.sees("line 213 of it")
        await room.press("escape")
        await until(room.pilot, lambda: isinstance(room.app.focused, ChipView))
        await room.press("u")
        await room.sees("line 213 of it")
        await room.press("ctrl+z")
        await room.sees("> Look: [pasted 214 lines, 3.1 kB]")
        await room.press("shift+tab", "d")
        await until(room.pilot, lambda: room.screen.prompt.text == "Look: ")
        await until(room.pilot, lambda: "pasted" not in seen(room.app))


@SIZES
async def test_a_file_is_attached_by_its_path_which_is_completed(folder: Path, size: tuple[int, int]) -> None:
    async with chatting(answering(reply("A photo.")), size) as room:
        await room.press("alt+a")
        await room.sees("Attach which file?", "notes one.txt", "sub/")
        await room.press("n", "tab")
        line = room.app.screen.query_one(Input)
        await until(room.pilot, lambda: line.value == "notes ")
        await room.press(*["backspace"] * 6, *"odd.bin", "enter")
        await room.sees("odd.bin is no text")
        await room.press(*["backspace"] * 7, *"gone", "enter")
        await room.sees("gone is not there")
        await room.press(*["backspace"] * 4, "s", "enter")
        await until(room.pilot, lambda: line.value == "sub/")
        await until(room.pilot, lambda: room.app.screen.query_one(OptionList).option_count == 1)
        await room.press("down", "enter")
        await room.sees("▣ photo.txt PNG, 640x480")
        await room.press(*"What is it?", "enter")
        await room.sees("A photo.", "▣ photo.txt PNG, 640x480")
        await room.idle()
    (body,) = room.made.api.bodies
    assert '"type": "image"' in json.dumps(body) and '"text": "What is it?"' in json.dumps(body)


@pytest.mark.parametrize("form", ["'{}' ", "file://{}"])
async def test_a_path_that_is_dropped_is_offered_and_attached(folder: Path, form: str) -> None:
    path = str(folder / "notes one.txt")
    async with chatting(answering()) as room:
        await paste(room, form.format(path.replace(" ", "%20") if form.startswith("file") else path))
        await room.sees("notes one.txt is a file · alt+a attaches")
        await room.press("alt+a")
        await room.sees("▤ notes one.txt 2 lines, 11 bytes")
        assert room.screen.prompt.message == UserMessage(
            "", (), (attachment("notes one.txt", b"alpha\nbeta\n"),)
        )


async def test_a_path_in_a_sentence_stays_there_when_its_file_is_attached(folder: Path) -> None:
    async with chatting(answering()) as room:
        text = f"explain '{folder}/notes two.txt', please"
        await room.press(*text)
        await room.sees("notes two.txt is a file")
        await room.press("alt+a")
        await room.sees("▤ notes two.txt 1 line, 6 bytes")
        assert room.screen.prompt.text == text
        await until(room.pilot, lambda: "is a file" not in seen(room.app))


async def test_a_chip_is_left_gone_along_and_removed(folder: Path) -> None:
    async with chatting(answering()) as room:
        for name in ("notes one.txt", "notes two.txt"):
            await room.press("insert")
            await until(room.pilot, lambda: isinstance(room.app.screen, AttachScreen))
            await room.press(*name, "enter")
            await room.sees(f"▤ {name}")
        await room.press("shift+tab", "left", "enter")
        await until(room.pilot, lambda: isinstance(room.app.screen, EnclosureScreen))
        await room.sees("attached   notes one.txt, 2 lines, 11 bytes", "beta")
        await room.press("escape")
        await until(room.pilot, lambda: isinstance(room.app.focused, ChipView))
        await room.press("delete")
        await until(room.pilot, lambda: len(room.screen.prompt.attachments) == 1)
        await room.press("shift+tab", "escape")
        await until(room.pilot, lambda: room.app.focused is room.screen.prompt)
        assert room.screen.prompt.attachments[0].name == "notes two.txt"


async def test_a_file_opens_where_what_was_looked_for_stands(folder: Path) -> None:
    before, after = ("\n".join(f"{word} {number}" for number in range(400)) for word in ("row", "end"))
    text = f"{before}\nA Needle in hay\n{'漢字' * 60}\n{after}"
    async with chatting(answering()) as room:
        await room.app.push_screen(EnclosureScreen(text, None, ("needle", "hay")))
        await room.sees("▸ A Needle in hay", "row 399", "漢字", "end 3")
        rows = [row.strip(" ▸") for row in seen(room.app).split("\n")]
        assert sum(row.count("漢字") for row in rows) == 60


async def test_a_model_without_images_says_so_while_one_can_still_change_it(folder: Path) -> None:
    made = bench(endpoint(model="claude-haiku-4-5"))
    made.api.catalogue = [ServiceModel("claude-haiku-4-5", image_input=False)]
    async with chatting(made) as room:
        room.screen.prompt.attachments = (attachment("a.png", png(3, 3)),)
        await room.sees("✗ claude-haiku-4-5 takes no images")
        await room.press(*"look", "enter")
        await until(room.pilot, lambda: room.screen.prompt.text == "look")
        assert room.screen.prompt.attachments
        assert made.api.bodies == []


@SIZES
async def test_a_prompt_waits_in_sight_while_it_is_asked_whether_images_are_taken(
    folder: Path, size: tuple[int, int]
) -> None:
    async with chatting(answering(reply("A photo.")), size) as room:
        answered = room.made.api.catalogue_waits_for = asyncio.Event()
        shown = UserMessage("what is it?", (), (attachment("a.png", png(3, 3)),))
        room.screen.prompt.put(shown)
        await room.press("enter")
        await room.sees("asking whether the model takes images · esc gives the prompt back")
        kept = await room.made.history.load(room.screen.chat.conversation.id)
        assert kept is not None
        assert kept.unsent == shown
        await room.press("escape")
        await until(room.pilot, lambda: room.screen.prompt.message == shown)
        await until(room.pilot, lambda: "asking whether the model" not in seen(room.app))
        await room.press("enter")
        await room.sees("asking whether the model takes images")
        await room.press(*"second", "enter")
        await until(room.pilot, lambda: room.screen.prompt.text == "second")
        assert room.made.api.bodies == []
        answered.set()
        await room.sees("▣ a.png PNG, 3x3", "A photo.", "second")
        assert len(room.made.api.bodies) == 1


async def test_a_draft_with_chips_waits_while_another_chat_is_shown(folder: Path) -> None:
    async with chatting(answering(reply("One."))) as room:
        await room.ask("first", "One.")
        kept = room.screen.chat.conversation.id
        await paste(room, LOG)
        room.screen.prompt.attachments = (attachment("a.png", png(3, 3)),)
        before = room.screen.prompt.message
        await room.press("ctrl+n")
        await until(room.pilot, lambda: room.screen.prompt.message == UserMessage())
        found = await room.made.history.load(kept)
        assert found is not None
        assert found.unsent == before


async def test_a_turn_shows_what_belongs_to_it_and_is_changed_with_it(folder: Path) -> None:
    message = UserMessage(f"see {LOG}", ((4, 4 + len(LOG)),), (attachment("a.png", png(3, 3)),))
    async with chatting(answering(reply("One."), reply("Two."))) as room:
        room.screen.prompt.put(message)
        await room.press("enter")
        await room.sees("see [pasted 214 lines, 3.1 kB]", "▣ a.png PNG, 3x3", "One.")
        await room.idle()
        await room.press("ctrl+up")
        await until(room.pilot, lambda: isinstance(room.app.focused, TurnView))
        await room.press("o")
        await room.sees("See which?", "a.png")
        await room.press("down", "enter")
        await room.sees("pasted   214 lines")
        await room.press("escape")
        await until(room.pilot, lambda: isinstance(room.app.focused, TurnView))
        await room.press("e")
        await until(room.pilot, lambda: room.screen.prompt.message == message)
        await room.press("enter")
        await room.sees("Two.", "version 2 of 2")
        await room.idle()
        assert [turn.message for turn in room.screen.chat.conversation.turns] == [message]


async def test_attaching_is_in_the_palette(folder: Path) -> None:
    async with chatting(answering()) as room:
        await room.press("ctrl+p")
        await room.press(*"attach")
        await room.sees("Attach a text file or an image by its path.")
        await room.press("down", "enter")
        await room.sees("Attach which file?")


async def test_the_same_paste_twice_is_two_chips_of_which_one_can_be_removed() -> None:
    async with chatting(answering()) as room:
        for _ in range(2):
            await paste(room, LOG)
        await until(room.pilot, lambda: len(room.screen.query(ChipView)) == 2)
        await room.press("shift+tab", "d")
        await until(room.pilot, lambda: len(room.screen.query(ChipView)) == 1)
        assert room.screen.prompt.message.text == LOG
