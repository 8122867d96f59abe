"""Tables read back as what was written, and say on which line something is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.tables import NoTable, decode_table, format_of, read_table, write_csv

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
NAMES = st.from_regex(r"\A[a-z][a-z _:]{0,8}[a-z]\Z")


@given(st.data())
def test_csv_reads_back_as_what_was_written(data: st.DataObject) -> None:
    columns = data.draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), min_size=1))
    rows = [row for row in rows if any(row)] or [["x"] * len(columns)]
    text = "".join(write_csv(columns, [dict(zip(columns, row, strict=True)) for row in rows]))
    table = read_table(text, "csv")
    assert table.columns == tuple(columns)
    assert [list(row.cells.values()) for row in table.rows] == rows


@given(st.text(max_size=100), st.sampled_from(["csv", "jsonl"]))
def test_any_text_is_a_table_or_tells_a_line(text: str, kind: str) -> None:
    try:
        read_table(text, "csv" if kind == "csv" else "jsonl")
    except NoTable as flaw:
        assert flaw.line >= 1


def test_each_row_has_the_line_on_which_it_begins() -> None:
    table = read_table('a,b\n1,"x\ny"\n\n2,z\n', "csv")
    assert [row.line for row in table.rows] == [2, 5]
    assert table.rows[0].cells == {"a": "1", "b": "x\ny"}
    assert [row.line for row in read_table('{"a": 1}\n\n{"b": 2}\n', "jsonl").rows] == [1, 3]


def test_spreadsheets_with_semicolons_and_marks_are_read() -> None:
    table = read_table("\ufeffprompt;contains\r\nHi, you;Hi\r\n", "csv")
    assert table.rows[0].cells == {"prompt": "Hi, you", "contains": "Hi"}


def test_a_comma_in_a_quoted_name_parts_no_columns() -> None:
    table = read_table('"prompt";"a, b"\nHi;1\n', "csv")
    assert table.columns == ("prompt", "a, b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_with_a_mark_of_their_encoding_are_read(encoding: str) -> None:
    assert decode_table("a.csv", "prompt\tx\nGrüße\t1\n".encode(encoding)).rows[0].cells["prompt"] == "Grüße"


@pytest.mark.parametrize("data", [b"prompt\nHell\xf6\n", b"\xff\xfea\x00\n\x00b"])
def test_any_other_encoding_is_told(data: bytes) -> None:
    with pytest.raises(NoTable, match="save the file as UTF-8"):
        decode_table("a.csv", data)


@pytest.mark.parametrize(
    ("text", "kind", "line", "said"),
    [
        ("", "csv", 1, "empty"),
        ("a,b\n", "csv", 1, "no rows"),
        ("a,a\n1,2\n", "csv", 1, "stands twice"),
        ("a,\n1,2\n", "csv", 1, "no name"),
        ("a,b\n1,2,3\n", "csv", 2, "3 cells, but 2 columns"),
        ('a,b\n1,2\n3,"4\n', "csv", 3, "not CSV"),
        ('{"a": 1}\n{"a"}\n', "jsonl", 2, "not JSON"),
        ("[1]\n", "jsonl", 1, "one JSON object"),
    ],
)
def test_a_flaw_is_told_with_its_line(text: str, kind: str, line: int, said: str) -> None:
    with pytest.raises(NoTable, match=said) as flaw:
        read_table(text, "csv" if kind == "csv" else "jsonl")
    assert flaw.value.line == line


def test_a_short_row_has_empty_cells() -> None:
    assert read_table("a,b\n1\n", "csv").rows[0].cells == {"a": "1", "b": ""}


def test_the_format_is_told_by_the_name_and_else_by_the_text() -> None:
    assert format_of("a.JSONL", "a,b") == "jsonl"
    assert format_of("a.csv", "{") == "csv"
    assert format_of("-", ' {"a": 1}') == "jsonl"
    assert format_of("-", "a,b") == "csv"
