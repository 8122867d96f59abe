"""What is written down of an exchange: its steps, its pieces, never a key."""

from __future__ import annotations

import json
import shlex

from pydantic import SecretStr

from tests.core.test_chats import House, ask, endpoint, house, idle
from tests.fakes_cluster import MemoryCluster
from tests.fakes_service import EXCHANGE, refused, reply
from tui_app.core.conversation import Usage
from tui_app.core.desk import on_the_wire
from tui_app.core.events import (
    BlockClosed,
    BlockOpened,
    Opened,
    OtherDelta,
    Stopping,
    TextDelta,
    ThinkingDelta,
)
from tui_app.core.jsons import JsonObject
from tui_app.core.quota import Group
from tui_app.core.records import MOST_PIECES, Record, Recorder, curl, shortened, stages, told, without_secrets
from tui_app.core.service import ClusterTarget, Exchange
from tui_app.core.targets import Route

__all__ = ["house"]


class Ticks:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.at


def recorded() -> Recorder:
    """A whole exchange, a second for each step."""
    ticks = Ticks()
    made = Recorder(ticks)
    made.granted(1)
    ticks.at += 1
    made.prepared("http://x/v1/messages", "x-api-key", {"model": "m", "messages": ({"content": "it's"},)})
    made.sent()
    ticks.at += 1
    headers = (("content-type", "application/json"), ("anthropic-version", "2023-06-01"), ("user-agent", "x"))
    made.answered(Exchange((), 200, headers, (("request-id", "r"),)))
    ticks.at += 1
    made.heard(TextDelta(0, "a"))
    ticks.at += 1
    return made


def test_the_steps_follow_one_another() -> None:
    record = recorded().record()
    assert list(stages(record)) == [
        ("queued", 0.0, 0.0),
        ("connecting", 0.0, 1.0),
        ("waiting for headers", 1.0, 2.0),
        ("waiting for the first token", 2.0, 3.0),
        ("streaming", 3.0, 4.0),
    ]
    assert (record.status, record.headers) == (200, (("request-id", "r"),))


def test_a_retry_starts_the_record_over() -> None:
    made = recorded()
    made.granted(2)
    record = made.record()
    assert (record.attempt, record.pieces, record.status, record.sent_s) == (2, (), None, None)


def test_no_more_pieces_are_kept_than_that() -> None:
    made = recorded()
    for _ in range(MOST_PIECES + 5):
        made.heard(BlockClosed(0))
    record = made.record()
    assert (len(record.pieces), record.more) == (MOST_PIECES, 6)


def test_what_came_is_kept_as_it_came_where_that_is_told() -> None:
    made = Recorder(Ticks())
    made.granted(1)
    exchange = Exchange((), 200)
    made.answered(exchange)
    exchange.incoming.tell({"type": "ping"})
    exchange.incoming.tell(
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "a"}, "index": 7}
    )
    made.heard(TextDelta(0, "a"))
    record = made.record()
    assert [piece.event["type"] for piece in record.pieces] == ["ping", "content_block_delta"]
    assert record.first_token_s is not None
    made.granted(2)
    made.heard(TextDelta(0, "b"))
    assert len(made.record().pieces) == 1


def test_a_long_request_is_handed_to_curl_on_its_standard_input() -> None:
    made = Recorder(Ticks())
    made.prepared("http://x/v1/messages", "bearer", {"messages": ({"content": "it's\n" * 40_000},)})
    script = curl(made.record())
    assert '-H "authorization: Bearer $ANTHROPIC_API_KEY"' in script
    head, _, rest = script.partition("<<'END'\n")
    assert head.endswith("--data-binary @- ")
    body = rest.removesuffix("\nEND\n")
    assert json.loads(body) == {"messages": [{"content": "it's\n" * 40_000}]}
    assert "\n" not in body


def test_events_are_told_in_the_words_of_the_api() -> None:
    kinds = [
        told(event)["type"]
        for event in (
            Opened("m", None, Usage()),
            BlockOpened(0, "text", {"type": "text"}),
            TextDelta(0, "a"),
            ThinkingDelta(0, "b"),
            OtherDelta(0, {"type": "signature_delta"}),
            BlockClosed(0),
            Stopping("end_turn", Usage()),
        )
    ]
    delta = ["content_block_delta"] * 3
    assert kinds == ["message_start", "content_block_start", *delta, "content_block_stop", "message_delta"]


def test_curl_sends_the_same_with_the_key_from_a_variable() -> None:
    record = recorded().record()
    words = shlex.split(curl(record).replace("\\\n", " "))
    assert words[:4] == ["curl", "-sS", "-N", "http://x/v1/messages"]
    assert "x-api-key: $ANTHROPIC_API_KEY" in words
    assert "user-agent: x" not in words
    assert json.loads(words[-1]) == {"model": "m", "messages": [{"content": "it's"}]}


def test_a_request_by_way_of_a_cluster_is_told_as_the_cluster_is_asked() -> None:
    theirs = endpoint().model_copy(update={"inference_id": "my claude"})
    target = ClusterTarget(
        "cluster:prod", SecretStr(""), "x-api-key", "2023-06-01", MemoryCluster(), endpoint=theirs
    )
    route = Route(endpoint(), target, Group("cluster:prod", "cluster", "my claude"))
    url, auth, body = on_the_wire(route, {"messages": ({"role": "user", "content": "it's"},)})
    assert url == "cluster:prod/_inference/completion/my%20claude/_stream"
    script = curl(Record(url, body, auth))
    assert '"$ELASTICSEARCH_URL"/_inference/completion/my%20claude/_stream' in script
    assert '-H "authorization: ApiKey $ELASTICSEARCH_API_KEY"' in script
    assert json.loads(shlex.split(script.replace("\\\n", " "))[-1])["input"] == "it's"


def test_credentials_are_not_kept() -> None:
    headers = [("X-Api-Key", "sk"), ("Authorization", "Bearer sk"), ("Set-Cookie", "a"), ("Retry-After", "1")]
    assert without_secrets(iter(headers)) == (("retry-after", "1"),)


async def test_a_chat_keeps_what_was_sent_and_what_came(house: House) -> None:
    house.api.scripts = [reply("It ", "works.")]
    chat = house.chat()
    await ask(chat, "Does it work?")
    record = await house.inference.chats.record(chat.conversation.turns[0].id)
    assert record is not None
    assert record.body["messages"] == ({"role": "user", "content": "Does it work?"},)
    assert record.url.endswith("/v1/messages")
    texts = [each.event["delta"] for each in record.pieces if each.event["type"] == "content_block_delta"]
    assert [delta["text"] for delta in texts] == ["It ", "works."]  # type: ignore[index, call-overload]
    assert "sk-test" not in repr(record)


async def test_a_refusal_is_kept_with_what_was_sent(house: House) -> None:
    house.api.exchange = Exchange((), 400)
    house.api.scripts = [[refused(400, "invalid_request_error")]]
    chat = house.chat()
    await ask(chat, "no")
    await idle(chat)
    record = await house.inference.chats.record(chat.conversation.turns[0].id)
    house.api.exchange = EXCHANGE
    assert record is not None
    assert (record.status, record.pieces) == (400, ())


def test_long_base64_is_shortened_to_be_shown_and_nothing_else_is() -> None:
    long = "A" * 5_000
    body: JsonObject = {
        "messages": [
            {"source": {"type": "base64", "media_type": "image/png", "data": long}},
            {"image_url": {"url": f"data:image/png;base64,{long}"}},
            {"type": "text", "text": long, "data": long},
        ]
    }
    whole = {"type": "text", "text": long, "data": long}
    assert shortened(body) == {
        "messages": [
            {
                "source": {
                    "type": "base64",
                    "media_type": "image/png",
                    "data": f"{long[:40]}… and 4,960 characters more",
                }
            },
            {"image_url": {"url": f"data:image/png;base64,{long[:18]}… and 4,982 characters more"}},
            whole,
        ]
    }
    assert "A" * 5_000 in curl(Record("http://x", body))
