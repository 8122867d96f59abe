"""The blocks of a Markdown text, read line by line: each line is looked at once, however long it gets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

LONGEST_PARAGRAPH: Final = 2_000
"""From how many characters on a paragraph goes on as another one, drawn right below it."""
DEEPEST: Final = 16
"""How many quotes and lists are looked into; what is nested deeper is text."""
_RULE: Final = re.compile(r"(?:\*[ ]*){3,}$|(?:-[ ]*){3,}$|(?:_[ ]*){3,}$")
_HEADING: Final = re.compile(r"(#{1,6})(?:[ ]+(.*?))??(?:[ ]+#+)?[ ]*$")
_SETEXT: Final = re.compile(r"(=+|-+)[ ]*$")
_FENCE: Final = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})(.*)$")
_ITEM: Final = re.compile(r"(?:([-+*])|(\d{1,9})([.)]))(?=[ ]|$)( *)(.*)$")
_DELIMITER: Final = re.compile(r"\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?$")
_CELL_EDGE: Final = re.compile(r"(?<!\\)\|")


class Kind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    FENCE = "fence"
    INDENTED = "indented"
    TABLE = "table"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Container:
    """A quote, which has no `sign`, or an item of a list, whose lines are indented by `indent` columns."""

    serial: int
    sign: str = ""
    number: int = 0
    indent: int = 0
    list_serial: int = 0


@dataclass(slots=True)
class Leaf:
    """A block that holds no others: its lines without what its containers put before them.

    `apart` says whether an empty line was before it, `joined` that it goes on from the one before,
    `level` is that of a heading, `info` what stands behind the mark of a fence, `unfinished` whether the last
    line is still on its way.
    """

    serial: int
    kind: Kind
    containers: tuple[Container, ...]
    apart: bool
    lines: list[str] = field(default_factory=list)
    level: int = 0
    info: str = ""
    joined: bool = False
    unfinished: bool = False


@dataclass(slots=True)
class BlockReader:
    """Reads lines; `closed` are the blocks that no further line can change, `leaf` is the one that may grow.

    It follows CommonMark and GitHub's tables; HTML and reference definitions are text.
    """

    containers: tuple[Container, ...] = ()
    leaf: Leaf | None = None
    closed: list[Leaf] = field(default_factory=list)
    _blank: bool = False
    _serial: int = 0
    _mark: str = ""
    _mark_indent: int = 0
    _unfinished: bool = False

    def read(self, line: str) -> None:
        """Take the next line, without its end."""
        depth, rest = self._descend(line.expandtabs(4) if "\t" in line else line)
        whole = depth == len(self.containers)
        if whole and self.leaf is not None and self.leaf.kind is Kind.FENCE:
            self._read_code(self.leaf, rest)
            return
        if whole and self._underlines(rest):
            return
        inner, rest = self._open_containers(depth, rest)
        if inner == depth and not whole:
            if self._goes_on_lazily(rest):
                return
            self._leave(depth)
        if inner == depth or rest.strip(" "):
            self._read_leaf(rest)

    def with_unfinished(self, line: str) -> BlockReader:
        """What there would be if the line ended here; this one stays as it is."""
        leaf = self.leaf and replace(self.leaf, lines=[*self.leaf.lines])
        ahead = replace(self, leaf=leaf, closed=[], _unfinished=True)
        ahead.read(line)
        if ahead.leaf is not None:
            ahead.leaf.unfinished = True
        return ahead

    def take_closed(self) -> list[Leaf]:
        """The blocks that were closed since this was asked last."""
        closed, self.closed = self.closed, []
        return closed

    def _descend(self, rest: str) -> tuple[int, str]:
        """How many of the open containers a line belongs to, and what it is within them."""
        for depth, container in enumerate(self.containers):
            stripped = rest.lstrip(" ")
            indent = len(rest) - len(stripped)
            if container.sign:
                if stripped and indent < container.indent:
                    return depth, rest
                rest = rest[container.indent :]
            elif indent <= 3 and stripped.startswith(">"):
                rest = stripped[1:].removeprefix(" ")
            else:
                return depth, rest
        return len(self.containers), rest

    def _read_code(self, leaf: Leaf, rest: str) -> None:
        stripped = rest.strip(" ")
        closing = len(stripped) >= len(self._mark) and not stripped.strip(self._mark[0])
        if closing and len(rest) - len(rest.lstrip(" ")) <= 3:
            self._close()
            return
        spaces = len(rest) - len(rest.lstrip(" "))
        leaf.lines.append(rest[min(spaces, self._mark_indent) :])

    def _underlines(self, rest: str) -> bool:
        """Make a paragraph the heading that a line under it says it is."""
        leaf, stripped = self.leaf, rest.lstrip(" ")
        if leaf is None or leaf.kind is not Kind.PARAGRAPH or not leaf.lines or len(rest) - len(stripped) > 3:
            return False
        found = _SETEXT.match(stripped)
        if not found or (self._unfinished and len(found[1]) < 3):
            return False
        leaf.kind, leaf.level = Kind.HEADING, 1 if found[1][0] == "=" else 2
        self._close()
        return True

    def _open_containers(self, depth: int, rest: str) -> tuple[int, str]:
        whole = depth == len(self.containers)
        while depth < DEEPEST:
            stripped = rest.lstrip(" ")
            indent = len(rest) - len(stripped)
            if indent > 3 or not stripped:
                break
            if stripped[0] == ">":
                rest = stripped[1:].removeprefix(" ")
                self._enter(depth, Container(self._next()))
            elif (found := _ITEM.match(stripped)) and not _RULE.match(stripped):
                if whole and self._stays_paragraph(found):
                    break
                rest = self._enter_item(depth, indent, found)
            else:
                break
            depth, whole = depth + 1, False
        return depth, rest

    def _stays_paragraph(self, found: re.Match[str]) -> bool:
        """Whether what looks like an item is no reason to end the paragraph above it."""
        is_open = self.leaf is not None and self.leaf.kind is Kind.PARAGRAPH and bool(self.leaf.lines)
        return is_open and (not found[5] or (found[2] is not None and int(found[2]) != 1))

    def _enter_item(self, depth: int, indent: int, found: re.Match[str]) -> str:
        bullet, digits, dot, spaces, words = found.groups()
        mark = len(bullet or digits + dot)
        gap = len(spaces) if words and len(spaces) <= 4 else 1
        sign = bullet or dot
        before = self.containers[depth] if depth < len(self.containers) else None
        serial = self._next()
        if before is not None and before.sign == sign:
            item = Container(serial, sign, before.number + 1, indent + mark + gap, before.list_serial)
        else:
            item = Container(serial, sign, int(digits or 0), indent + mark + gap, serial)
        self._enter(depth, item)
        if not words:
            self._start(Kind.PARAGRAPH)
        return " " * (len(spaces) - gap) + words

    def _enter(self, depth: int, container: Container) -> None:
        self._leave(depth)
        self._close()
        self.containers = (*self.containers, container)

    def _leave(self, depth: int) -> None:
        if depth < len(self.containers):
            self._close()
            self.containers = self.containers[:depth]

    def _goes_on_lazily(self, rest: str) -> bool:
        leaf, stripped = self.leaf, rest.strip(" ")
        if leaf is None or leaf.kind is not Kind.PARAGRAPH or not leaf.lines or not stripped:
            return False
        if len(rest) - len(rest.lstrip(" ")) <= 3 and (
            _RULE.match(stripped) or _HEADING.match(stripped) or _FENCE.match(stripped)
        ):
            return False
        self._add_words(leaf, rest)
        return True

    def _read_leaf(self, rest: str) -> None:
        stripped, leaf = rest.strip(" "), self.leaf
        if not stripped:
            self._read_blank()
        elif rest.startswith("    "):
            if leaf is not None and leaf.kind is Kind.PARAGRAPH and leaf.lines:
                self._add_words(leaf, rest)
            else:
                self._at(Kind.INDENTED).lines.append(rest[4:])
        elif found := _FENCE.match(stripped):
            self._mark, self._mark_indent = found[1], len(rest) - len(rest.lstrip(" "))
            self._start(Kind.FENCE).info = found[2].strip()
        elif found := _HEADING.match(stripped):
            heading = self._start(Kind.HEADING)
            heading.level, heading.lines = len(found[1]), [found[2] or ""]
            self._close()
        elif _RULE.match(stripped):
            self._start(Kind.RULE)
            self._close()
        elif leaf is not None and leaf.kind is Kind.TABLE:
            leaf.lines.append(stripped)
        elif not self._heads_table(stripped):
            self._add_words(self._at(Kind.PARAGRAPH), rest)

    def _read_blank(self) -> None:
        self._blank = True
        if self.leaf is not None and self.leaf.kind is Kind.INDENTED:
            self.leaf.lines.append("")
        elif self.leaf is not None and self.leaf.lines:
            self._close()

    def _heads_table(self, stripped: str) -> bool:
        """Make the last line of a paragraph the head of a table if this one draws the line under it."""
        leaf = self.leaf
        if (
            leaf is None
            or leaf.kind is not Kind.PARAGRAPH
            or not leaf.lines
            or not _DELIMITER.match(stripped)
        ):
            return False
        head = leaf.lines[-1].strip(" ")
        if "|" not in head or len(cells_of(head)) != len(cells_of(stripped)):
            return False
        leaf.lines.pop()
        if not leaf.lines:
            self.leaf = replace(leaf, kind=Kind.TABLE, lines=[head, stripped])
        else:
            self._start(Kind.TABLE).lines = [head, stripped]
        return True

    def _add_words(self, leaf: Leaf, rest: str) -> None:
        if sum(map(len, leaf.lines)) >= LONGEST_PARAGRAPH:
            leaf = self._start(Kind.PARAGRAPH)
            leaf.joined = True
        leaf.lines.append(rest.lstrip(" "))

    def _at(self, kind: Kind) -> Leaf:
        return self.leaf if self.leaf is not None and self.leaf.kind is kind else self._start(kind)

    def _start(self, kind: Kind) -> Leaf:
        self._close()
        self.leaf = Leaf(self._next(), kind, self.containers, self._blank)
        self._blank = False
        return self.leaf

    def _close(self) -> None:
        if self.leaf is not None:
            self.closed.append(self.leaf)
            self.leaf = None

    def _next(self) -> int:
        self._serial += 1
        return self._serial


def cells_of(row: str) -> list[str]:
    """The cells of a line of a table."""
    inner = row.strip(" ")
    cells = _CELL_EDGE.split(inner)
    if inner.startswith("|"):
        del cells[0]
    if len(cells) > 1 and not cells[-1].strip():
        del cells[-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]
