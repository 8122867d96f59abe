"""An answer: its blocks in their order, whole or while they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from tui_app.core.chat_events import ChatEvent
from tui_app.core.conversation import Answer, Block
from tui_app.core.events import BlockOpened, TextDelta, ThinkingDelta
from tui_app.ui.widgets.answer_blocks import AnswerBlock
from tui_app.ui.widgets.answer_text import AnswerText


def joined(events: Iterable[ChatEvent]) -> Iterator[ChatEvent]:
    """The same events, those of a text that follow one another made one."""
    pending: list[TextDelta | ThinkingDelta] = []
    for event in events:
        if pending and not (type(event) is type(pending[0]) and event.index == pending[0].index):
            yield _one(pending)
            pending = []
        if isinstance(event, TextDelta | ThinkingDelta):
            pending.append(event)
        else:
            yield event
    if pending:
        yield _one(pending)


def _one(deltas: list[TextDelta | ThinkingDelta]) -> ChatEvent:
    return type(deltas[0])(deltas[0].index, "".join(delta.text for delta in deltas))


class AnswerView(Vertical):
    """Shows an answer and lets events grow it; `text_type` shows its text."""

    text_type: ClassVar[type[AnswerText]] = AnswerText

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer
        self._views = {index: self._view(block) for index, block in enumerate(answer.blocks)}

    def compose(self) -> ComposeResult:
        yield from self._views.values()

    async def grow(self, events: Iterable[ChatEvent]) -> None:
        """Take what came since."""
        for event in joined(events):
            match event:
                case BlockOpened(index, kind, raw):
                    await self._open(index, Block(kind, str(raw.get(kind) or ""), raw))
                case TextDelta(index, text):
                    view = await self._open(index, Block("text"))
                    if isinstance(view, AnswerText):
                        await view.add(text)
                case ThinkingDelta(index, text):
                    view = await self._open(index, Block("thinking"))
                    if isinstance(view, AnswerBlock):
                        view.add_thinking(text)
                case _:
                    pass

    def settle(self, answer: Answer) -> None:
        """Show the blocks as they are at the end: only now is a tool's input whole."""
        for view, block in zip(self._views.values(), answer.blocks, strict=False):
            if isinstance(view, AnswerBlock):
                view.show(block)

    async def _open(self, index: int, block: Block) -> AnswerText | AnswerBlock:
        if index not in self._views:
            self._views[index] = view = self._view(block)
            await self.mount(view)
        return self._views[index]

    def _view(self, block: Block) -> AnswerText | AnswerBlock:
        return self.text_type(block.text) if block.kind == "text" else AnswerBlock(block)
