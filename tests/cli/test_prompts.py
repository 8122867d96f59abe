"""Kept prompts from the command line: listed, shown, compared, asked."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.process import put, run
from tui_app.sandbox.server import running_sandbox
from tui_app.sandbox.settings import DEFAULT_KEY, SandboxSettings

QUICK = SandboxSettings(tokens_per_second=0, first_token_delay=0)


def kept(name: str, text: str) -> Path:
    """Write a prompt's file, as a person may."""
    folder = Path.home() / ".config/inferterm/prompts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text)
    return folder / f"{name}.toml"


async def test_prompts_are_listed_with_their_variables_and_what_is_broken() -> None:
    text = 'description = "Greets"\nprompt = "Greet {{name}} in {{tongue}}"\n[defaults]\ntongue = "French"\n'
    kept("greet", text)
    kept("bad", "prompt = \n")
    ended = await run("prompts", "list")
    assert ended.code == 0
    assert b"greet: name, tongue=French  Greets" in ended.out
    assert b"bad.toml:1:" in ended.out
    listed = json.loads((await run("prompts", "list", "--json")).out)
    assert [each["name"] for each in listed] == ["bad", "greet"]


async def test_a_prompt_is_asked_with_variables_from_arguments_files_and_pipes(
    tmp_path: Path,
) -> None:
    kept("greet", 'system = "Be brief"\nprompt = "{{a}} {{b}} {{c}} {{d}}"\n')
    (tmp_path / "b.txt").write_text("from a file")
    async with running_sandbox(QUICK) as server:
        put(server.url)
        options = ("--var", "a=plain", "--var", f"b=@{tmp_path}/b.txt", "--var", "c=@-", "--var", "d=@@x")
        command = ("ask", "mine", "--prompt", "greet", *options)
        ended = await run(*command, given=b"from a pipe", ANTHROPIC_API_KEY=DEFAULT_KEY)
        assert ended.code == 0
        assert server.requests[0].prompt == "plain from a file from a pipe @x"


async def test_what_is_missing_or_unknown_is_bad_input() -> None:
    kept("greet", 'prompt = "Greet {{name}}"\n')
    put("http://127.0.0.1:9")
    for options, said in (
        (("--prompt", "greet"), "no value for `name`"),
        (("--prompt", "greet", "--var", "nome=x"), "no value for `name`"),
        (("--prompt", "greet", "--var", "name=x", "--var", "nome=x"), "no variable `nome`"),
        (("--prompt", "nosuch"), "there is no prompt nosuch"),
        (("--var", "name=x", "Hello"), "--var is for --prompt"),
        (("--prompt", "greet", "Hello"), "either PROMPT or --prompt"),
        (("--prompt", "greet", "--var", "name=@/nowhere"), "cannot read /nowhere"),
    ):
        ended = await run("ask", "mine", *options, ANTHROPIC_API_KEY=DEFAULT_KEY)
        assert (ended.code, said in ended.err) == (2, True), ended.err


async def test_versions_are_kept_and_compared() -> None:
    kept("greet", 'prompt = "Greet {{name}}"\n')
    assert (await run("prompts", "show", "greet")).out == b'prompt = "Greet {{name}}"\n'
    assert (await run("prompts", "show", "greet", "--var", "name=Ada")).out == b'prompt = "Greet Ada"\n'
    kept("greet", 'prompt = "Hail {{name}}"\n')
    assert len((await run("prompts", "versions", "greet")).out.splitlines()) == 2
    shown = (await run("prompts", "diff", "greet")).out.decode().splitlines()
    assert shown[-2:] == ['-prompt = "Greet {{name}}"', '+prompt = "Hail {{name}}"']
    assert (await run("prompts", "diff", "greet", "1", "9")).code == 2


async def test_that_a_model_takes_no_beginning_of_an_answer_is_said_before_it_is_asked(
    tmp_path: Path,
) -> None:
    turns = (("user", "Say one word"), ("assistant", "Yes"))
    text = "".join(f'[[turns]]\nrole = "{role}"\ntext = "{said}"\n' for role, said in turns)
    kept("led", text)
    (tmp_path / "rows.csv").write_text("id\n1\n2\n")
    async with running_sandbox(QUICK) as server:
        put(server.url, model="claude-sonnet-5-5")
        ended = await run("ask", "mine", "--prompt", "led", ANTHROPIC_API_KEY=DEFAULT_KEY)
        told = "refuses a prompt that ends with the assistant's turn"
        assert told in ended.err
        assert ended.err.index(told) < ended.err.index("status 400")
        command = ("batch", str(tmp_path / "rows.csv"), "--endpoint", "mine", "--prompt", "led", "--dry-run")
        ended = await run(*command, ANTHROPIC_API_KEY=DEFAULT_KEY)
        assert "claude-sonnet-5-5 refuses 2 rows that end with the assistant's turn" in ended.err
