"""How Markdown looks in an answer: calm headings, tables without boxes, code on a quiet surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pygments.token import _TokenType
from rich.style import Style
from rich.syntax import PygmentsSyntaxTheme

from tui_app.ui.markdown.ink import Ink

DARK_CODE: Final = "one-dark"
LIGHT_CODE: Final = "xcode"


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

    @property
    def quiet(self) -> Style:
        """The style of bullets, numbers and the bars of quotes."""
        return _style(self.muted)

    @property
    def line(self) -> Style:
        """The style of a rule."""
        return _style(self.rule)

    @property
    def ground(self) -> Style:
        """What code stands on."""
        return _style(f"on {self.surface}")

    @property
    def head(self) -> Style:
        """The style of a table's head."""
        return _style("bold underline")

    def heading(self, level: int) -> Style:
        """The style of a heading."""
        return _style({1: f"bold {self.accent}", 2: "bold underline"}.get(level, "bold"))

    def words(self, ink: Ink) -> Style:
        """The style of words within a paragraph."""
        return _words(self, ink)

    def code(self, kind: _TokenType) -> Style:
        """The style of a piece of code."""
        return _code(kind, self.surface, self.dark)


@lru_cache(maxsize=256)
def _style(words: str) -> Style:
    return Style.parse(words)


@lru_cache(maxsize=512)
def _words(look: Look, ink: Ink) -> Style:
    style = Style(bold=ink.strong or None, italic=ink.emphasis or None, strike=ink.strike or None)
    if ink.code:
        style += look.ground
    if ink.href:
        style += _style(f"underline {look.primary}") + Style(link=ink.href)
    return style


@lru_cache(maxsize=2)
def _code_theme(dark: bool) -> PygmentsSyntaxTheme:
    return PygmentsSyntaxTheme(DARK_CODE if dark else LIGHT_CODE)


@lru_cache(maxsize=512)
def _code(kind: _TokenType, surface: str, dark: bool) -> Style:
    style = _code_theme(dark).get_style_for_token(kind)
    return Style(color=style.color, bold=style.bold, italic=style.italic, underline=style.underline) + _style(
        f"on {surface}"
    )


def _colour(value: str) -> str:
    """A colour that Rich understands; Textual's own notations become the terminal's default."""
    return value if value.startswith("#") and len(value) == 7 else "default"
