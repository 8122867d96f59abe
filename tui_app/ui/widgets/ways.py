"""A list of answers to choose from, with a sign before the one under the cursor."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

_MARK, _ROOM = "▸ ", "  "


class Way(Option):
    """One answer: `words` on one or more lines, and the id that tells it apart."""

    def __init__(self, words: Content, id: str) -> None:
        super().__init__(_signed(words, _ROOM), id=id)
        self.words = words


class Ways(OptionList):
    """Says in a sign which answer is under the cursor, so that no colour has to."""

    _marked: Way | None = None

    def __init__(self, *ways: Way, id: str | None = None) -> None:
        super().__init__(*ways, id=id, markup=False, compact=True)

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        chosen = self.highlighted_option
        for way, sign in ((self._marked, _ROOM), (chosen, _MARK)):
            if isinstance(way, Way) and way in self.options:
                self.replace_option_prompt(way.id or "", _signed(way.words, sign))
        self._marked = chosen if isinstance(chosen, Way) else None


def _signed(words: Content, sign: str) -> Content:
    first, *rest = words.split("\n", allow_blank=True)
    return Content("\n").join(
        [Content.styled(sign, "bold $accent") + first, *(_ROOM + line for line in rest)]
    )
