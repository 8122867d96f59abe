"""The command as a process: signals, pipes, locales, many at once, and what it imports."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import shutil
import signal
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.adapters.answers import BLOCK, START, text_delta, whole
from tests.adapters.raw_server import RawServer, chunked, raw_server, sse
from tests.cli.bench import KEY
from tests.cli.process import PATIENCE_S, end, put, run, script, shown_until, start
from tests.core.bodies import body
from tests.secret_service import SecretService

ANSWER = chunked(whole("Hello", ", ", "wörld\u2028"), headers={"request-id": "req_1"})
PART = sse(START, BLOCK, text_delta("the first part"))


async def test_text_comes_out_as_it_was_sent_whatever_the_locale() -> None:
    async with raw_server(ANSWER) as server:
        put(server.url)
        ended = await run(
            "ask", "mine", "grüß", ANTHROPIC_API_KEY=KEY, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
        )
        assert (ended.code, ended.out, ended.err) == (0, "Hello, wörld\u2028".encode(), "")
        assert isinstance(server.body, dict)
        assert server.body["messages"] == [{"role": "user", "content": "grüß"}]
        assert server.header("x-api-key") == [KEY]


async def test_a_crash_writes_no_memory_to_a_file(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        f'ulimit -S -c "$(ulimit -H -c)"; exec {sys.executable} -m tui_app serve --port 0',
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        assert (await process.stdout.readline()).startswith(b"http://")
        process.send_signal(signal.SIGABRT)
        assert await process.wait() == -signal.SIGABRT
    assert list(tmp_path.glob("core*")) == []


@pytest.mark.parametrize("options", [(), ("--json",)])
async def test_ctrl_c_ends_quietly_with_what_came(options: Sequence[str]) -> None:
    came = asyncio.Event()

    async def part(server: RawServer, writer: asyncio.StreamWriter) -> None:
        await chunked(PART, ends=False)(server, writer)
        came.set()

    async with raw_server(part) as server:
        put(server.url)
        process = await start("ask", "mine", "Hi", *options, ANTHROPIC_API_KEY=KEY)
        assert process.stdout is not None
        printed = b""
        async with asyncio.timeout(PATIENCE_S):
            await came.wait()
            if not options:
                printed = await process.stdout.readexactly(14)
        if options:  # nothing shows from outside when the part has arrived
            await asyncio.sleep(0.3)
        process.send_signal(signal.SIGINT)
        ended = await end(process)
        assert (ended.code, ended.err) == (130, "")
        whole_out = printed + ended.out
        assert (json.loads(whole_out)["text"].encode() if options else whole_out) == b"the first part"


async def test_four_processes_keep_to_one_limit() -> None:
    async with raw_server(ANSWER) as server:
        put(server.url, limit=5)

        async def ask() -> int:
            return (await run("ask", "mine", "Hi", "--timeout", "5", ANTHROPIC_API_KEY=KEY)).code

        codes = [*await asyncio.gather(*(ask() for _ in range(4)))]
        codes += await asyncio.gather(*(ask() for _ in range(3)))
        assert sorted(codes) == [0, 0, 0, 0, 0, 75, 75]
        assert len(server.requests) == 5
        quota = json.loads((await run("quota", "mine", "--json", ANTHROPIC_API_KEY=KEY)).out)
        assert (quota["used"], quota["left"]) == (5, 0)
        assert 0 < quota["next_slot_in_s"] <= quota["full_in_s"] <= 61


@pytest.mark.parametrize("how", ["by hand", "by a command"])
async def test_a_limit_that_is_changed_holds_at_once_for_those_who_wait(how: str) -> None:
    async with raw_server(ANSWER) as server:
        put(server.url, limit=1)
        assert (await run("ask", "mine", "Hi", ANTHROPIC_API_KEY=KEY)).code == 0
        waiting = [await start("ask", "mine", "Hi", ANTHROPIC_API_KEY=KEY) for _ in range(2)]
        for process in waiting:
            assert process.stderr is not None
            async with asyncio.timeout(PATIENCE_S):
                assert b"waiting about" in await process.stderr.readline()
        if how == "by hand":
            put(server.url, limit=3)
        else:
            limits = {"requests_per_minute": 3}
            settings = {"model_id": "claude-haiku-4-5", "url": server.url, "rate_limit": limits}
            given = json.dumps(body(service_settings=settings)).encode()
            changed = await run("endpoints", "put", "mine", "--replace", given=given, ANTHROPIC_API_KEY=KEY)
            assert changed.code == 0, changed.err
        ended = await asyncio.gather(*map(end, waiting))
        assert [each.code for each in ended] == [0, 0], "the last would have waited for two minutes"
        assert len(server.requests) == 3


CLOSED = {
    "inferterm ask sandbox 'write 200 words' | head -c 5 > /dev/null; exit ${PIPESTATUS[0]}": 141,
    "inferterm ask sandbox Hi >&-": 1,
    "inferterm ask sandbox Hi > /dev/full": 1,
    "inferterm ask sandbox Hi <&- 2>&- > /dev/null": 0,
    "inferterm ask sandbox <&-": 2,
    "inferterm <&-": 2,
    "inferterm <&- >&- 2>&-": 2,
    "inferterm --help > /dev/full": 1,
    "inferterm quota sandbox >&-": 1,
}
"""Lines of a script whose streams are closed or full, and their exit codes."""


async def test_streams_that_are_closed_or_full_raise_no_traceback() -> None:
    ended = await asyncio.gather(*map(script, CLOSED))
    assert dict(zip(CLOSED, (each.code for each in ended), strict=True)) == CLOSED
    assert all(len(each.err.splitlines()) <= 1 for each in ended)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_sandbox_prints_its_address_into_a_pipe_and_ends_with_a_signal(
    number: signal.Signals,
) -> None:
    process = await start("sandbox")
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        url, key = [(await process.stdout.readline()).decode().strip() for _ in range(2)]
    assert url.startswith("http://127.0.0.1:")
    port = url.rpartition(":")[2]
    request = f"GET /v1/models?limit=1 HTTP/1.1\r\nhost: x\r\nx-api-key: {key}\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    writer.write(request + b"anthropic-version: 2023-06-01\r\nconnection: close\r\n\r\n")
    async with asyncio.timeout(PATIENCE_S):
        assert b" 200 " in await reader.readline()
    writer.close()
    taken = await run("sandbox", "--port", port)
    assert (taken.code, taken.out, len(taken.err.splitlines())) == (2, b"", 1)
    assert port in taken.err
    process.send_signal(number)
    ended = await end(process)
    assert (ended.code, ended.out, ended.err) == (0, b"", "")


async def test_endpoints_lie_as_files_below_the_configuration_folder(tmp_path: Path) -> None:
    given = json.dumps(body()).encode()
    ended = await run("endpoints", "put", "--", "my-id", given=given, XDG_CONFIG_HOME=str(tmp_path))
    assert (ended.code, ended.out[:14]) == (0, b"created my-id;")
    file = tmp_path / "inferterm/endpoints/my-id.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert json.loads(file.read_text())["service_settings"]["model_id"] == "claude-haiku-5-5"


async def test_a_key_typed_at_a_terminal_does_not_show() -> None:
    async with raw_server(ANSWER) as server:
        put(server.url)
    outer, inner = pty.openpty()
    command = (sys.executable, "-m", "tui_app", "key", "set", "mine")
    process = await asyncio.create_subprocess_exec(
        *command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True
    )
    os.close(inner)
    shown = await asyncio.to_thread(shown_until, outer, b"Key of mine")
    os.write(outer, KEY.encode() + b"\n")
    shown += await asyncio.to_thread(shown_until, outer, b"inferterm: ")
    async with asyncio.timeout(PATIENCE_S):
        assert await process.wait() == 3
    os.close(outer)
    assert KEY.encode() not in shown


HYGIENE = """
import sys
from tui_app.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    print(ended.code, *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
LIGHT = {"textual", "rich", "pydantic", "asyncio", "httpx", "keyring", "starlette", "sqlite3"}


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--version"], LIGHT),
        (["--help"], LIGHT),
        (["ask", "--help"], LIGHT),
        (["endpoints", "put", "--help"], LIGHT),
        (["ask", "sandbox", "separators"], {"textual"}),
        (["endpoints", "list"], {"textual", "rich", "httpx", "starlette"}),
        (["doctor"], {"textual", "rich", "starlette"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
async def test_nothing_is_imported_that_is_not_needed(arguments: list[str], absent: set[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HYGIENE,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    ended = await end(process)
    code, *modules = ended.err.splitlines()[-1].split()
    assert code == "0"
    assert absent.isdisjoint(modules)


async def test_ids_are_completed_without_importing_what_reads_them() -> None:
    async with raw_server(ANSWER) as server:
        put(server.url)
    for words, completed in {
        "inferterm ask ": ["plain,mine", "plain,sandbox"],
        "inferterm ask m": ["plain,mine"],
        "inferterm qu": ["plain,quota"],
    }.items():
        count = str(len(words.split(" ")) - 1)
        ended = await run(_INFERTERM_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=count)
        assert (ended.code, ended.out.decode().split(), ended.err) == (0, completed, "")


@pytest.mark.system
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_shells_take_the_completion_script(shell: str) -> None:
    printed = await run("completion", shell)
    assert printed.code == 0
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    process = await asyncio.create_subprocess_exec(
        shell,
        "-n",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    ended = await end(process, printed.out)
    assert (ended.code, ended.err) == (0, "")


SILENT_NAMES = """
import socket, sys, time
socket.getaddrinfo = lambda *names, **options: time.sleep(3600)
from tui_app.cli.main import main
main(sys.argv[1:])
"""


async def test_a_silent_name_server_does_not_hold_up_the_end() -> None:
    put("https://api.example")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SILENT_NAMES, "ask", "mine", "Hi", "--timeout", "2"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "ANTHROPIC_API_KEY": KEY},
    )
    ended = await end(process)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (5, b"", 1)


@pytest.mark.system
async def test_a_real_keyring_holds_the_key_from_put_to_delete(
    secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    async with raw_server(ANSWER) as server:
        settings = {"model_id": "claude-haiku-4-5", "api_key": "sk-first-key-of-all", "url": server.url}
        given = json.dumps(body(service_settings=settings)).encode()
        assert (await run("endpoints", "put", "mine", given=given)).code == 0
        assert secret_service.entries() == {"mine": "sk-first-key-of-all"}
        assert (await run("key", "set", "mine", given=KEY.encode())).code == 0
        ended = await run("ask", "mine", "Hi", ANTHROPIC_API_KEY="sk-not-this-one")
        assert (ended.code, server.header("x-api-key")) == (0, [KEY])
    found = json.loads((await run("doctor", "--json")).out)["keyring"]
    assert (found["works"], found["trouble"]) == (True, None)
    secret_service.lock()
    assert (await run("ask", "mine", "Hi")).code == 3
    secret_service.kill()
    secret_service.start()
    assert (await run("endpoints", "delete", "mine", "--with-key")).code == 0
    assert secret_service.entries() == {}
