"""How Markdown looks in an answer: calm headings, tables without boxes, code on a quiet surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import ClassVar, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import (
    CodeBlock,
    HorizontalRule,
    Markdown,
    MarkdownElement,
    TableDataElement,
    TableElement,
)
from rich.rule import Rule
from rich.segment import Segment
from rich.syntax import PygmentsSyntaxTheme, Syntax
from rich.table import Table
from rich.theme import Theme

DARK_CODE: Final = "one-dark"
LIGHT_CODE: Final = "xcode"
_HEADINGS: Final = ("h3", "h4", "h5", "h6")


class _Code(CodeBlock):
    def __init__(self, lexer_name: str, theme: str) -> None:
        super().__init__(lexer_name, theme)
        self.lexer_name = lexer_name

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        surface = console.get_style("inferterm.surface").bgcolor
        background = surface.name if surface else None
        theme = PygmentsSyntaxTheme(self.theme)
        yield Syntax(
            str(self.text).rstrip("\n"),
            self.lexer_name,
            theme=theme,
            word_wrap=True,
            padding=(0, 1),
            background_color=background,
        )


class _Rule(HorizontalRule):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Rule(style="markdown.hr", characters="─")


class _Table(TableElement):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="markdown.table.header")
        cells: list[MarkdownElement] = []
        if self.header is not None and self.header.row is not None:
            cells = list(self.header.row.cells)
        for cell in cells:
            assert isinstance(cell, TableDataElement)
            table.add_column(cell.content, justify=cell.justify)
        for row in self.body.rows if self.body is not None else ():
            table.add_row(*(each.content for each in row.cells))
        yield table


class AnswerMarkdown(Markdown):
    """GitHub's Markdown in which HTML is text: a renderer would drop it unseen."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "fence": _Code,
        "code_block": _Code,
        "hr": _Rule,
        "table_open": _Table,
    }

    def __init__(self, markup: str, *, dark: bool) -> None:
        super().__init__("", code_theme=DARK_CODE if dark else LIGHT_CODE)
        self.markup = markup
        self.parsed: list[Token] = _parser().parse(markup)
        for token in self.parsed:
            if token.children:
                token.children = [*chain.from_iterable(map(_named, token.children))]


def _named(token: Token) -> list[Token]:
    """Put a link that names it in the place of an image, which is drawn before its paragraph otherwise."""
    if token.type != "image":
        return [token]
    source = str(token.attrs.get("src", ""))
    words = Token("text", "", 0, content=f"[image: {token.content or source}]")
    return [Token("link_open", "a", 1, attrs={"href": source}), words, Token("link_close", "a", -1)]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("gfm-like", {"html": False})


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of Markdown; what Rich does not understand is the terminal's default."""

    muted: str
    accent: str
    rule: str
    primary: str
    surface: str
    dark: bool

    @classmethod
    def of(cls, variables: Mapping[str, str], *, dark: bool) -> Look:
        """The colours of a theme, given as its variables."""
        names = ("text-muted", "accent", "rule", "primary", "surface")
        muted, accent, rule, primary, surface = (_colour(variables.get(name, "")) for name in names)
        return cls(muted, accent, rule, primary, surface, dark)


@lru_cache(maxsize=4)
def _theme(look: Look) -> Theme:
    muted, accent, rule, primary, surface = look.muted, look.accent, look.rule, look.primary, look.surface
    return Theme(
        {
            "inferterm.surface": f"on {surface}",
            "markdown.h1": f"bold {accent}",
            "markdown.h2": "bold underline",
            **dict.fromkeys((f"markdown.{tag}" for tag in _HEADINGS), "bold"),
            "markdown.h1.border": rule,
            "markdown.code": f"on {surface}",
            "markdown.item.bullet": muted,
            "markdown.item.number": muted,
            "markdown.block_quote": muted,
            "markdown.hr": rule,
            "markdown.link": f"underline {primary}",
            "markdown.link_url": f"underline {primary}",
            "markdown.table.header": "bold underline",
            "markdown.table.border": rule,
            "markdown.s": "strike",
        },
        inherit=True,
    )


def _colour(value: str) -> str:
    """A colour that Rich understands; Textual's own notations become the terminal's default."""
    return value if value.startswith("#") and len(value) == 7 else "default"


@lru_cache(maxsize=4)
def _console(width: int, look: Look) -> Console:
    return Console(
        width=width,
        height=1000,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        theme=_theme(look),
    )


def draw(markup: str, width: int, look: Look) -> list[list[Segment]]:
    """Render Markdown to lines of at most `width` cells, without empty ones at its ends."""
    console = _console(width, look)
    lines = console.render_lines(AnswerMarkdown(markup, dark=look.dark), console.options, pad=False)
    filled = [number for number, line in enumerate(lines) if any(each.text.strip() for each in line)]
    return lines[filled[0] : filled[-1] + 1] if filled else []
