"""What a paste makes, as a list: each with its fate in a word, its line, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from tui_app.core.import_items import Fate, Item
from tui_app.core.text import one_line
from tui_app.ui.widgets.columns import hung

_SIGNS = {
    Fate.NEW: ("✓ new", "$text-success"),
    Fate.SAME: ("= same", "$text-muted"),
    Fate.DIFFERS: ("! differs", "$text-warning"),
    Fate.SKIPPED: ("- skipped", "$text-muted"),
    Fate.WRONG: ("✗ wrong", "$text-error"),
}
_WIDTH = 11
_PROBLEMS = 6
_ITEMS = 100


def found_items(items: Sequence[Item], width: int, *, replace: bool) -> Content:
    """The list in `width` cells; `replace` tells what becomes of those that differ."""
    lines = [hung(line, _WIDTH, width - _WIDTH) for item in items[:_ITEMS] for line in _lines(item, replace)]
    if len(items) > _ITEMS:
        lines.append(Content.styled(f"and {len(items) - _ITEMS:,} more", "$text-muted"))
    return Content("\n").join(lines)


def _lines(item: Item, replace: bool) -> Iterator[Content]:
    words, style = _SIGNS[item.fate]
    name = one_line(item.inference_id, limit=60) or "no name"
    yield Content.assemble(
        (words.ljust(_WIDTH), f"bold {style}"), (name, "bold"), (f"  line {item.line}", "$text-muted")
    )
    for text, tone in _details(item, replace):
        yield Content.assemble(" " * _WIDTH, (text, tone))


def _details(item: Item, replace: bool) -> Iterator[tuple[str, str]]:
    if item.endpoint is not None and item.fate in {Fate.NEW, Fate.DIFFERS}:
        kind = "" if item.endpoint.task_type == "completion" else f"{item.endpoint.task_type}, "
        yield f"{kind}{one_line(item.endpoint.model)}, {item.endpoint.limit}/min, {key_words(item)}", ""
    if item.fate is Fate.DIFFERS:
        yield ("is changed:" if replace else "stays as it is; this would change:"), "$text-muted"
        for change in item.changes:
            name, sign, words = change.partition(":")
            yield f"{name.rpartition('.')[2]}{sign}{words}", ""
    if item.words:
        yield item.words, "$text-muted"
    for line, problem in item.problems[:_PROBLEMS]:
        yield f"line {line}: {problem}", "$text-error"
    if len(item.problems) > _PROBLEMS:
        yield f"and {len(item.problems) - _PROBLEMS:,} more", "$text-error"
    for note in item.notes:
        yield f"! {note}", "$text-warning"


def key_words(item: Item) -> str:
    """Where the key of an item comes from."""
    assert item.endpoint is not None
    source = item.endpoint.local.key
    if item.endpoint.local.sandbox:
        return "needs no key"
    if item.key is not None:
        return "its key goes to the keyring" if source.place == "keyring" else f"its key: {source.place}"
    if source.place == "environment":
        return f"key from ${source.variable}"
    if source.place == "command":
        return "key from a command"
    return "its key stays" if item.current is not None else "no key comes along"
