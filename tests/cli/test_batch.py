"""`inferterm batch` as scripts see it: exit codes, what is printed, and what a kill leaves."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import pty
import signal
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.cli.process import COMMAND, PATIENCE_S, Ended, end, put, run, script, shown_until, start
from tui_app.sandbox.server import SandboxServer, running_sandbox
from tui_app.sandbox.settings import DEFAULT_KEY, SandboxSettings

QUICK = SandboxSettings(tokens_per_second=0, first_token_delay=0)
SLOW = SandboxSettings(tokens_per_second=0, first_token_delay=1.0)
KEY = {"ANTHROPIC_API_KEY": DEFAULT_KEY}


def table(folder: Path, rows: int, **columns: str) -> Path:
    """A CSV file whose prompts are numbered."""
    file = folder / "rows.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["prompt", *columns])
        writer.writerows([f"Say row {number:02} briefly", *columns.values()] for number in range(rows))
    return file


async def batch(file: Path, *options: str, given: bytes = b"") -> Ended:
    """Run the command to its end."""
    return await run("batch", str(file), "--endpoint", "mine", *options, given=given, **KEY)


def printed(ended: Ended) -> list[dict[str, str]]:
    """The rows of CSV that came out."""
    return list(csv.DictReader(io.StringIO(ended.out.decode())))


def asked(server: SandboxServer) -> Counter[str]:
    """How often each prompt came to the sandbox."""
    return Counter(each.prompt for each in server.requests)


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.01)


async def begin(file: Path, *options: str) -> Process:
    """Start the command."""
    return await start("batch", str(file), "--endpoint", "mine", *options, **KEY)


async def test_all_rows_come_out_in_their_order_with_checks_and_code_0(tmp_path: Path) -> None:
    file = table(tmp_path, 5, contains="a", max_tokens="1000")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(file)
    rows = printed(ended)
    assert (ended.code, [row["prompt"][8:10] for row in rows]) == (0, ["00", "01", "02", "03", "04"])
    assert all(row["passed"] == "true" and int(row["output_tokens"]) > 0 for row in rows)
    assert "5 requests" in ended.err
    assert "50 a minute" in ended.err
    assert "5 of 5" in ended.err


async def test_a_check_that_fails_makes_code_1_and_is_named(tmp_path: Path) -> None:
    file = table(tmp_path, 2, contains="nowhere to be found")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(file, "--format", "jsonl")
    first, _ = (json.loads(line) for line in ended.out.splitlines())
    assert ended.code == 1
    assert first["row"] == {"prompt": "Say row 00 briefly", "contains": "nowhere to be found"}
    assert first["checks"][0]["passed"] is False
    assert "row 1, " in ended.err


@pytest.mark.parametrize("killed_after", [1, 7])
async def test_after_a_kill_the_same_command_goes_on_and_asks_nothing_twice(
    tmp_path: Path, killed_after: int
) -> None:
    file = table(tmp_path, 12)
    async with running_sandbox(SLOW) as server:
        put(server.url)
        process = await begin(file)
        await until(lambda: len(server.requests) >= killed_after)
        process.kill()
        await process.wait()
        ended = await batch(file)
        assert len(printed(ended)) == 12
        assert set(asked(server).values()) == {1}
        lost = [row for row in printed(ended) if row["outcome"] == "lost"]
        assert len(lost) <= 4
        assert ended.code == (5 if lost else 0)
        whole = await batch(file, "--retry-lost")
        assert (whole.code, {row["outcome"] for row in printed(whole)}) == (0, {"answered"})
        assert len(asked(server)) == 12
        assert sum(asked(server).values()) <= 12 + len(lost)  # one may have been killed just before it left


async def test_ctrl_c_lets_come_what_is_on_the_way_and_says_how_to_go_on(tmp_path: Path) -> None:
    file = table(tmp_path, 12)
    async with running_sandbox(SLOW) as server:
        put(server.url)
        process = await begin(file)
        await until(lambda: len(server.requests) >= 2)
        process.send_signal(signal.SIGINT)
        stopped = await end(process)
        assert (stopped.code, stopped.out) == (130, b"")
        assert "The same command goes on." in stopped.err
        ended = await batch(file)
        assert ended.code == 0
        assert asked(server) == Counter({f"Say row {n:02} briefly": 1 for n in range(12)})


async def test_two_processes_do_not_work_on_one_batch(tmp_path: Path) -> None:
    file = table(tmp_path, 8)
    async with running_sandbox(QUICK) as server:
        put(server.url, limit=3)  # the first waits for the limit while the other looks
        process = await begin(file)
        await until(lambda: len(server.requests) >= 3)
        second = await batch(file)
        assert second.code == 75
        assert "another process works on this batch" in second.err
        process.send_signal(signal.SIGINT)
        assert (await end(process)).code == 130
        assert set(asked(server).values()) == {1}


async def test_two_of_the_same_command_begun_at_once_ask_each_row_once(tmp_path: Path) -> None:
    file = table(tmp_path, 8)
    async with running_sandbox(SLOW) as server:
        put(server.url)
        both = await asyncio.gather(batch(file), batch(file))
        assert sorted(each.code for each in both) in ([0, 75], [0, 0])
        assert asked(server) == Counter({f"Say row {n:02} briefly": 1 for n in range(8)})


async def test_in_a_changed_file_only_what_is_new_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    async with running_sandbox(QUICK) as server:
        put(server.url)
        file.write_text("prompt,contains\nOne,\nTwo,\n")
        assert (await batch(file)).code == 0
        file.write_text("prompt,contains\nThree,\nTwo,nowhere to be found\nOne,\n")
        ended = await batch(file)
        assert asked(server) == Counter({"One": 1, "Two": 1, "Three": 1})
        assert [row["prompt"] for row in printed(ended)] == ["Three", "Two", "One"]
        assert (ended.code, [row["passed"] for row in printed(ended)]) == (1, ["true", "false", "true"])
        assert "2 of 3 rows ask what an earlier run" in ended.err
        file.write_text("prompt,contains\nTwo,\n")
        (link := tmp_path / "link.csv").symlink_to(file)
        assert (await batch(link)).code == 0
        assert len(server.requests) == 3, "it is the same file by whatever way it is named"
        assert (await batch(file, "--again")).code == 0
        assert asked(server)["Two"] == 2


async def test_a_closed_terminal_lets_come_what_is_on_the_way(tmp_path: Path) -> None:
    file = table(tmp_path, 6)
    async with running_sandbox(SLOW) as server:
        put(server.url)
        process = await begin(file)
        await until(lambda: len(server.requests) >= 2)
        process.send_signal(signal.SIGHUP)
        assert (await end(process)).code == 130
        ended = await batch(file)
        assert (ended.code, set(asked(server).values())) == (0, {1})


async def test_a_row_with_an_unknown_model_of_its_own_does_not_hold_up_the_others(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("prompt\nHello\nstatus 404\nYou\n")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(file, "--at-once", "1")
        assert (ended.code, [row["outcome"] for row in printed(ended)]) == (
            4,
            ["answered", "failed", "answered"],
        )


async def test_columns_that_are_called_as_ours_stay_beside_ours(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("prompt,answer,result_answer,passed\nHello,A,B,C\n")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(file)
    names = next(csv.reader(io.StringIO(ended.out.decode())))
    assert len(set(names)) == len(names)
    (row,) = printed(ended)
    assert [row[name] for name in ("answer", "result_answer", "passed", "result_passed")] == [
        "A",
        "B",
        "C",
        "true",
    ]
    assert "Sandbox answer" in row["result_result_answer"]


async def test_a_column_that_is_called_as_what_is_varied_stays_too(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("prompt,max_tokens\nHello,100\n")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(file, "--grid", "max_tokens=5,6")
    assert [(row["max_tokens"], row["varied_max_tokens"]) for row in printed(ended)] == [
        ("100", "5"),
        ("100", "6"),
    ]


async def test_what_is_done_is_printed_again_and_asked_again_only_if_told(tmp_path: Path) -> None:
    file = table(tmp_path, 2)
    async with running_sandbox(QUICK) as server:
        put(server.url)
        first = await batch(file)
        second = await batch(file)
        assert (second.code, second.out) == (0, first.out)
        assert "nothing is asked" in second.err
        assert len(server.requests) == 2
        assert (await batch(file, "--again")).code == 0
        assert len(server.requests) == 4


async def test_what_standard_output_does_not_take_is_kept_and_printed_by_the_same_command(
    tmp_path: Path,
) -> None:
    file = table(tmp_path, 2)
    async with running_sandbox(QUICK) as server:
        put(server.url)
        full = await script(
            f"ANTHROPIC_API_KEY={DEFAULT_KEY} inferterm batch {file} --endpoint mine >/dev/full"
        )
        assert (full.code, "the same command prints them again" in full.err) == (1, True)
        again = await batch(file)
        assert (again.code, len(printed(again)), len(server.requests)) == (0, 2, 2)


async def test_a_terminal_is_not_driven_by_what_stands_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("prompt\nred \x1b[31m and \x9b1m bold\n")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        assert "\x1b[31m" in printed(await batch(file))[0]["prompt"], "a file gets what it gave"
        outer, inner = pty.openpty()
        command = (*COMMAND, "batch", str(file), "--endpoint", "mine")
        process = await asyncio.create_subprocess_exec(
            *command, stdout=inner, stderr=DEVNULL, env={**os.environ, **KEY}
        )
        os.close(inner)
        shown = await asyncio.to_thread(shown_until, outer, b" bold")
        assert await process.wait() == 0
        os.close(outer)
    assert b"red [31m and 1m bold" in shown


async def test_a_row_that_is_refused_makes_code_4_and_the_others_are_asked(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"prompt": "status 400"}\n{"prompt": "Hello"}\n')
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(file)
        rows = [json.loads(line) for line in ended.out.splitlines()]
        assert (ended.code, [row["outcome"] for row in rows]) == (4, ["failed", "answered"])
        assert "400" in rows[0]["error"]


async def test_a_dry_run_tells_what_would_be_asked_again(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"prompt": "status 400"}\n{"prompt": "Hello"}\n')
    async with running_sandbox(QUICK) as server:
        put(server.url)
        await batch(file)
        dry = await batch(file, "--retry-failed", "--dry-run")
        assert "going on where it was: 1 of 2" in dry.err
        assert "1 request," in dry.err
        assert "nothing is asked" in (await batch(file, "--dry-run")).err
        assert len(server.requests) == 2


async def test_a_key_that_is_refused_stops_all_and_later_all_is_asked(tmp_path: Path) -> None:
    file = table(tmp_path, 3)
    async with running_sandbox(QUICK) as server:
        put(server.url)
        command = ("batch", str(file), "--endpoint", "mine")
        refused = await run(*command, ANTHROPIC_API_KEY="sk-ant-wrong-0123456789")
        assert (refused.code, refused.out) == (4, b"")
        assert "0 of 3 rows have ended" in refused.err
        ended = await batch(file)
        assert (ended.code, set(asked(server).values())) == (0, {1})


async def test_nobody_there_is_code_5_and_nothing_is_lost(tmp_path: Path) -> None:
    file = table(tmp_path, 2)
    put("http://127.0.0.1:9")
    ended = await batch(file)
    assert (ended.code, ended.out) == (5, b"")


async def test_without_a_key_it_is_code_3(tmp_path: Path) -> None:
    put("http://127.0.0.1:9")
    assert (await run("batch", str(table(tmp_path, 2)), "--endpoint", "mine")).code == 3


async def test_a_limit_that_takes_longer_than_allowed_is_code_75_and_nothing_is_asked(tmp_path: Path) -> None:
    file = table(tmp_path, 8)
    async with running_sandbox(QUICK) as server:
        put(server.url, limit=2)
        ended = await batch(file, "--timeout", "5")
        assert (ended.code, len(server.requests)) == (75, 0)
        assert "later than the 5 s allowed" in ended.err


async def test_a_prompt_is_filled_in_with_columns_and_varied(tmp_path: Path) -> None:
    folder = Path.home() / ".config/inferterm/prompts"
    folder.mkdir(parents=True)
    (folder / "greet.toml").write_text('prompt = "Greet {{name}} in {{language}}"\n')
    file = tmp_path / "rows.csv"
    file.write_text("name,__suffix\nAda,!\nBob,?\n")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        values = ("--var", "language=French", "--var", "name=Eve")
        ended = await batch(file, "--prompt", "greet", *values, "--grid", "max_tokens=50,60")
        assert "the column name goes before --var name" in ended.err
        assert [row["max_tokens"] for row in printed(ended)] == ["50", "60", "50", "60"]
        assert asked(server) == Counter({"Greet Ada in French!": 2, "Greet Bob in French?": 2})


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a,b\n1,2\n", (), "no column `prompt`"),
        ("prompt,matches\nx,(\n", (), ":2: column matches"),
        ('prompt\n"x\n', (), ":2: this is not CSV"),
        ("prompt\nx\n", ("--prompt", "nosuch"), "there is no prompt nosuch"),
        ("prompt\nx\n", ("--grid", "colour=red"), "varies nothing"),
        ("prompt\nx\n", ("--grid", "max_tokens=many"), "max_tokens"),
        ("prompt\nx\n", ("--var", "a=b"), "no prompt has a variable a"),
        ("prompt\n \n", (), "the prompt is empty"),
    ],
)
async def test_bad_input_is_code_2_with_file_and_line(
    tmp_path: Path, text: str, options: Sequence[str], said: str
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(text)
    put("http://127.0.0.1:9")
    ended = await batch(file, *options)
    assert (ended.code, ended.out) == (2, b"")
    assert said in ended.err


async def test_a_regular_expression_that_never_ends_fails_its_row_and_no_other(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(f"prompt,matches\nSay {'a' * 60}! again,(a|aa)+$\nHello,Sandbox\n")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(file)
        assert (ended.code, [row["passed"] for row in printed(ended)]) == (1, ["false", "true"])
        assert "given up" in printed(ended)[0]["checks"]


async def test_a_promptfoo_file_is_read_as_it_is(tmp_path: Path) -> None:
    folder = Path.home() / ".config/inferterm/prompts"
    folder.mkdir(parents=True)
    (folder / "ask.toml").write_text('prompt = "{{question}}"\n')
    file = tmp_path / "tests.csv"
    file.write_text(
        "question,__expected1,__expected2,__metadata:kind,_metric\n"
        "Hello,contains:Sandbox,icontains:{{question}},greeting,\n"
        "Bye,starts-with:**Sandbox,llm-rubric:is polite,parting,\n"
    )
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(file, "--prompt", "ask")
        assert (ended.code, [row["passed"] for row in printed(ended)]) == (1, ["true", "false"])
        assert "in 1 row (line 3): llm-rubric" in ended.err
        assert "promptfoo's is called __metric" in ended.err


async def test_a_shell_script_goes_by_the_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "tests.csv"
    whole = (
        f"export ANTHROPIC_API_KEY={DEFAULT_KEY}; "
        f"inferterm batch {file} --endpoint mine > {tmp_path}/answers.csv; "
        'case $? in 0) echo "all passed";; 1) echo "some fail";; *) echo "it did not run";; esac'
    )
    async with running_sandbox(QUICK) as server:
        put(server.url)
        file.write_text("prompt,contains\nHello,Sandbox\n")
        assert (await script(whole)).out == b"all passed\n"
        file.write_text("prompt,contains\nHello,Sandbox\nHello again,nowhere to be found\n")
        assert (await script(whole)).out == b"some fail\n"
        assert len(list(csv.DictReader(io.StringIO((tmp_path / "answers.csv").read_text())))) == 2
        file.write_text("prompt,max_tokens\nHello,few\n")
        assert (await script(whole)).out == b"it did not run\n"


async def test_rows_may_come_by_standard_input(tmp_path: Path) -> None:
    async with running_sandbox(QUICK) as server:
        put(server.url)
        ended = await batch(Path("-"), given=b'{"prompt": "Hello"}\n')
        assert (ended.code, json.loads(ended.out)["prompt"]) == (0, "Hello")
