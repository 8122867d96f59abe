"""`inferterm chats` on memory."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from tests.cli.bench import CommandLine
from tui_app.cli.exits import Exit
from tui_app.core.conversation import Answer, Block, Outcome, Settings, Turn

TURN = Turn(0, "Why is the sky blue?", 20.0, "claude", "claude-haiku-4-5")


@pytest.fixture
def number(inferterm: CommandLine) -> int:
    """A conversation of a turn with two versions."""

    async def fill() -> int:
        made = await inferterm.history.create("claude", "Sky", Settings(max_tokens=9), 10.0)
        for words in ("Rayleigh.", "Scattering."):
            answer = Answer(Outcome.COMPLETE, (Block("text", words, {"type": "text", "text": words}),))
            await inferterm.history.add_turn(made.id, replace(TURN, answer=answer, parent=0))
        return made.id

    return asyncio.run(fill())


def test_conversations_are_listed_and_searched(inferterm: CommandLine, number: int) -> None:
    assert inferterm("chats", "list").out.startswith(f"{number}: Sky  [claude, 2 turns, ")
    assert json.loads(inferterm("chats", "list", "--json").out)[0]["title"] == "Sky"
    assert "Why is the sky *blue*?" in inferterm("chats", "list", "--search", "blue scattering").out
    (hit,) = json.loads(inferterm("chats", "list", "--search", "rayleigh", "--json").out)
    assert (hit["conversation_id"], hit["where"]) == (number, "answer")


def test_what_is_exported_as_json_is_imported_as_it_was(inferterm: CommandLine, number: int) -> None:
    path = inferterm.home / "chats.json"
    assert inferterm("chats", "export", "--all", "--as", "json", "--output", str(path)).code == 0
    again = inferterm("chats", "import", str(path))
    assert again.code == 0
    copy, first = inferterm.history.conversations[int(again.out)], inferterm.history.conversations[number]
    assert (copy.title, copy.settings) == ("Sky", Settings(max_tokens=9))
    assert [turn.answer for turn in copy.turns] == [turn.answer for turn in first.turns]
    assert len(inferterm.history.trees[copy.id]) == 2


def test_markdown_shows_what_stands_there(inferterm: CommandLine, number: int) -> None:
    out = inferterm("chats", "export", str(number)).out
    assert "# Sky" in out
    assert "Scattering." in out
    assert "Rayleigh." not in out


def test_what_there_is_not_is_refused(inferterm: CommandLine, number: int) -> None:
    assert inferterm("chats", "export", "99").code == Exit.BAD_INPUT
    assert inferterm("chats", "export").code == Exit.BAD_INPUT
    broken = inferterm("chats", "import", "-", given="{}")
    assert broken.code == Exit.BAD_INPUT
    assert "inferterm: field required" in broken.err


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{}\n\xff\xfe", "chats.json:2: this is not UTF-8 text"),
        (b"{bad", "chats.json: invalid json"),
        (b"[]", "chats.json: input should be an object"),
    ],
)
def test_a_file_that_is_no_export_is_named_and_nothing_is_kept(
    inferterm: CommandLine, data: bytes, said: str
) -> None:
    path = inferterm.home / "chats.json"
    path.write_bytes(data)
    refused = inferterm("chats", "import", str(path))
    assert (refused.code, refused.out) == (Exit.BAD_INPUT, "")
    assert said in refused.err
    assert not inferterm.history.conversations


def test_a_file_that_is_not_there_is_refused(inferterm: CommandLine) -> None:
    for path in ("nowhere.json", ".", "\0"):
        refused = inferterm("chats", "import", path)
        assert (refused.code, "cannot read" in refused.err) == (Exit.BAD_INPUT, True)
