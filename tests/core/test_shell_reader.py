"""Command lines are taken apart as a shell does it."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui_app.core.clippings import Clipping, Unreadable, reference
from tui_app.core.curl_commands import read_curl
from tui_app.core.shell_reader import ShellReader
from tui_app.core.shell_words import WordMap

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)

LINES = (
    "a 'b c' \"d e\" f\\ g",
    "a'b'\"c\"d",
    '"a\\"b\\\\c\\n\\$d"',
    "a \\\n  b\\\nc",
    "$'it\\'s\\t\\x41\\u00e9\\101'",
    "'a\nb' \"c\nd\\\ne\"",
    "a '' \"\" b",
    "a # no comment\n",
    "a#b c",
    "--x='y z' -d'{\"a\": 1}'",
)


def words(text: str) -> list[str]:
    """The words of a command."""
    found, _ = ShellReader(Clipping(text), 0).command()
    return [each.text for each in found]


@given(st.lists(texts, min_size=1, max_size=4))
def test_what_is_quoted_for_a_shell_is_read_again(given: list[str]) -> None:
    assert words(shlex.join(given)) == given


@pytest.mark.system
@pytest.mark.parametrize("line", LINES)
def test_the_words_are_those_of_bash(line: str) -> None:
    if not shutil.which("bash"):
        pytest.skip("needs bash")
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True)
    assert words(line) == done.stdout.decode().split("\0")[:-1]


@pytest.mark.system
@pytest.mark.parametrize("mark", ["E", "'E'", '"E"', "\\E", "-E"])
def test_here_documents_are_those_of_bash(mark: str) -> None:
    if not shutil.which("bash"):
        pytest.skip("needs bash")
    text = f'cat <<{mark}\n\ta \\$b \\\\ \\` \\" \'c\' "d" \\\nnext\n E\nEE\n\tlast\nE\nafter'
    done = subprocess.run(["bash", "-c", text.removesuffix("after")], capture_output=True, check=True)
    _, given = ShellReader(Clipping(text), 0).command()
    assert given is not None
    expected = done.stdout.decode()
    assert (given.text.replace("\n\t", "\n").removeprefix("\t") if mark == "-E" else given.text) == expected


def test_variables_stay_references() -> None:
    assert words("$A \"${B}\" '$C' ${D:-x}y") == [reference("A"), reference("B"), "$C", f"{reference('D')}y"]


@pytest.mark.parametrize("text", ["'a", '"a', "$'a", '"a\\"', "`id`", "$(id)", '"$(id)"', '"`id`"'])
def test_what_only_a_shell_knows_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        words(text)


@given(st.text(max_size=60))
@example("\\")
def test_any_text_is_words_or_unreadable(text: str) -> None:
    reader = ShellReader(Clipping(text), 0)
    try:
        found, _ = reader.command()
    except Unreadable as error:
        assert 0 <= error.at <= len(text)
        return
    for word in found:
        assert all(0 <= WordMap(word).source(at) <= len(text) for at in range(len(word.text) + 1))


def test_every_character_is_traced_to_where_it_came_from() -> None:
    text = 'a"b\\"c"\'d\'$E'
    (word,), _ = ShellReader(Clipping(text), 0).command()
    places = WordMap(word)
    traced = {
        character: text[places.source(at)] for at, character in enumerate(word.text) if character in "abcd"
    }
    assert traced == {each: each for each in "abcd"}
    assert text[places.source(word.text.index('"'))] == "\\"


@pytest.mark.parametrize(
    ("line", "method"),
    [
        ("-XPUT u -d '{}'", "PUT"),
        ("-sSX put u", "PUT"),
        ("--request PUT --url u", "PUT"),
        ("u", "GET"),
        ("u -d '{}'", "POST"),
        ("u --json '{}' -X PUT", "PUT"),
        ("-G u -d '{}'", "GET"),
        ("-k -H 'a: b' -u x:y -o f u -X PUT", "PUT"),
    ],
)
def test_curl_is_understood(line: str, method: str) -> None:
    command = read_curl(ShellReader(Clipping(f" {line}"), 0))
    assert (command.method, command.url) == (method, "u")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("u -d @body.json", "the body lies in a file; paste the JSON itself"),
        ("u -d @-", "the body comes from another program; paste the JSON itself"),
        ("u -d '{} x'", "something stands after the body's end"),
    ],
)
def test_a_body_that_is_not_here_is_unreadable(line: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_curl(ShellReader(Clipping(line), 0))
