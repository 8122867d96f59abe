"""The official JavaScript client, in a process of Node."""

from __future__ import annotations

import asyncio
import json
from typing import Final

import pytest

from tests.adapters.raw_server import RawServer, Writer
from tests.cli.process import served
from tests.sandbox.wire import QUICK
from tests.server.bench import Bench, events, refusing
from tests.server.documentation import JAVASCRIPT, MADE, MODEL, filled
from tests.server.programs import Language, next_line, pieces_of
from tui_app.sandbox.server import running_sandbox
from tui_app.sandbox.settings import DEFAULT_KEY

pytestmark = pytest.mark.system
DOCUMENTED: Final = filled(JAVASCRIPT, DEFAULT_KEY)
CHAT: Final = {"messages": [{"role": "user", "content": "hello"}]}


async def test_the_documented_call_makes_an_endpoint_in_a_process_of_its_own(javascript: Language) -> None:
    async with (
        running_sandbox(QUICK) as sandbox,
        served(ANTHROPIC_BASE_URL=sandbox.url) as (_, url, key),
    ):
        printed = await javascript.printed(DOCUMENTED, url, key)
        listed = await javascript.lines("told(await client.inference.get())", url, key)
    assert "inference_id: 'anthropic_completion'" in printed
    assert "rate_limit: { requests_per_minute: 50 }" in printed
    assert listed == [{"endpoints": [MADE]}]
    assert [asked.prompt for asked in sandbox.requests] == ["how big"]


async def test_an_endpoint_is_used_changed_and_deleted(javascript: Language, sandboxed: Bench) -> None:
    use = f"""
{DOCUMENTED.replace("console.log(response)", "told(response)")}
const inference = client.inference
const name = {{ inference_id: 'anthropic_completion' }}
const typed = {{ task_type: 'completion', ...name }}
told(await inference.get(typed))
const change = {{ task_settings: {{ max_tokens: 9, temperature: 1.0 }} }}
told(await inference.update({{ ...typed, inference_config: change }}))
told(await inference.completion({{ ...name, input: 'hello', task_settings: {{ max_tokens: 300 }} }}))
told(await inference.inference({{ ...name, input: 'hello', timeout: '20s' }}))
told(await inference.delete({{ ...typed, dry_run: true }}))
told(await inference.delete({{ ...typed, force: true }}))
told(await inference.get())
told((await client.info()).tagline)
told(await client.ping())
"""
    told = await javascript.lines(use, sandboxed.serving.url, sandboxed.key)
    made, one, changed, long, short, spared, gone, left, root, alive = told
    assert made == MADE
    assert one == {"endpoints": [made]}
    assert changed["task_settings"] == {"max_tokens": 9, "temperature": 1.0}
    assert long["completion"][0]["result"].startswith("**Sandbox")
    assert len(short["completion"][0]["result"]) < len(long["completion"][0]["result"])
    assert (spared["acknowledged"], gone["acknowledged"]) == (False, True)
    assert left == {"endpoints": []}
    assert (root, alive) == ("You Know, for Search", True)


async def test_streams_come_whole_as_one_text(javascript: Language, sandboxed: Bench) -> None:
    use = f"""
{DOCUMENTED.replace("console.log(response)", "")}
const service_settings = {{ api_key: '{DEFAULT_KEY}', model_id: '{MODEL}' }}
const inference_config = {{ service: 'anthropic', service_settings, task_settings: {{ max_tokens: 300 }} }}
await client.inference.put({{ task_type: 'chat_completion', inference_id: 'chat', inference_config }})
told(await client.inference.completion({{ inference_id: 'anthropic_completion', input: 'hello' }}))
told(await client.inference.streamCompletion({{ inference_id: 'anthropic_completion', input: 'hello' }}))
const chat_completion_request = {json.dumps(CHAT)}
told(await client.inference.chatCompletionUnified({{ inference_id: 'chat', chat_completion_request }}))
"""
    whole, pieces, chunks = await javascript.lines(use, sandboxed.serving.url, sandboxed.key)
    deltas = [delta["delta"] for told in pieces_of(pieces) for delta in told["completion"]]
    assert len(deltas) > 3
    assert "".join(deltas) == whole["completion"][0]["result"]
    streamed = [choice["delta"] for told in pieces_of(chunks) for choice in told["choices"]]
    assert streamed[0]["role"] == "assistant"
    assert "".join(delta.get("content", "") for delta in streamed).startswith("**Sandbox")
    assert pieces_of(chunks)[-1]["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize(
    ("task", "call"),
    [
        ("completion", "streamCompletion({ ...name, input: 'hello' }"),
        ("chat_completion", "chatCompletionUnified({ ...name, chat_completion_request }"),
    ],
    ids=("completion", "chat"),
)
async def test_a_piece_is_with_the_client_before_the_next_is_made(
    javascript: Language, bench: Bench, task: str, call: str
) -> None:
    await bench.put(task=task)
    words = [f"word-{number}" for number in range(5)]
    turns: asyncio.Queue[None] = asyncio.Queue()

    async def word_by_word(server: RawServer, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        told = events(*words)
        writer.writelines(told[:2])
        for event in told[2 : 2 + len(words)]:
            await turns.get()
            writer.write(event)
            await writer.drain()
        writer.writelines(told[2 + len(words) :])
        writer.close()

    bench.upstream.says = [word_by_word]
    use = f"""
const name = {{ inference_id: 'ep-ok' }}, chat_completion_request = {json.dumps(CHAT)}
const stream = await client.inference.{call}, {{ asStream: true }})
for await (const piece of stream) told(piece.toString())
"""
    async with javascript.running(use, bench.serving.url, bench.key) as process:
        came = ""
        for word in words:
            turns.put_nowait(None)
            while word not in came:
                came += await next_line(process)
            later = words[words.index(word) + 1 :]
            assert not any(each in came for each in later)
        while "[DONE]" not in came:
            came += await next_line(process)
        assert await process.wait() == 0


async def test_each_error_is_thrown_with_its_status(
    javascript: Language, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = await refusing(bench, monkeypatch)
    use = """
const inference = client.inference
const name = { inference_id: 'ep-ok' }
await failing(inference.completion({ ...name, input: 'a', timeout: '60ms' }))
await failing(inference.completion({ ...name, input: 'a' }))
await failing(inference.completion({ ...name, input: 'a' }))
await failing(inference.streamCompletion({ inference_id: 'a b/ü?', input: 'a' }))
await failing(inference.completion({ ...name, input: ['a', 'b'] }))
await failing(inference.put({ inference_id: 'x', task_type: 'rerank', inference_config: {} }))
await failing(client.child({ headers: { authorization: 'ApiKey wrong' } }).inference.get())
const { statusCode, body } = await inference.streamCompletion(
  { inference_id: 'none', input: 'a' }, { asStream: true, meta: true })
const pieces = await body.toArray()
told([statusCode, pieces.join('').includes('Inference endpoint not found [none]')])
"""
    told = await javascript.lines(use, bench.serving.url, bench.key)
    slow.set()
    assert told == [
        ["ResponseError", 408, "status_exception"],
        ["ResponseError", 403, "status_exception"],
        ["ResponseError", 429, "status_exception"],
        ["ResponseError", 404, "resource_not_found_exception"],
        ["ResponseError", 400, "status_exception"],
        ["ResponseError", 400, "status_exception"],
        ["ResponseError", 401, "security_exception"],
        [404, True],
    ]


async def test_a_client_that_stops_reading_ends_the_request(javascript: Language, bench: Bench) -> None:
    await bench.put()
    gone = asyncio.Event()

    async def endless(server: RawServer, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        told = events("more")
        writer.writelines(told[:2])
        try:
            while not writer.is_closing():
                writer.write(told[2])
                await writer.drain()
                await asyncio.sleep(0)
        finally:
            gone.set()

    bench.upstream.says = [endless]
    use = """
const stream = await client.inference.streamCompletion(
  { inference_id: 'ep-ok', input: 'a' }, { asStream: true })
for await (const piece of stream) { told('came'); break }
await new Promise(() => setInterval(() => {}, 1000))
"""
    async with javascript.running(use, bench.serving.url, bench.key) as process:
        assert await next_line(process) == "came"
        async with asyncio.timeout(20):
            await gone.wait()
