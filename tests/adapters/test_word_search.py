"""What a person types becomes words to look for, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import UNHURRIED
from tui_app.adapters.database import Database
from tui_app.adapters.history import ConversationHistory
from tui_app.adapters.word_search import terms
from tui_app.core.conversation import Answer, Block, Outcome, Settings, Turn


def test_every_word_is_quoted_and_the_last_may_go_on() -> None:
    assert terms('say "hi" OR NEAR') == ['"say"', '"""hi"""', '"OR"', '"NEAR"*']
    assert not any(map(terms, (" -- ", "\0", "")))


@UNHURRIED
@given(st.text(max_size=30))
def test_nothing_that_is_typed_is_a_mistake(text: str) -> None:
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (prompt)")
    wanted = " ".join(terms(text))
    if wanted:
        connection.execute("SELECT 1 FROM words WHERE words MATCH ?", (wanted,)).fetchall()
    connection.close()


@pytest.mark.parametrize("wanted", ["deja vu", "DÉJÀ", "vu?", "answer déj"])
async def test_accents_case_and_signs_do_not_matter(tmp_path: Path, wanted: str) -> None:
    database = Database(tmp_path / "inferterm.db")
    history = ConversationHistory(database)
    made = await history.create("claude", "t", Settings(), 1.0)
    answer = Answer(Outcome.COMPLETE, (Block("text", "The answer"),))
    await history.add_turn(made.id, Turn(0, "A déjà-vu", 1.0, "claude", "m", answer))
    hits = await history.search(wanted)
    await database.aclose()
    assert [hit.conversation_id for hit in hits] == [made.id]


async def test_an_excerpt_marks_every_find_and_is_one_line(tmp_path: Path) -> None:
    database = Database(tmp_path / "inferterm.db")
    history = ConversationHistory(database)
    made = await history.create("claude", "t", Settings(), 1.0)
    text = "before\n" * 40 + "The needle,\nand another NEEDLE."
    answer = Answer(Outcome.COMPLETE, (Block("text", text),))
    await history.add_turn(made.id, Turn(0, "Hay", 1.0, "claude", "m", answer))
    (hit,) = await history.search("needle")
    await database.aclose()
    assert [piece for piece, found in hit.excerpt if found] == ["needle", "NEEDLE"]
    assert "\n" not in "".join(piece for piece, _ in hit.excerpt)
    assert hit.excerpt[0][0].startswith("…")


@pytest.mark.parametrize(
    ("wanted", "where", "found"),
    [
        ("河流", "prompt", "河流"),
        ("大理石", "answer", "大理石"),
        ("一条 Marmor", "prompt", "一条"),
        ("100%的", "answer", "100%的"),
        ("แม่น้ำ", "answer", "แม่น้ำ"),
    ],
)
async def test_words_of_scripts_that_part_none_are_found_within_a_sentence(
    tmp_path: Path, wanted: str, where: str, found: str
) -> None:
    database = Database(tmp_path / "inferterm.db")
    history = ConversationHistory(database)
    made = await history.create("claude", "t", Settings(), 1.0)
    text = "这里有很多大理石, Marmor, 100%的石头。" + "山" * 200 + "ไปที่แม่น้ำกัน"
    answer = Answer(Outcome.COMPLETE, (Block("text", text),))
    await history.add_turn(made.id, Turn(0, "长江是一条很长的河流", 1.0, "claude", "m", answer))
    await history.add_turn(made.id, Turn(0, "something else", 1.0, "claude", "m", answer=Answer()))
    (hit,) = await history.search(wanted)
    nothing = await history.search("没有这个")
    await database.aclose()
    assert (hit.where, [piece for piece, marked in hit.excerpt if marked]) == (where, [found])
    assert len("".join(piece for piece, _ in hit.excerpt)) < 130
    assert nothing == []


async def test_of_a_long_text_the_stretch_round_the_rarest_find_is_shown(tmp_path: Path) -> None:
    database = Database(tmp_path / "inferterm.db")
    history = ConversationHistory(database)
    made = await history.create("claude", "", Settings(), 1.0)
    prompt = "hay and hay " * 3_000 + "a Needle in hay " + "and more hay " * 3_000
    await history.add_turn(made.id, Turn(0, prompt, 1.0, "claude", "m"))
    (hit,) = await history.search("hay needle")
    shown = "".join(text for text, _ in hit.excerpt)
    assert ("Needle", True) in hit.excerpt and ("hay", True) in hit.excerpt
    assert shown.startswith("…") and shown.endswith("…") and len(shown) < 220
    assert not {"\x02", "\x03"} & set(shown)
    await database.aclose()
