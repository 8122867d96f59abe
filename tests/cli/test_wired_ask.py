"""`inferterm ask` on its real parts and real servers on loopback, in the test's own process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.answers import BLOCK, START, text_delta, whole
from tests.adapters.raw_server import (
    RawServer,
    Say,
    Writer,
    answer,
    chunked,
    hangs_up,
    in_turn,
    raw_server,
    sse,
)
from tests.cli.bench import KEY, CommandLine
from tests.core.bodies import body

ANSWER = chunked(whole("Hello", ", ", "wörld\u2028"), headers={"request-id": "req_1"})
PART = sse(START, BLOCK, text_delta("the first part"))


@pytest.fixture
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the environment."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


with_key = pytest.mark.usefixtures("_key")


def given(server: RawServer) -> str:
    """The body of an endpoint whose requests go to `server`."""
    return json.dumps(body(service_settings={"model_id": "claude-haiku-4-5", "url": server.url}))


async def put(inferterm: CommandLine, server: RawServer) -> None:
    """Let an endpoint exist whose requests go to `server`."""
    assert (await inferterm.wired("endpoints", "put", "mine", given=given(server))).code == 0


def error(status: int, kind: str, headers: dict[str, str] | None = None, **details: object) -> Say:
    """An answer of the service that says no."""
    said = {"type": "error", "error": {"type": kind, "message": "no\x1b[2J way", "details": details}}
    return answer(status, {"content-type": "application/json", **(headers or {})}, json.dumps(said))


AT_ONCE = {"retry-after-ms": "1"}


@pytest.mark.parametrize(
    ("prompt", "code", "text", "lines"),
    [
        ("status 529", 4, "", 3),
        ("status 400", 4, "", 1),
        ("mid-stream error", 4, "Sandbox: this is the beginning", 1),
        ("cut short", 5, "Sandbox: this is the beginning", 1),
        ("refuse", 0, "", 1),
        ("think", 0, "Sandbox answer", 0),
        ("slow", 0, "Sandbox: this answer takes its time", 0),
        ("separators", 0, "between here\u2028and here is U+2028, between here\u0085and here", 0),
    ],
)
async def test_the_sandbox_acts_out_the_world(
    inferterm: CommandLine, prompt: str, code: int, text: str, lines: int
) -> None:
    ended = await inferterm.wired("ask", "sandbox", prompt)
    assert (ended.code, len(ended.complaints)) == (code, lines)
    printed = ended.out
    assert text in printed
    assert bool(printed) == bool(text)


async def test_the_sandbox_answers_the_same_prompt_with_the_same_text(inferterm: CommandLine) -> None:
    plain = await inferterm.wired("ask", "sandbox", "separators")
    as_json = await inferterm.wired("ask", "sandbox", "--json", given="separators")
    assert json.loads(as_json.out)["text"] == plain.out
    assert as_json.out.count("\n") == 1


async def test_a_key_is_needed_before_anything_is_sent(inferterm: CommandLine) -> None:
    async with raw_server(ANSWER) as server:
        await put(inferterm, server)
        ended = await inferterm.wired("ask", "mine", "Hi")
        assert (ended.code, ended.out, len(ended.complaints)) == (3, "", 1)
        assert server.connections == 0


@pytest.mark.parametrize("status", [500, 529])
@with_key
async def test_a_passing_error_ends_after_exactly_three_requests(inferterm: CommandLine, status: int) -> None:
    async with raw_server(error(status, "api_error", AT_ONCE)) as server:
        await put(inferterm, server)
        ended = await inferterm.wired("ask", "mine", "Hi")
        assert (ended.code, ended.out, len(server.requests)) == (4, "", 3)
        assert len(ended.complaints) == 3
        assert "no way" in ended.err


@pytest.mark.parametrize(
    ("status", "should", "requests"), [(500, "false", 1), (400, "true", 3), (429, "false", 1)]
)
@with_key
async def test_the_service_says_whether_to_try_again(
    inferterm: CommandLine, status: int, should: str, requests: int
) -> None:
    say = error(status, "some_error", {"x-should-retry": should, **AT_ONCE})
    async with raw_server(say) as server:
        await put(inferterm, server)
        ended = await inferterm.wired("ask", "mine", "Hi")
        assert (ended.code, len(server.requests)) == (4, requests)


@with_key
async def test_a_spend_cap_ends_after_one_request(inferterm: CommandLine) -> None:
    say = error(429, "rate_limit_error", error_code="enforced_spend_limit_reached")
    async with raw_server(say) as server:
        await put(inferterm, server)
        ended = await inferterm.wired("ask", "mine", "Hi")
        assert (ended.code, len(server.requests), len(ended.complaints)) == (4, 1, 1)


@with_key
async def test_a_redirect_to_another_host_is_not_given_the_key(inferterm: CommandLine) -> None:
    async with raw_server(ANSWER) as elsewhere:
        moved = answer(307, {"location": f"http://localhost:{elsewhere.port}/v1/messages"})
        async with raw_server(moved) as server:
            await put(inferterm, server)
            ended = await inferterm.wired("ask", "mine", "Hi")
        assert (ended.code, ended.out) == (5, "")
        assert KEY.encode() not in elsewhere.received
        assert KEY not in ended.err


@with_key
async def test_a_cut_stream_is_the_network_and_keeps_its_part(inferterm: CommandLine) -> None:
    async with raw_server(hangs_up(chunked(PART, ends=False))) as server:
        await put(inferterm, server)
        ended = await inferterm.wired("ask", "mine", "Hi", "--json")
        assert (ended.code, json.loads(ended.out)["text"]) == (5, "the first part")


@with_key
async def test_nobody_at_the_address_is_the_network(inferterm: CommandLine) -> None:
    async with raw_server(ANSWER) as server:
        await put(inferterm, server)
    ended = await inferterm.wired("ask", "mine", "Hi", "--timeout", "1")
    assert (ended.code, ended.out) == (5, "")
    assert server.url.removeprefix("http://") in ended.err


@pytest.mark.parametrize("begins", [False, True])
@with_key
async def test_silence_ends_with_the_timeout(inferterm: CommandLine, begins: bool) -> None:
    async def silent(server: RawServer, writer: Writer) -> None:
        """Take the request and say nothing."""

    async with raw_server(chunked(PART, ends=False) if begins else silent) as server:
        await put(inferterm, server)
        ended = await inferterm.wired("ask", "mine", "Hi", "--timeout", "0.5")
        assert (ended.code, ended.out) == (5, "the first part" if begins else "")


@with_key
async def test_a_group_that_is_closed_for_long_is_told_at_once_in_every_process(
    inferterm: CommandLine,
) -> None:
    async with raw_server(error(429, "rate_limit_error", {"retry-after": "3600"})) as server:
        await put(inferterm, server)
        for _ in range(2):
            ended = await inferterm.wired("ask", "mine", "Hi", "--timeout", "60")
            assert (ended.code, ended.out, len(server.requests)) == (75, "", 1)
        told = await inferterm.wired("quota", "mine", "--json")
        quota = json.loads(told.out)
        assert (quota["left"], quota["used"]) == (0, 1)
        assert 3500 < quota["closed"]["seconds"] <= 3600


@with_key
async def test_the_variable_names_the_base_of_endpoints_without_a_url(
    inferterm: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await inferterm.wired("endpoints", "put", "mine", given=json.dumps(body()))).code == 0
    async with raw_server(ANSWER) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", f"{server.url}/prefix/v1")
        assert (await inferterm.wired("ask", "mine", "Hi")).code == 0
        assert server.path == "POST /prefix/v1/messages"


@with_key
async def test_a_flaky_service_is_asked_again(inferterm: CommandLine) -> None:
    async with raw_server(in_turn(error(529, "overloaded_error", AT_ONCE), ANSWER)) as server:
        await put(inferterm, server)
        ended = await inferterm.wired("ask", "mine", "Hi", "--json")
        assert (ended.code, len(server.requests), len(ended.complaints)) == (0, 2, 1)
        assert json.loads(ended.out)["request_id"] == "req_1"


@with_key
async def test_the_key_is_in_no_file_and_no_output(inferterm: CommandLine) -> None:
    said = f"the key {KEY} is not right"
    refusal = json.dumps({"type": "error", "error": {"type": "authentication_error", "message": said}})
    async with raw_server(answer(401, {}, refusal)) as server:
        settings = {"model_id": "claude-haiku-4-5", "api_key": KEY, "url": server.url}
        whole_body = json.dumps(body(service_settings=settings))
        ended = [
            await inferterm.wired("endpoints", "put", "mine", given=whole_body),
            await inferterm.wired("ask", "mine", "Hi"),
            await inferterm.wired("key", "status", "mine"),
            await inferterm.wired("endpoints", "show", "mine"),
            await inferterm.wired("doctor", "--json"),
        ]
    assert [each.code for each in ended] == [0, 4, 0, 0, 0]
    assert not any(KEY in each.err + each.out for each in ended)
    files = [path for path in Path.home().rglob("*") if path.is_file()]
    assert any(path.name == "mine.json" for path in files)
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


async def test_without_a_keyring_a_new_key_has_nowhere_to_go(
    inferterm: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-another")
    settings = {"model_id": "claude-haiku-4-5", "api_key": KEY}
    ended = await inferterm.wired(
        "endpoints", "put", "mine", given=json.dumps(body(service_settings=settings))
    )
    assert (ended.code, ended.out, len(ended.complaints)) == (3, "", 1)
    assert "ANTHROPIC_API_KEY" in ended.err
    assert not list(Path.home().rglob("*.json"))
