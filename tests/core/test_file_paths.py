"""Paths are known however a terminal writes them."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies_storage import UNHURRIED
from tui_app.core.file_paths import dropped, mentions, without

PARTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="/"), min_size=1
)
PATHS = (
    st.lists(PARTS, min_size=1, max_size=4)
    .map(lambda parts: "/" + "/".join(parts))
    .filter(
        lambda path: bool(path.strip("/~.")) and path == path.strip() and not path.endswith(tuple(".,;:!?"))
    )
)


@UNHURRIED
@given(st.lists(PATHS, min_size=1, max_size=5))
def test_quoted_as_a_shell_does_it(paths: list[str]) -> None:
    text = " ".join("'" + path.replace("'", "'\\''") + "'" for path in paths)
    assert [each.path for each in dropped(f"{text} ")] == paths


@UNHURRIED
@given(st.lists(PATHS, min_size=1, max_size=5))
def test_escaped_with_backslashes(paths: list[str]) -> None:
    text = " ".join(re.sub(r"([^\w/.-])", r"\\\1", path) for path in paths)
    assert [each.path for each in dropped(text)] == paths


@UNHURRIED
@given(PATHS)
def test_as_the_address_of_a_file(path: str) -> None:
    assert [each.path for each in dropped(PurePosixPath(path).as_uri())] == [str(PurePosixPath(path))]


@UNHURRIED
@given(st.text(max_size=300))
def test_no_text_makes_trouble_and_mentions_stand_where_they_say(text: str) -> None:
    found = mentions(text)
    assert all(0 <= each.begin < each.end <= len(text) and each.path for each in found)
    assert all(one.end <= other.begin for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("~/notes.md", ["~/notes.md"]),
        ('"/tmp/my \\"file\\".txt"', ['/tmp/my "file".txt']),
        ("file://localhost/tmp/a%20b.png", ["/tmp/a b.png"]),
        ("FILE:///tmp/a.png", ["/tmp/a.png"]),
        ("'/a b.png' '/c d.png'\n", ["/a b.png", "/c d.png"]),
        ("see /tmp/a.txt", []),
        ("file://elsewhere/tmp/a.png", []),
        ("and/or", []),
        ("/", []),
        ("", []),
    ],
)
def test_a_drop_is_paths_and_nothing_else(text: str, paths: list[str]) -> None:
    assert [each.path for each in dropped(text)] == paths


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("explain /etc/hosts, please", ["/etc/hosts"]),
        ("what does ./a.py do?", ["./a.py"]),
        ("don't open ../x.txt and 'not this'", ["../x.txt"]),
        ("look at '/tmp/a b.txt', please", ["/tmp/a b.txt"]),
        ("is it 3/4?", []),
    ],
)
def test_paths_are_found_in_a_sentence(text: str, paths: list[str]) -> None:
    assert [each.path for each in mentions(text)] == paths


def test_a_path_is_taken_out_of_a_text() -> None:
    (found,) = mentions("look at /tmp/a now")
    assert without("look at /tmp/a now", found) == "look at now"
    (alone,) = mentions(shlex.quote("/tmp/a b") + " ")
    assert without("'/tmp/a b' ", alone) == ""
