"""Tables as CSV and JSONL text: read with the line of each row, and written."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tui_app.core.jsons import JsonObject, JsonValue, NotJson, read_json

Format: TypeAlias = Literal["csv", "jsonl"]

_DELIMITERS: Final = (",", ";", "\t")
_HEAD_MAX: Final = 100_000
"""In how many characters the first line is looked for."""


class NoTable(ValueError):
    """Text that is no table: `line` (from 1) and `reason` say where and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row by column, with the line on which it begins."""

    line: int
    cells: JsonObject


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, and all their columns in the order in which they first occur."""

    format: Format
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def format_of(name: str, text: str) -> Format:
    """Tell the format by the end of a file's name, or else by how the text begins."""
    ending = name.lower().rpartition(".")[2]
    if ending in {"jsonl", "ndjson", "json"}:
        return "jsonl"
    if ending in {"csv", "tsv"}:
        return "csv"
    return "jsonl" if text.removeprefix("\ufeff").lstrip().startswith("{") else "csv"


def read_table(text: str, kind: Format) -> Table:
    """Read a table. Raises NoTable with the line of what is wrong."""
    text = text.removeprefix("\ufeff")
    table = _read_csv(text) if kind == "csv" else _read_jsonl(text)
    if not table.rows:
        raise NoTable(1, "it has no rows")
    return table


def decode_table(name: str, data: bytes) -> Table:
    """Read a file's bytes. Raises NoTable with the line of what is wrong."""
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = "UTF-16, as its first bytes say" if utf16 else "UTF-8 text"
        raise NoTable(line, f"this is not {what}; save the file as UTF-8") from None
    return read_table(text, format_of(name, text))


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, JsonValue]]) -> Iterator[str]:
    """CSV as RFC 4180 has it, line for line with its end: first the columns, then each row."""
    yield _csv_line(columns)
    for row in rows:
        yield _csv_line([cell_text(row.get(column)) for column in columns])


def cell_text(value: JsonValue) -> str:
    """A value as the text of a cell: texts as they are, nothing for null, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv_line(cells: Sequence[str]) -> str:
    """One line; the writer puts in quotes what holds a character of its own line end."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().removesuffix("\r\n") + "\n"


def _read_csv(text: str) -> Table:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows = _numbered(reader)
    _, columns = next(rows, (1, []))
    columns = [column.strip() for column in columns]
    if not columns:
        raise NoTable(1, "it is empty; the first line names the columns")
    for column in columns:
        if not column:
            raise NoTable(1, "a column has no name; the first line names the columns")
        if columns.count(column) > 1:
            raise NoTable(1, f"the column {column} stands twice")
    found: list[TableRow] = []
    for line, cells in rows:
        if len(cells) > len(columns):
            raise NoTable(
                line, f"{len(cells)} cells, but {len(columns)} columns; put texts with commas in quotes"
            )
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        found.append(TableRow(line, dict(zip(columns, padded, strict=True))))
    return Table("csv", tuple(columns), tuple(found))


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line on which it begins."""
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise NoTable(line, f"this is not CSV: {error}") from None
        if any(cells):
            yield line, cells
        line = reader.line_num + 1  # type: ignore[attr-defined]


def _delimiter(text: str) -> str:
    """What parts the columns in the first line: a comma unless there is none outside quotes."""
    head = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")[:_HEAD_MAX])
    first = re.split(r"[\r\n]", head, maxsplit=1)[0]
    return next((each for each in _DELIMITERS if each in first), ",")


def _read_jsonl(text: str) -> Table:
    found: list[TableRow] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = read_json(line)
        except NotJson as error:
            raise NoTable(number, f"this is not JSON: {error.reason}") from None
        if not isinstance(value, Mapping):
            raise NoTable(number, "each line is one JSON object")
        found.append(TableRow(number, value))
    columns = dict.fromkeys(name for row in found for name in row.cells)
    return Table("jsonl", tuple(columns), tuple(found))
