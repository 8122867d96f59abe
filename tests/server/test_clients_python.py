"""The official Python client, 9.5 and 8.19, each in a process of its own."""

from __future__ import annotations

import ast
import asyncio
from typing import Final

import pytest

from tests.adapters.raw_server import RawServer, Writer
from tests.cli.process import served
from tests.sandbox.wire import QUICK
from tests.server.bench import Bench, refusing
from tests.server.documentation import MADE, MODEL, PYTHON, filled
from tests.server.programs import Language, next_line, pieces_of
from tui_app.sandbox.server import running_sandbox
from tui_app.sandbox.settings import DEFAULT_KEY

DOCUMENTED: Final = filled(PYTHON, DEFAULT_KEY)


async def test_the_documented_call_makes_an_endpoint_in_a_process_of_its_own(python: Language) -> None:
    async with (
        running_sandbox(QUICK) as sandbox,
        served(ANTHROPIC_BASE_URL=sandbox.url) as (_, url, key),
    ):
        printed = await python.printed(DOCUMENTED, url, key)
        listed = await python.lines("told(client.inference.get())", url, key)
    assert ast.literal_eval(printed) == MADE
    assert listed == [{"endpoints": [MADE]}]
    assert [asked.prompt for asked in sandbox.requests] == ["how big"]


async def test_an_endpoint_is_used_changed_and_deleted(python: Language, sandboxed: Bench) -> None:
    use = f"""
{DOCUMENTED.replace("print(resp)", "told(resp)")}
name = {{"inference_id": "anthropic_completion"}}
told(client.inference.get(task_type="completion", **name))
told(client.inference.get(task_type="completion", inference_id="_all"))
limit = {{"rate_limit": {{"requests_per_minute": 999}}}}
change = {{"service_settings": limit, "task_settings": {{"max_tokens": 9}}}}
told(client.inference.update(task_type="completion", inference_config=change, **name))
told(client.inference.completion(input="hello", task_settings={{"max_tokens": 300}}, timeout="20s", **name))
told(client.inference.inference(task_type="completion", input=["hello"], **name))
told(client.inference.delete(task_type="completion", dry_run=True, **name))
told(client.inference.delete(task_type="completion", force=True, **name))
told(client.inference.get())
told(client.info()["tagline"])
told(client.ping())
"""
    url, key = sandboxed.serving.url, sandboxed.key
    made, one, typed, changed, long, short, spared, gone, left, root, alive = await python.lines(
        use, url, key
    )
    assert made == MADE
    assert one == typed == {"endpoints": [made]}
    assert changed["service_settings"]["rate_limit"] == {"requests_per_minute": 999}
    assert changed["task_settings"] == {"max_tokens": 9}
    assert long["completion"][0]["result"].startswith(short["completion"][0]["result"])
    assert (spared["acknowledged"], gone["acknowledged"]) == (False, True)
    assert left == {"endpoints": []}
    assert (root, alive) == ("You Know, for Search", True)


async def test_streams_and_chats_come_through_requests_of_its_own(python: Language, sandboxed: Bench) -> None:
    use = f"""
{DOCUMENTED.replace("print(resp)", "")}
settings = {{"api_key": "{DEFAULT_KEY}", "model_id": "{MODEL}"}}
config = {{"service": "anthropic", "service_settings": settings, "task_settings": {{"max_tokens": 300}}}}
client.inference.put(task_type="chat_completion", inference_id="chat", inference_config=config)
headers = {{"accept": "application/json", "content-type": "application/json"}}
def post(path, body):
    told(client.perform_request("POST", "/_inference/" + path, headers=headers, body=body))
post("completion/anthropic_completion", {{"input": "hello"}})
post("completion/anthropic_completion/_stream", {{"input": "hello"}})
chat = {{"messages": [{{"role": "user", "content": "hello"}}]}}
post("chat_completion/chat", chat)
post("chat_completion/chat/_stream", chat)
"""
    whole, pieces, chat, chunks = await python.lines(use, sandboxed.serving.url, sandboxed.key)
    (result,) = whole["completion"]
    deltas = [delta["delta"] for told in pieces_of(pieces) for delta in told["completion"]]
    assert len(deltas) > 3
    assert "".join(deltas) == result["result"]
    content = chat["choices"][0]["message"]["content"]
    streamed = [choice["delta"] for told in pieces_of(chunks) for choice in told["choices"]]
    assert "".join(delta.get("content", "") for delta in streamed) == content


async def test_each_error_is_raised_as_its_class(
    python: Language, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = await refusing(bench, monkeypatch)
    use = """
once = client.options(max_retries=0)
inference = once.inference
failing(inference.completion, inference_id="ep-ok", input="a", timeout="60ms")
failing(inference.completion, inference_id="ep-ok", input="a")
failing(inference.completion, inference_id="ep-ok", input="a")
failing(inference.completion, inference_id="ep-ok", input="a")
failing(inference.completion, inference_id="a b/ü?", input="a")
failing(inference.completion, inference_id="ep-ok", input=["a", "b"])
failing(inference.put, inference_id="x", task_type="rerank", inference_config={"service": "anthropic"})
failing(once.options(api_key="wrong").inference.get)
failing(client.indices.get, index="some")
"""
    told = await python.lines(use, bench.serving.url, bench.key)
    slow.set()
    assert told == [
        ["ApiError", 408, "status_exception"],
        ["AuthorizationException", 403, "status_exception"],
        ["ApiError", 429, "status_exception"],
        ["BadRequestError", 400, "status_exception"],
        ["NotFoundError", 404, "resource_not_found_exception"],
        ["BadRequestError", 400, "status_exception"],
        ["BadRequestError", 400, "status_exception"],
        ["AuthenticationException", 401, "security_exception"],
        ["BadRequestError", 400, "no handler found for uri [/some] and method [GET]"],
    ]


async def test_a_change_that_somebody_else_overtook_is_a_conflict(python: Language, bench: Bench) -> None:
    await bench.put()
    go_on, asked = asyncio.Event(), asyncio.Event()

    async def held(server: RawServer, writer: Writer) -> None:
        asked.set()
        await go_on.wait()
        await bench.upstream.say(server, writer)

    bench.upstream.says = [held]
    use = """
told("ready")
failing(client.inference.update, inference_id="ep-ok", inference_config={"task_settings": {"max_tokens": 7}})
"""
    async with python.running(use, bench.serving.url, bench.key) as process:
        assert await next_line(process) == "ready"
        await asked.wait()
        other = await bench.send("PUT", "/_inference/ep-ok/_update", {"task_settings": {"max_tokens": 8}})
        assert other.status_code == 200
        go_on.set()
        assert await next_line(process) == ["ConflictError", 409, "status_exception"]
    (kept,) = (await bench.send("GET", "/_inference/ep-ok")).json()["endpoints"]
    assert kept["task_settings"] == {"max_tokens": 8}
