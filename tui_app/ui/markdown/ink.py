"""What Markdown says within a line: emphasis, code, links; as runs of text in one ink each."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKED: Final = re.compile(r"[*_`~\[<&\\@]|\.\w|:/|  \n")
"""What is in every text that is more than words."""


class Ink(NamedTuple):
    """How words are meant; a link's `href` is empty where there is none."""

    strong: bool = False
    emphasis: bool = False
    strike: bool = False
    code: bool = False
    href: str = ""


PLAIN: Final = Ink()
Run: TypeAlias = tuple[str, Ink]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("gfm-like", {"html": False})
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False})  # `notes.md` and `main.rs` are files, not hosts
    return parser


def inked(source: str) -> list[list[Run]]:
    """The runs of a paragraph, a list for each line that it asks for. HTML is text, an image is a link."""
    if not _MARKED.search(source):
        return [[(" ".join(source.split("\n")).rstrip(), PLAIN)]]
    lines: list[list[Run]] = [[]]
    ink = PLAIN
    for token in _parser().parseInline(source)[0].children or ():
        match token.type:
            case "softbreak":
                lines[-1].append((" ", ink))
            case "hardbreak":
                lines.append([])
            case "code_inline":
                lines[-1].append((token.content, ink._replace(code=True)))
            case "image":
                target = str(token.attrs.get("src", ""))
                lines[-1].append((f"[image: {token.content or target}]", ink._replace(href=target)))
            case _ if token.nesting:
                ink = _changed(ink, token)
            case _ if token.content:
                lines[-1].append((token.content, ink))
    return lines


def _changed(ink: Ink, token: Token) -> Ink:
    opens = token.nesting > 0
    match token.tag:
        case "strong":
            return ink._replace(strong=opens)
        case "em":
            return ink._replace(emphasis=opens)
        case "s":
            return ink._replace(strike=opens)
        case "a":
            return ink._replace(href=str(token.attrs.get("href", "")) if opens else "")
        case _:
            return ink
