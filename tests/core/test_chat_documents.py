"""Conversations written as JSON and Markdown: the first is read as it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes_history import MemoryHistory
from tests.strategies_storage import IDS, MESSAGES, MOMENT, SETTINGS, TEXT, TURNS, UNHURRIED
from tui_app.core.branches import path
from tui_app.core.chat_documents import Chapter, read, written
from tui_app.core.chat_markdown import markdown
from tui_app.core.conversation import Answer, Block, Conversation, Outcome, Settings, Turn, Usage
from tui_app.core.errors import InvalidRequest


@st.composite
def chapters(draw: st.DrawFn) -> Chapter:
    """Any conversation, branches and all."""
    turns: list[Turn] = []
    for number, turn in enumerate(draw(st.lists(TURNS, max_size=4)), 1):
        outcome = Outcome.STOPPED if turn.answer.outcome is Outcome.RUNNING else turn.answer.outcome
        answer = replace(turn.answer, outcome=outcome, lead=draw(TEXT))
        turns.append(replace(turn, id=number, parent=draw(st.integers(0, number - 1)), answer=answer))
    by_id = {turn.id: turn for turn in turns}
    leaf = draw(st.integers(1, len(turns))) if turns else 0
    way = path({turn.id: turn.parent or 0 for turn in turns}, leaf)
    told = (draw(IDS), draw(TEXT), draw(MOMENT), draw(MOMENT), draw(SETTINGS), "")
    talk = Conversation(0, *told, tuple(by_id[each] for each in way), draw(st.booleans()), lead=draw(TEXT))
    return Chapter(talk.with_unsent(draw(MESSAGES)), tuple(turns))


@UNHURRIED
@given(st.lists(chapters(), max_size=2))
def test_what_is_written_is_read_as_it_was(kept: list[Chapter]) -> None:
    found = read(written(kept))
    assert [(each.conversation, each.turns) for each in found] == [
        (each.conversation, each.turns) for each in kept
    ]


@UNHURRIED
@given(chapters())
def test_any_conversation_is_written_as_markdown(kept: Chapter) -> None:
    assert markdown(kept.conversation).startswith("# ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "invalid json"),
        ("[]", "should be an object"),
        ('{"inferterm": "chats", "version": 2, "chats": []}', "version"),
        ('{"inferterm": "chats", "version": 1, "chats": [{"endpoint": 1}]}', "chats.0.endpoint"),
    ],
)
def test_what_is_no_document_is_told_with_the_place(text: str, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason):
        read(text)


def test_a_document_of_a_stranger_cannot_send_a_reader_in_circles() -> None:
    turn = '{"id": %d, "parent": %d, "prompt": "p", "asked_at": 1, "endpoint": "e", "model": "m"}'
    turns = ", ".join(turn % pair for pair in ((1, 2), (2, 1)))
    chat = f'{{"endpoint": "e", "created_at": 1, "updated_at": 1, "turns": [{turns}]}}'
    (found,) = read(f'{{"inferterm": "chats", "version": 1, "chats": [{chat}]}}')
    assert [each.parent for each in found.turns] == [0, 1]


def test_half_characters_do_not_keep_a_conversation_from_being_written() -> None:
    talk = Conversation(0, "e", "a\ud83d", 1.0, 1.0)
    (found,) = read(written([Chapter(talk, ())]))
    assert found.conversation.title == "a\ufffd"


def test_markdown_tells_model_tokens_and_what_was_set() -> None:
    blocks = (Block("thinking", "Hm."), Block("text", "Because."))
    answer = Answer(Outcome.COMPLETE, blocks, "claude-haiku-4-5", "end_turn", usage=Usage(10, 20))
    turn = Turn(1, "Why?", 1_790_000_000.0, "prod", "claude-haiku-4-5", answer)
    talk = Conversation(1, "prod", "Sky", 1.0, 2.0, Settings("Be brief.", temperature=0.5), turns=(turn,))
    text = markdown(talk)
    for words in ("# Sky", "temperature: 0.5", "> Be brief.", "Why?", "Because.", "10 in, 20 out", "$0.0001"):
        assert words in text


def test_an_imported_conversation_is_kept_with_its_branches() -> None:
    async def go() -> None:
        history = MemoryHistory()
        one = Turn(5, "one", 1.0, "e", "m", Answer(Outcome.COMPLETE), 0)
        two = replace(one, id=9, prompt="two")
        (found,) = read(written([Chapter(Conversation(0, "e", "t", 1.0, 2.0, turns=(one,)), (one, two))]))
        number = await history.put(found.conversation, found.turns)
        assert [turn.prompt for turn in history.conversations[number].turns] == ["one"]
        assert [turn.prompt for turn in await history.tree(number)] == ["one", "two"]

    asyncio.run(go())


def test_an_imported_answer_sends_back_what_it_shows_and_nothing_beside_it() -> None:
    blocks = (
        Block("text", "shown", {"type": "text", "text": "sent instead", "citations": []}),
        Block("thinking", "hm", {"type": "text", "text": "smuggled", "signature": "s"}),
        Block("thinking", "hm", {"type": "thinking", "thinking": "hm", "signature": "s"}),
    )
    turn = Turn(1, "p", 1.0, "e", "m", Answer(Outcome.COMPLETE, blocks))
    talk = Conversation(0, "e", "", 1.0, 1.0, turns=(turn, replace(turn, id=2, prompt=" ")))
    assert talk.messages("next", endpoint="e", model="m") == [
        {"role": "user", "content": "p"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "shown", "citations": []},
                {"type": "thinking", "thinking": "hm", "signature": "s"},
            ],
        },
        {"role": "user", "content": "next"},
    ]
