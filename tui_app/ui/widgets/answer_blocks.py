"""Blocks of an answer that are not its text: thinking, tool calls, and what inferterm does not know."""

from __future__ import annotations

import json
from typing import Final

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Collapsible, Static

from tui_app.core.conversation import Block
from tui_app.core.jsons import JsonObject
from tui_app.ui.widgets.markdown_pieces import shown

LONGEST: Final = 4_000
"""How many characters of a block's JSON are shown."""
FOLDED: Final = frozenset({"thinking", "redacted_thinking"})


def title_of(kind: str, raw: JsonObject) -> str:
    """Say what a block is, for people."""
    match kind:
        case "thinking":
            return "Thinking"
        case "redacted_thinking":
            return "Thinking, encrypted by the service"
        case "tool_use":
            return f"Tool call: {raw.get('name', 'without a name')}"
        case "server_tool_use":
            return f"Tool used by the service: {raw.get('name', 'without a name')}"
        case _ if kind.endswith("_tool_result"):
            return f"Result of a tool of the service: {kind.removesuffix('_tool_result')}"
        case _:
            return f"A block of a kind that inferterm does not know: {kind}"


def content_of(block: Block) -> str:
    """What a block holds, as text."""
    match block.kind:
        case "thinking":
            return shown(block.text) or "The service keeps this thinking to itself."
        case "redacted_thinking":
            return f"{len(str(block.raw.get('data', ''))):,} characters that only the service can read."
        case "tool_use" | "server_tool_use":
            return _json(block.raw.get("input", {}))
        case _:
            return _json(block.raw)


def _json(value: object) -> str:
    text = shown(json.dumps(value, ensure_ascii=False, indent=2))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n… {len(text) - LONGEST:,} characters more"


class AnswerBlock(Collapsible):
    """A block under a title that says what it is; thinking is folded at first."""

    def __init__(self, block: Block) -> None:
        self._body = Static("", markup=False, classes="block-body")
        self._thinking: list[str] = []
        super().__init__(
            self._body,
            title="",
            collapsed=block.kind in FOLDED,
            collapsed_symbol="▸",
            expanded_symbol="▾",
            classes=f"-{block.kind}" if block.kind in FOLDED else "",
        )
        self.kind = block.kind
        self.show(block)

    def compose(self) -> ComposeResult:
        yield from super().compose()

    def show(self, block: Block) -> None:
        """Show a block as it stands now."""
        self.title = Content(shown(title_of(block.kind, block.raw)))  # type: ignore[assignment]
        self._body.update(content_of(block))

    def add_thinking(self, text: str) -> None:
        """Append to thinking that is on its way."""
        self._thinking.append(shown(text))
        self._body.update("".join(self._thinking))
