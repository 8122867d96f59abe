"""How an answer begins, in a chat: sent with the prompt, and again when it is asked again."""

from __future__ import annotations

from tests.fakes_service import reply
from tests.ui.bench import Bench, bench, endpoint
from tui_app.core.chat import Chat
from tui_app.core.conversation import Usage
from tui_app.core.errors import ConnectionLost, Loss
from tui_app.core.prompted import opening
from tui_app.core.templates import Said, Template
from tui_app.core.totals import By

LED = Template((Said("user", "Two"), Said("assistant", "It is")), system="Be dry")


async def led_chat(made: Bench) -> Chat:
    """A chat that is about to ask a prompt whose answer begins so."""
    return await made.inference.chats.begin("prod", opening(LED))


def last_sent(made: Bench) -> object:
    """The last message of the last request."""
    messages = made.api.bodies[-1]["messages"]
    assert isinstance(messages, tuple)
    return messages[-1]


async def test_the_answer_stands_after_its_beginning_and_goes_back_with_it() -> None:
    made = bench(endpoint())
    made.api.scripts = [reply(" four"), reply("fine")]
    chat = await led_chat(made)
    await chat.send("Two")
    await chat.settled()
    assert last_sent(made) == {"role": "assistant", "content": "It is"}
    assert chat.conversation.turns[-1].answer.text == "It is four"
    assert chat.lead == ""
    await chat.send("More")
    await chat.settled()
    assert last_sent(made) == {"role": "user", "content": "More"}
    assert "It is four" in str(made.api.bodies[-1]["messages"])
    assert made.api.bodies[-1]["system"] == "Be dry"


async def test_asked_again_it_begins_the_same_also_after_a_restart() -> None:
    made = bench(endpoint())
    made.api.scripts = [reply(" four"), reply(" five")]
    chat = await led_chat(made)
    await chat.send("Two")
    await chat.settled()
    kept = await made.history.load(chat.conversation.id)
    assert kept is not None
    assert kept.turns[-1].answer.lead == "It is"
    await chat.retry()
    await chat.settled()
    assert last_sent(made) == {"role": "assistant", "content": "It is"}
    assert chat.conversation.turns[-1].answer.text == "It is five"


async def test_not_sent_before_a_restart_the_beginning_is_still_there() -> None:
    made = bench(endpoint())
    chat = await led_chat(made)
    await chat.keep_draft("Two, or three")
    kept = await made.history.load(chat.conversation.id)
    assert kept is not None
    assert (kept.unsent.text, kept.lead) == ("Two, or three", "It is")
    later = Bench(made.store, made.keys, history=made.history)
    later.api.scripts = [reply(" four")]
    again = await later.inference.chats.open(chat.conversation.id)
    assert again is not None
    await again.send("Two")
    await again.settled()
    assert last_sent(later) == {"role": "assistant", "content": "It is"}
    sent = await made.history.load(chat.conversation.id)
    assert sent is not None
    assert sent.lead == ""


async def test_a_prompt_that_is_taken_back_has_its_beginning_again() -> None:
    made = bench(endpoint(limit=1))
    made.api.scripts = [reply("fine")]
    await made.inference.chats.new("prod").send("first")
    chat = await led_chat(made)
    await chat.send("Two")
    assert chat.lead == ""
    await chat.stop()
    kept = await made.history.load(chat.conversation.id)
    assert kept is not None
    assert (kept.unsent.text, kept.lead, chat.lead) == ("Two", "It is", "It is")


async def test_an_answer_that_never_came_is_not_just_its_beginning() -> None:
    made = bench(endpoint())
    made.api.scripts = [[ConnectionLost(Loss.REDIRECTED, "elsewhere")], reply(" four")]
    chat = await led_chat(made)
    await chat.send("Two")
    await chat.settled()
    assert chat.conversation.turns[-1].answer.blocks == ()
    await chat.retry()
    await chat.settled()
    assert chat.conversation.turns[-1].answer.text == "It is four"


async def test_turns_that_were_written_in_the_prompt_count_as_no_requests() -> None:
    said = (Said("user", "One"), Said("assistant", "1"), Said("user", "Two"), Said("assistant", "2"))
    made = bench(endpoint())
    made.api.scripts = [reply("3")]
    chat = await made.inference.chats.begin("prod", opening(Template((*said, Said("user", "Three")))))
    totals = made.inference.totals
    assert [turn.answer.text for turn in chat.conversation.turns] == ["1", "2"]
    assert (await totals.report(By.CHAT)).total.requests == 0
    await chat.send("Three")
    await chat.settled()
    assert len(chat.conversation.turns) == 3
    for counted in (await totals.chat(chat.conversation.id), (await totals.report(By.MODEL)).total):
        assert (counted.requests, counted.attempts, counted.usage) == (1, 1, Usage(10, 1))
    assert [group.key for group in (await totals.report(By.MODEL)).groups] == [endpoint().model]


async def test_a_fork_of_a_prompt_that_waits_has_it_as_a_draft_with_its_beginning() -> None:
    made = bench(endpoint(limit=1))
    made.api.scripts = [reply("fine")]
    await made.inference.chats.new("prod").send("first")
    chat = await led_chat(made)
    await chat.send("Two")
    fork = await made.inference.chats.fork(chat.conversation, chat.conversation.turns[-1].id)
    assert (fork.conversation.turns, fork.conversation.draft, fork.lead) == ((), "Two", "It is")
    await chat.stop()


async def test_an_answer_of_which_nothing_came_before_a_kill_is_replaced() -> None:
    made = bench(endpoint(limit=1))
    made.api.scripts = [reply("fine"), reply(" four")]
    await made.inference.chats.new("prod").send("first")
    chat = await led_chat(made)
    await chat.send("Two")
    made.history.lose_the_process()
    later = Bench(made.store, made.keys, history=made.history)
    later.api.scripts = [reply(" four")]
    again = await later.inference.chats.open(chat.conversation.id)
    assert again is not None
    await again.retry()
    await again.settled()
    assert [(turn.answer.text, turn.versions) for turn in again.conversation.turns] == [("It is four", ())]
    await chat.stop()
