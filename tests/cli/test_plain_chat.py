"""A chat in lines, as a process: through a pipe, and at a terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.process import COMMAND, PATIENCE_S, Ended, run
from tests.pictures import png
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.cli.plain_commands import PLAIN_COMMANDS
from tui_app.core.claims import Order
from tui_app.core.quota import Closure
from tui_app.ui.commands import BY_ID

PLAIN = ("chat", "sandbox", "--plain")


async def piped(*lines: str, options: Sequence[str] = ()) -> Ended:
    """Write these lines through a pipe."""
    return await run(*PLAIN, *options, given="".join(f"{line}\n" for line in lines).encode())


@dataclass
class Terminal:
    """A terminal that only knows lines, with the chat on it."""

    process: Process
    descriptor: int
    shown: str = ""
    seen: int = 0

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self.descriptor, f"{text}\r".encode())

    async def hear(self, pattern: str) -> str:
        """Wait for words that come after those that were heard last."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := re.compile(pattern).search(self.shown, self.seen)):
                self.shown += (await asyncio.to_thread(os.read, self.descriptor, 4096)).decode()
        self.seen = found.end()
        return found[0]


@asynccontextmanager
async def terminal(*args: str, **environ: str) -> AsyncGenerator[Terminal, None]:
    """The chat at a terminal, ended at the end."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "dumb", **environ}
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *PLAIN, *args, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True,
        preexec_fn=lambda: _adopt(theirs),
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        os.close(ours)


def _adopt(descriptor: int) -> None:
    """Make it the terminal that Ctrl-C is typed at."""
    import fcntl
    import termios

    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


async def test_each_line_of_a_pipe_is_a_prompt_that_waits_for_the_answer_before_it() -> None:
    ended = await piped("Name a river", "/read 2", "and its \\", "source")
    assert ended.code == 0
    assert "turn 2 of yours" in ended.out.decode()
    assert ended.out.decode().count("Sandbox answer") == 2
    said = ended.err.splitlines()
    assert all(line.startswith("inferterm: ") for line in said)
    assert said.count("inferterm: sent") == 2
    assert said.count("inferterm: the answer is whole") == 2
    assert "inferterm: you: Name a river" in said


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["Hi"], 0),
        (["status 400"], 4),
        (["status 400", "Hi"], 4),
        (["flaky forgiven"], 0),
        (["status 401", "/say 1"], 4),
        (["/nothing"], 2),
        (["/go-on"], 2),
        ([], 0),
    ],
)
async def test_the_exit_code_is_that_of_the_last_prompt_that_failed(lines: list[str], code: int) -> None:
    assert (await piped(*lines)).code == code


async def test_a_number_chooses_the_way_on_from_an_error_that_then_counts_no_more() -> None:
    ended = await piped("cut short", "1")
    assert ended.err.count("ask again") == 2
    assert ended.err.count("inferterm: sent\n") == 2
    assert ended.code == 5


async def test_a_text_that_looks_like_a_command_or_a_choice_can_be_said() -> None:
    ended = await piped("/say /help", "/say 1", "/open", "²")
    assert "“/help”" in ended.out.decode()
    assert "“²”" in ended.out.decode()
    assert ended.code == 0


async def test_code_is_copied_by_its_number_or_written_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    ended = await piped("Show python code", "/copy", f"/copy 2 {file}", f"/copy 2 {file}", "/copy 9")
    assert "1. the whole answer" in ended.err
    assert "2. code: python" in ended.err
    assert 'prompt = "Show python code"' in file.read_text()
    assert f"cannot write {file}: file exists" in ended.err
    assert "there is no 9 to copy" in ended.err


async def test_where_nothing_copies_a_file_is_offered() -> None:
    ended = await piped("Show python code", "/copy 2")
    assert "neither a clipboard program nor a terminal" in ended.err
    assert "/copy 2 FILE writes it to a file." in ended.err


async def test_a_conversation_goes_on_where_it_was_left_if_so_told() -> None:
    await piped("The first")
    ended = await piped("The second", options=["--continue"])
    assert "The first, 1 turn with sandbox" in ended.err
    assert "turn 2 of yours" in ended.out.decode()
    lines = ("/open", "1", "/rename Rivers", "/open second", "1", "/open RIVERS", "/open first", "2")
    again = await piped(*lines)
    assert "1. The first, 2 turns with sandbox" in again.err
    assert "you: The second" in again.err
    assert "1. Rivers with sandbox, in the prompt: The second" in again.err
    assert "1. Rivers, 2 turns with sandbox" in again.err
    assert "you: The first" in again.err.rpartition("Conversations")[2]


async def test_the_app_shows_what_was_said_in_lines() -> None:
    from tui_app import wiring

    await piped("Name a river", "and its \\", "source")
    async with wiring.workbench() as bench:
        chat = await bench.inference.chats.latest("sandbox")
        assert [turn.prompt for turn in chat.conversation.turns] == ["Name a river", "and its \nsource"]


async def test_settings_hold_for_this_chat_alone() -> None:
    ended = await piped(
        "/settings max_tokens 10", "Hello", "2", "/settings max_tokens -", "/settings colour red", "/settings"
    )
    assert "max_tokens: 10, of this chat" in ended.err
    assert "2. allow 20 tokens an answer, and continue" in ended.err
    assert "An answer may have 20 tokens in this chat from now on." in ended.err
    assert "max_tokens: 4096, of the endpoint" in ended.err
    assert "there is no setting colour" in ended.err


async def test_a_wait_for_the_quota_is_said_with_place_and_time() -> None:
    folder = Path.home() / ".config/inferterm/endpoints"
    folder.mkdir(parents=True)
    (folder / "slow.json").write_text(
        '{"service": "anthropic", "service_settings": {"model_id": "claude-haiku-4-5", "rate_limit":'
        ' {"requests_per_minute": 1}}, "task_settings": {"max_tokens": 64}, "local": {"sandbox": true}}'
    )
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "chat", "slow", "--plain", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(b"one\ntwo\n")
    said = b""
    async with asyncio.timeout(PATIENCE_S):
        while b"queued, place 1, expected to start in about " not in said:
            said += await process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
    assert process.returncode == 130
    assert b"Stopped before it was sent." in err
    assert b"Traceback" not in err
    async with asyncio.timeout(PATIENCE_S):
        again = await run("chat", "slow", "--plain", "--continue")
    assert "/send sends it" in again.err


async def test_a_closed_service_is_told_with_the_local_time_at_which_it_opens() -> None:
    await piped("Hi")
    ledger, now = SqliteLedger(Path.home() / ".local/state/inferterm"), SystemClock().now()
    (group,) = ledger.groups(now)
    opens_at = time.time() + 7200
    ledger.settle(Order(now, closures={group: Closure(now + 7200, "slow down")}))
    ledger.close()
    ended = await piped("/quota")
    told = re.search(r"closed until (\d\d:\d\d:\d\d), in .*: slow down", ended.err)
    around = (time.strftime("%H:%M:%S", time.localtime(opens_at + off)) for off in (-1, 0, 1))
    assert told and told[1] in around, ended.err


async def test_who_is_unknown_is_said_as_by_ask() -> None:
    ended = await run("chat", "nobody", "--plain", given=b"Hi\n")
    assert (ended.code, len(ended.err.splitlines())) == (2, 1)
    plain = await run("chat", "sandbox")
    assert plain.code == 2
    assert "--plain" in plain.err


async def test_a_whole_conversation_at_a_terminal_that_knows_only_lines() -> None:
    async with terminal() as lines:
        await lines.hear("A new conversation with sandbox")
        await lines.hear("you> ")
        lines.type("Name a river")
        await lines.hear("\r\nsent\r\n")
        await lines.hear("the answer is whole")
        await lines.hear("you> ")
        lines.type("write 900 words")
        await lines.hear("answers:")
        lines.type("/quota")
        await lines.hear("used in the last 60 s")
        os.write(lines.descriptor, b"\x03")
        await lines.hear("Stopped. What came is kept.")
        await lines.hear("1. ask again")
        await lines.hear("you> ")
        lines.type("flaky once")
        await lines.hear("retrying: attempt 2 of 3 in .* s: overloaded_error")
        await lines.hear("sent again, attempt 2")
        await lines.hear("you> ")
        os.write(lines.descriptor, b"\x03")
        await lines.hear("There is nothing to stop")
        lines.type("/new")
        await lines.hear("A new conversation")
        lines.type("/open")
        await lines.hear("1. Name a river, 3 turns")
        lines.type("1")
        await lines.hear("you: flaky once")
        lines.type("/quit")
        async with asyncio.timeout(PATIENCE_S):
            assert await lines.process.wait() == 0
        assert "\x1b" not in lines.shown


def editor(folder: Path, script: str) -> dict[str, str]:
    """An editor that does what the script says, as the variables that name it."""
    program = folder / "editor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"EDITOR": str(program), "VISUAL": str(program)}


async def test_an_editor_writes_the_prompt(tmp_path: Path) -> None:
    async with terminal(**editor(tmp_path, 'printf "two\\nlines\\n" > "$1"')) as lines:
        await lines.hear("you> ")
        lines.type("/edit")
        await lines.hear("you: two\r\nyou: lines")
        await lines.hear("the answer is whole")
        await lines.hear("you> ")
        os.write(lines.descriptor, b"\x04")
        async with asyncio.timeout(PATIENCE_S):
            assert await lines.process.wait() == 0


async def test_sigterm_keeps_what_came() -> None:
    async with terminal() as lines:
        await lines.hear("you> ")
        lines.type("write 900 words")
        await lines.hear(r"answers:\s+\w")
        lines.process.terminate()
        await lines.hear("What came is kept")
        async with asyncio.timeout(PATIENCE_S):
            assert await lines.process.wait() == 128 + signal.SIGTERM


def test_commands_are_those_of_the_app() -> None:
    assert {command.id for command in PLAIN_COMMANDS if command.id} <= set(BY_ID)


NEEDLESS = {
    "prompt.newline": "a line that ends with a backslash",
    "prompt.chips": "/attach says what is attached, /look and /detach take a number",
    "chat.leave": "/quit",
    "chat.search": "/open WORDS",
    "chat.older": "what was said stands above",
    "chat.newer": "what was said stands above",
    "chat.oldest": "what was said stands above",
    "chat.newest": "what was said stands above",
    "turn.earlier": "/flip goes round and round",
    "turn.again": "/again N",
    "turn.inspect": "/inspect",
    "turn.copy": "/copy",
    "turn.unfold": "/inspect N FILE writes all of an answer",
    "turn.up": "turns have numbers",
    "turn.down": "turns have numbers",
    "turn.leave": "turns have numbers",
    "inspect.again": "/again N",
    "inspect.leave": "nothing is drawn over",
    "conversations.open": "/open",
    "conversations.filter": "/open WORDS",
    "conversations.leave": "nothing is drawn over",
}
"""Commands of the app's chat that need none here, and what does the same."""


def test_all_that_the_apps_chat_can_do_can_be_done_in_lines() -> None:
    places = {"prompt", "reply", "chat", "turn", "inspect", "conversations"}
    of_the_app = {each for each, command in BY_ID.items() if command.place in places}
    assert of_the_app - {command.id for command in PLAIN_COMMANDS} - set(NEEDLESS) == set()


async def test_a_prompt_is_changed_flipped_forked_and_taken_out_by_its_number() -> None:
    ended = await piped(
        "cats", "birds", "/change 1 dogs", "/turns", "/flip 1", "/turns", "/fork 1", "/turns", "/again 1",
        "/remove", "1", "/turns", "/change 9 x",
    )  # fmt: skip
    said = ended.err.replace("inferterm: ", "")
    assert "1. dogs, version 2 of 2\n" in said
    assert "version 1 of 2: cats\n" in said
    assert "1 more turn follows it." in said
    assert "1. cats, version 1 of 2\n2. birds\n" in said
    assert "cats (from turn 1), 1 turn with sandbox" in said
    assert "cats, version 2 of 2: take it out, a number chooses:\n1. take it out" in said
    assert "Taken out." in said
    assert said.endswith("1. cats\nthere is no turn 9. There are 1 to 1: /turns.\n")
    assert "“dogs”" in ended.out.decode()


async def test_a_conversation_is_pinned_written_deleted_brought_back_and_read_again(tmp_path: Path) -> None:
    file, text = tmp_path / "talk.json", tmp_path / "talk.md"
    ended = await piped(
        "Grüße 🌍", "/pin", "/open", f"/export {file}", f"/export {text}", "/delete", "1", "/undo", "/read",
        f"/import {file}", "/open", f"/import {tmp_path}", f"/export {file}", "/undo",
    )  # fmt: skip
    said = ended.err.replace("inferterm: ", "")
    assert "It stands first among all now." in said
    assert "1. pinned: Grüße 🌍, 1 turn with sandbox" in said
    assert "Deleted. /undo brings it back until you leave." in said
    assert "you: Grüße 🌍" in said
    assert "kept: Grüße 🌍, 1 turn" in said
    assert "2. pinned: Grüße 🌍" in said
    assert "cannot be read: is a directory" in said
    assert f"cannot write {file}: file exists" in said
    assert "no conversation was deleted since you came" in said
    assert "# Grüße 🌍" in text.read_text()


async def test_an_exchange_is_inspected_written_whole_and_copied_as_curl(tmp_path: Path) -> None:
    whole, script = tmp_path / "exchange.txt", tmp_path / "again.sh"
    ended = await piped("status 400", "/inspect", f"/inspect 1 {whole}", f"/curl 1 {script}", "/weigh Hello")
    assert "timing: queued" in ended.err
    assert "answer: HTTP 400" in ended.err
    assert '"type": "invalid_request_error"' in whole.read_text()
    assert "x-api-key: (a key, never kept)" in whole.read_text()
    assert 'x-api-key: $ANTHROPIC_API_KEY"' in script.read_text()
    assert "tokens in, would cost under $0.0001 before the answer · counted" in ended.err


async def test_an_earlier_prompt_is_changed_in_an_editor(tmp_path: Path) -> None:
    async with terminal(
        **editor(tmp_path, 'test "$(cat "$1")" = "cats" && printf "dogs\\n" > "$1"')
    ) as lines:
        await lines.hear("you> ")
        lines.type("cats")
        await lines.hear("the answer is whole")
        await lines.hear("you> ")
        lines.type("/change")
        await lines.hear("“dogs”")
        await lines.hear("the answer is whole")


async def test_what_was_typed_during_an_answer_that_is_stopped_is_said_not_to_be_sent() -> None:
    async with terminal() as lines:
        await lines.hear("you> ")
        lines.type("write 900 words")
        await lines.hear("answers:")
        lines.type("and another")
        lines.type("/quota")
        await lines.hear("used in the last 60 s")
        os.write(lines.descriptor, b"\x03")
        await lines.hear("What came is kept.")
        await lines.hear("Not sent: and another")


async def test_a_file_is_attached_said_taken_away_and_goes_along_with_the_next_prompt(tmp_path: Path) -> None:
    (tmp_path / "my notes.txt").write_text("alpha\nbeta\n", encoding="utf-8")
    photo = tmp_path / "photo.txt"
    photo.write_bytes(png(640, 480))
    ended = await piped(
        f"/attach {tmp_path}/my notes.txt",
        f"/attach '{photo}'",
        "/attach",
        "/look 1",
        "/look ²",
        "/detach ²",
        "/detach 2",
        "what is it?",
        "/read",
        f"/attach {tmp_path}/gone",
    )
    assert "attached 1: my notes.txt, 2 lines, 11 bytes" in ended.err
    assert "attached 2: photo.txt, PNG, 640x480" in ended.err
    assert "inferterm: beta" in ended.err
    assert ended.err.count("there is no attachment ²") == 2
    assert "photo.txt is taken away." in ended.err
    assert "the file “my notes.txt”, 2 lines, 2 words".encode() in ended.out
    assert b"image" not in ended.out
    assert "attached: my notes.txt, 2 lines, 11 bytes" in ended.err
    assert "gone is not there" in ended.err
    assert ended.code == 2


async def test_a_kept_prompt_is_asked_with_its_variables() -> None:
    folder = Path.home() / ".config/inferterm/prompts"
    folder.mkdir(parents=True)
    (folder / "greet.toml").write_text('system = "Be brief"\nprompt = "Greet {{name}}"\n')
    (folder / "tea.toml").write_text('prompt = "What is 6 times 7?"\n')
    ended = await piped(
        "/prompt", "/prompt greet", "/prompt tea", "/prompt greet name='Ada L'", "/turns", "/prompt x"
    )
    said = ended.err.replace("inferterm: ", "")
    assert "greet: name\ntea: no variables\n" in said
    assert "no value for `name`" in said
    assert "Greet Ada L, 0 turns" not in said
    assert "1. Greet Ada L\n" in said
    assert "there is no prompt x" in said
    assert "“What is 6 times 7?”" in ended.out.decode()


async def test_several_are_asked_at_once_and_the_chat_goes_on_with_one_of_the_answers() -> None:
    lines = ("write 20 words", "/side-by-side sandbox", "2", "/turns", "/side-by-side a b c d", "/fork")
    ended = await piped(*lines, "/side-by-side nobody")
    assert ended.out.decode().count("Sandbox answer") == 3
    said = [line.removeprefix("inferterm: ") for line in ended.err.splitlines()]
    for number in (1, 2):
        assert said.index(f"column {number}, sandbox: asked") < said.index(
            f"column {number}, sandbox answers:"
        )
    assert said.index("2. go on with column 2, sandbox") < said.index("1. write 20 words")
    assert "write 20 words, 1 turn with sandbox, model claude-haiku-4-5." in said
    assert "at most 4 are asked at once. Name 3 besides sandbox." in said
    assert "Inference endpoint not found [nobody]." in ended.err
    assert ended.code != 0


@pytest.mark.parametrize("stop", ["/stop\r", "\x03"])
async def test_all_that_were_asked_at_once_are_stopped_at_once(stop: str) -> None:
    async with terminal() as lines:
        await lines.hear("you> ")
        lines.type("write 900 words")
        await lines.hear("Sandbox")
        os.write(lines.descriptor, stop.encode())
        await lines.hear("What came is kept.")
        await lines.hear("you> ")
        lines.type("/side-by-side sandbox")
        await lines.hear("column 2, sandbox: asked")
        os.write(lines.descriptor, stop.encode())
        for _ in range(2):
            await lines.hear("Stopped|Taken back")
        await lines.hear("you> ")
        lines.type("/say hi")
        await lines.hear("the answer is whole")
