"""Conversations that go on by themselves: sending, stopping, asking again, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest
from pydantic import SecretStr

from tests.core.bodies import body
from tests.fakes_history import MemoryHistory
from tests.fakes_keys import FakeKeys
from tests.fakes_service import FakeMessagesApi, refused, reply
from tests.fakes_storage import FakeConnections, MemoryEndpoints, MemoryHealth
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.core.chat import CONTINUE, Chat
from tui_app.core.chat_events import ChatEvent, DraftReturned, TurnChanged, TurnRemoved
from tui_app.core.conversation import Outcome, Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.events import Opened, Queued, Retrying, Sent, TextDelta
from tui_app.core.inference import Inference
from tui_app.core.queue import RequestQueue
from tui_app.core.service import Sandbox


class NoSandbox(Sandbox):
    """A sandbox that nobody starts."""

    async def start(self) -> tuple[str, SecretStr]:
        """Nobody does."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Nothing to stop."""


def endpoint(limit: int = 50, **task: object) -> Endpoint:
    """The endpoint `mine` with a key in the environment."""
    settings = {"model_id": "claude-haiku-4-5", "rate_limit": {"requests_per_minute": limit}}
    task_settings = {"max_tokens": 100, **task}
    return Endpoint.parse("mine", body(service_settings=settings, task_settings=task_settings))[0]


@dataclass
class House:
    """An Inference on memory with one endpoint, `mine`."""

    store: MemoryEndpoints = field(default_factory=lambda: MemoryEndpoints(endpoint()))
    history: MemoryHistory = field(default_factory=MemoryHistory)
    health: MemoryHealth = field(default_factory=MemoryHealth)
    api: FakeMessagesApi = field(default_factory=FakeMessagesApi)

    def __post_init__(self) -> None:
        self.inference = Inference(
            store=self.store,
            keys=FakeKeys({"mine": "sk-test"}),
            health=self.health,
            history=self.history,
            api=self.api,
            sandbox=NoSandbox(),
            connections=FakeConnections(),
            queue=RequestQueue(SqliteLedger(MEMORY), SystemClock()),
            clock=lambda: 1_790_000_000.0,
        )

    def chat(self) -> Chat:
        """A new chat."""
        return self.inference.chats.new("mine")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A house that is closed afterwards."""
    made = House()
    yield made
    await made.inference.aclose()


async def until(condition: Callable[[], object]) -> None:
    """Give the loop its turn until something holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a chat has no event for every state
            await asyncio.sleep(0.001)


async def idle(chat: Chat) -> None:
    """Wait for the end of a reply."""
    await until(lambda: not chat.busy)


async def ask(chat: Chat, prompt: str = "Hello") -> None:
    """Send a prompt and wait for the end of its answer."""
    await chat.send(prompt)
    await idle(chat)


async def test_an_answer_is_kept_with_the_turn_it_belongs_to(house: House) -> None:
    house.api.scripts = [reply("It ", "works.")]
    chat = house.chat()
    await ask(chat, "Does it\nwork?")
    (turn,) = chat.conversation.turns
    assert turn.answer.outcome is Outcome.COMPLETE
    assert turn.answer.text == "It works."
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    assert kept.turns == (turn,)
    assert kept.title == "Does it work?"


async def test_the_next_prompt_carries_what_was_said(house: House) -> None:
    house.api.scripts = [reply("One."), reply("Two.")]
    chat = house.chat()
    await ask(chat, "first")
    await ask(chat, "second")
    messages = house.api.bodies[1]["messages"]
    assert messages == (
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": [{"type": "text", "text": "One."}]},
        {"role": "user", "content": "second"},
    )


async def test_stopping_keeps_what_came(house: House) -> None:
    never = asyncio.Event()
    house.api.scripts = [[*reply("Half")[:3], never]]
    chat = house.chat()
    await chat.send("Go on")
    await until(lambda: chat.conversation.turns[0].answer.text)
    await asyncio.gather(chat.stop(), chat.stop())
    answer = chat.conversation.turns[0].answer
    assert (answer.outcome, answer.text) == (Outcome.STOPPED, "Half")
    assert house.history.saved[-1][1] == answer
    assert house.api.closed_early == 1


async def test_an_error_in_mid_stream_keeps_what_came_and_says_what_happened(house: House) -> None:
    house.api.scripts = [[*reply("Half")[:3], refused(None, "overloaded_error", "Overloaded")]]
    chat = house.chat()
    await ask(chat)
    answer = chat.conversation.turns[0].answer
    assert (answer.outcome, answer.text) == (Outcome.FAILED, "Half")
    assert "overloaded_error" in answer.error
    assert "overloaded_error" in house.health.healths["mine"].error


async def test_nothing_is_sent_while_an_answer_comes(house: House) -> None:
    house.api.scripts = [[*reply("Half")[:3], asyncio.Event()]]
    chat = house.chat()
    await chat.send("one")
    with pytest.raises(InvalidRequest, match="on its way"):
        await chat.send("two")
    with pytest.raises(InvalidRequest, match="empty"):
        await house.chat().send("  \n")


async def test_a_prompt_that_waits_for_the_quota_comes_back_when_it_is_stopped(house: House) -> None:
    house.store.put(endpoint(limit=1))
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await ask(chat, "first")
    with chat.watch() as watch:
        await chat.send("second")
        await chat.keep_draft("third")
        await until(lambda: chat.progress and isinstance(chat.progress.news, Queued))
        await chat.stop()
        events = await anext(watch)
    assert [turn.prompt for turn in chat.conversation.turns] == ["first"]
    assert chat.conversation.draft == "second\n\nthird"
    assert isinstance(events[-1], DraftReturned)
    assert any(isinstance(event, TurnRemoved) for event in events)
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    assert (kept.draft, len(kept.turns)) == ("second\n\nthird", 1)
    assert house.api.calls == 1


async def test_a_prompt_that_is_taken_out_of_the_queue_comes_back_and_its_endpoint_is_well(
    house: House,
) -> None:
    house.store.put(endpoint(limit=1))
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await ask(chat, "first")
    await chat.send("second")
    await until(lambda: chat.progress and isinstance(chat.progress.news, Queued))
    entry = await house.inference.endpoints.entry(chat.conversation.endpoint)
    (waiting,) = house.inference.queue.quota(entry.group, 1).waiting
    house.inference.queue.cancel(waiting.id)
    await chat.settled()
    assert [turn.prompt for turn in chat.conversation.turns] == ["first"]
    assert chat.conversation.draft == "second"
    after = await house.inference.endpoints.entry(chat.conversation.endpoint)
    assert after.health == entry.health
    assert house.api.calls == 1


async def test_closing_gives_a_waiting_prompt_back_for_the_next_run(house: House) -> None:
    house.store.put(endpoint(limit=1))
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await ask(chat, "first")
    await chat.send("second")
    await until(lambda: chat.progress)
    await house.inference.chats.aclose()
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    assert kept.draft == "second"


async def test_asking_again_replaces_the_answer_in_its_turn(house: House) -> None:
    house.api.scripts = [[refused(400, "invalid_request_error")], reply("Now.")]
    chat = house.chat()
    await ask(chat, "one")
    before = chat.conversation.turns[0]
    await chat.keep_draft("not lost")
    await chat.retry()
    await idle(chat)
    (after,) = chat.conversation.turns
    assert (after.id, after.answer.text) == (before.id, "Now.")
    assert house.api.bodies[1]["messages"] == ({"role": "user", "content": "one"},)
    assert chat.conversation.draft == "not lost"


async def test_an_answer_stays_when_asking_again_is_called_off_in_the_queue(house: House) -> None:
    house.store.put(endpoint(limit=1))
    house.api.scripts = [reply("Kept.")]
    chat = house.chat()
    await ask(chat, "one")
    await chat.retry()
    await until(lambda: chat.progress)
    await chat.stop()
    assert [turn.answer.text for turn in chat.conversation.turns] == ["Kept."]
    assert chat.conversation.draft == ""


async def test_asking_another_model_again_makes_a_turn_of_its_own(house: House) -> None:
    house.api.scripts = [reply("Old."), reply("New.")]
    chat = house.chat()
    await ask(chat, "one")
    house.store.put(Endpoint.parse("mine", body(service_settings={"model_id": "claude-sonnet-5-5"}))[0])
    await chat.retry()
    await idle(chat)
    (turn,) = chat.conversation.turns
    assert (turn.model, turn.answer.text) == ("claude-sonnet-5-5", "New.")
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    assert len(kept.turns) == 1


async def test_continuing_asks_for_the_rest(house: House) -> None:
    house.api.scripts = [reply("Half", stop_reason="max_tokens"), reply(" more.")]
    chat = house.chat()
    await ask(chat, "one")
    await chat.proceed()
    await idle(chat)
    assert [turn.prompt for turn in chat.conversation.turns] == ["one", CONTINUE]


async def test_a_retry_is_told_counted_down_and_skipped(house: House) -> None:
    house.api.scripts = [[refused(529, "overloaded_error", retry_after_s=500)], reply("At last.")]
    chat = house.chat()
    await chat.send("one")
    await until(lambda: chat.progress and isinstance(chat.progress.news, Retrying))
    progress = chat.progress
    assert progress is not None
    assert isinstance(progress.news, Retrying)
    assert (progress.news.attempt, progress.news.attempts) == (2, 3)
    assert progress.remaining_s(progress.at + 100) == pytest.approx(400)
    assert progress.remaining_s(progress.at + 600) == 0
    chat.skip_wait()
    await idle(chat)
    assert chat.conversation.turns[0].answer.text == "At last."
    assert chat.progress is None


async def test_a_retry_that_waits_in_the_queue_is_told_and_skipped(house: House) -> None:
    house.api.scripts = [[refused(429, "rate_limit_error", "Too fast", retry_after_s=500)], reply("At last.")]
    chat = house.chat()
    await chat.send("one")
    await until(lambda: chat.progress and isinstance(chat.progress.news, Queued))
    progress = chat.progress
    assert progress is not None
    assert isinstance(progress.news, Queued)
    assert (progress.news.reason, progress.news.attempt, progress.retrying) == ("Too fast", 2, True)
    assert progress.remaining_s(progress.at) == pytest.approx(500, abs=5)
    chat.skip_wait()
    await idle(chat)
    assert chat.conversation.turns[0].answer.text == "At last."


@pytest.mark.parametrize(
    ("status", "kind", "waits"), [(429, "rate_limit_error", Queued), (529, "overloaded_error", Retrying)]
)
async def test_giving_up_a_retry_in_the_queue_or_out_of_it_says_why_it_was_waited(
    house: House, status: int, kind: str, waits: type[Queued | Retrying]
) -> None:
    house.api.scripts = [[refused(status, kind, "Too fast", retry_after_s=500)]]
    chat = house.chat()
    await chat.send("one")
    await until(lambda: chat.progress and isinstance(chat.progress.news, waits))
    await chat.stop()
    (turn,) = chat.conversation.turns
    assert turn.answer.outcome is Outcome.STOPPED
    assert "Too fast" in turn.answer.error


async def test_a_prompt_that_was_stopped_on_its_way_and_waits_comes_back(house: House) -> None:
    house.api.scripts = [reply("never")]
    chat = house.chat()
    with chat.watch() as watch:
        await chat.send("one")
        while not any(isinstance(event, Sent) for event in await anext(watch)):
            pass
        house.inference.queue.pause()
        await until(lambda: chat.progress and isinstance(chat.progress.news, Queued))
    await chat.stop()
    assert (chat.conversation.turns, chat.conversation.draft) == ((), "one")
    assert house.api.sent == 0


async def test_who_watches_hears_all_from_the_moment_on_at_which_they_looked(house: House) -> None:
    more = asyncio.Event()
    script = reply("One ", "two ", "three.")
    house.api.scripts = [[*script[:3], more, *script[3:]]]
    chat = house.chat()
    await chat.send("count")
    await until(lambda: chat.conversation.turns[0].answer.text)
    with chat.watch() as watch:
        seen = chat.conversation.turns[0].answer.text
        more.set()
        heard: list[ChatEvent] = []
        async for events in watch:
            heard += events
            if isinstance(events[-1], TurnChanged):
                break
    rest = "".join(event.text for event in heard if isinstance(event, TextDelta))
    assert seen + rest == "One two three."
    assert not any(isinstance(event, Sent | Opened) for event in heard)


async def test_a_disk_that_refuses_does_not_cost_the_answer(house: House) -> None:
    gate = asyncio.Event()
    house.api.scripts = [[gate, *reply("Still here.")]]
    chat = house.chat()
    await chat.send("one")
    house.history.failure = StoreFailed("the disk is full")
    gate.set()
    await idle(chat)
    answer = chat.conversation.turns[0].answer
    assert (answer.outcome, answer.text) == (Outcome.COMPLETE, "Still here.")
    assert "could not be kept: the disk is full" in answer.error


async def test_a_draft_and_a_prompt_at_once_begin_one_conversation(house: House) -> None:
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await asyncio.gather(chat.keep_draft("hel"), chat.send("hello"))
    await idle(chat)
    assert len(house.history.conversations) == 1


async def test_nothing_is_kept_of_a_chat_in_which_nothing_was_said(house: House) -> None:
    await house.chat().keep_draft("")
    assert not house.history.conversations


async def test_settings_of_a_chat_leave_the_endpoint_as_it_is(house: House) -> None:
    house.store.put(endpoint(temperature=0.5))
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await chat.configure(Settings("Be brief.", max_tokens=7).leaving_out(["temperature"]))
    await ask(chat)
    (sent,) = house.api.bodies
    assert sent["max_tokens"] == 7
    assert sent["system"] == "Be brief."
    assert "temperature" not in sent
    assert (await house.inference.endpoints.get("mine")).task_settings.temperature == 0.5


def test_leaving_out_a_setting_beats_the_chats_own_value() -> None:
    settings = Settings(temperature=0.3, top_k=5).leaving_out(["temperature"]).leaving_out(["temperature"])
    assert settings == Settings(top_k=5, without=("temperature",))


async def test_the_latest_conversation_of_an_endpoint_is_opened_and_is_one_object(house: House) -> None:
    house.api.scripts = [reply("One.")]
    chats, chat = house.inference.chats, house.chat()
    await ask(chat)
    assert await chats.latest("mine") is chat
    assert (await chats.latest("other")).conversation.id == 0


async def test_reopening_shows_what_another_terminal_added(house: House) -> None:
    house.api.scripts = [reply("One.")]
    chat = house.chat()
    await ask(chat)
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    house.history.conversations[kept.id] = kept.with_turn(replace(kept.turns[0], id=99, prompt="elsewhere"))
    assert await house.inference.chats.open(kept.id) is chat
    assert [turn.prompt for turn in chat.conversation.turns] == ["Hello", "elsewhere"]


async def test_deleting_a_conversation_stops_its_reply(house: House) -> None:
    house.api.scripts = [[*reply("Half")[:3], asyncio.Event()]]
    chat = house.chat()
    await chat.send("one")
    await house.inference.chats.rename(chat.conversation.id, "Another title")
    assert chat.title == "Another title"
    await house.inference.chats.delete(chat.conversation.id)
    assert not chat.busy
    assert not await house.inference.chats.entries()
    assert await house.inference.chats.open(chat.conversation.id) is None


async def test_a_prompt_that_goes_to_another_endpoint_stays_where_the_disk_refuses(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.api.scripts = [[refused(400, "invalid_request_error", "no")]]
    chat = house.chat()
    await ask(chat, "first")
    house.store.put(Endpoint.parse("other", endpoint().document())[0])
    await chat.move("other")
    before = chat.conversation.turns

    async def refuse(*_: object, **__: object) -> None:
        raise StoreFailed("the disk is full")

    monkeypatch.setattr(house.history, "add_turn", refuse)
    with pytest.raises(StoreFailed):
        await chat.retry()
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    assert [each.prompt for each in kept.turns] == ["first"]
    assert chat.conversation.turns == before
    monkeypatch.undo()
    house.inference.keys.keys["other"] = house.inference.keys.keys["mine"]  # type: ignore[attr-defined]
    house.api.scripts = [reply("Yes.")]
    await chat.retry()
    await idle(chat)
    assert [(each.prompt, each.answer.text) for each in chat.conversation.turns] == [("first", "Yes.")]


async def test_what_is_deleted_here_and_gone_on_with_elsewhere_is_not_forgotten(house: House) -> None:
    house.api.scripts = [reply("One."), reply("Two.")]
    chat = house.chat()
    await ask(chat, "first")
    elsewhere = House(history=house.history, api=house.api)
    there = await elsewhere.inference.chats.open(chat.conversation.id)
    assert there is not None
    await house.inference.chats.delete(chat.conversation.id)
    await ask(there, "second")
    await house.inference.chats.aclose()
    kept = await house.history.load(chat.conversation.id)
    assert kept is not None
    assert [turn.answer.text for turn in kept.turns] == ["One.", "Two."]
    await elsewhere.inference.aclose()
