"""Files that people edit: read with care."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_app.adapters.flaws import LARGEST, Flawed, flaw_of, parse_json, read_plain
from tui_app.core.problems import Fault, Problem


def test_a_plain_file_is_read_and_of_a_huge_one_no_more_than_shows_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "huge").write_bytes(b"x" * (3 * LARGEST))
    assert read_plain(tmp_path / "file") == b"x"
    assert len(read_plain(tmp_path / "huge")) == LARGEST + 1


def test_folders_and_pipes_are_refused_without_waiting_or_leaking(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    before = os.listdir("/dev/fd")
    for place in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(Flawed):
            read_plain(place)
    assert len(os.listdir("/dev/fd")) == len(before)


def test_json_comes_with_the_lines_of_its_keys() -> None:
    assert parse_json(b'{\n"a": {\n"b": 1}}') == ({"a": {"b": 1}}, {"a": 2, "a.b": 3})


def test_a_problem_without_a_line_of_its_own_stands_where_its_parent_does() -> None:
    lines = {"a": 2, "a.b": 3}
    for path, line in (("a.b", 3), ("a.c.d", 2), ("z", 1), ("", 1)):
        assert flaw_of([Problem(path, Fault.INVALID, "is odd")], lines).line == line
