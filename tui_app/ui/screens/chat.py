"""The chat: a conversation with one endpoint, its answers as they come, the quota, the prompt."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tui_app.core.chat import Chat
from tui_app.core.chat_events import ChatEvent, DraftReturned, PathChanged, Readied, TurnChanged, TurnRemoved
from tui_app.core.conversation import Answer, Outcome
from tui_app.core.endpoints import Entry
from tui_app.core.errors import InfertermError, LedgerBusy, LedgerFailed
from tui_app.core.inference import Inference
from tui_app.core.told_words import excess_of
from tui_app.core.user_messages import UserMessage
from tui_app.ui.chat_elsewhere import ChatElsewhere
from tui_app.ui.commands import bindings
from tui_app.ui.markdown.page import warm_up
from tui_app.ui.widgets.chat_face import ChatFace, settings_words
from tui_app.ui.widgets.chips import Chips
from tui_app.ui.widgets.gauge import Gauge
from tui_app.ui.widgets.key_bar import KeyBar, key_of
from tui_app.ui.widgets.prompt import Prompt
from tui_app.ui.widgets.title_bar import TitleBar
from tui_app.ui.widgets.transcript import Transcript

FRAME_S: Final = 1 / 16
"""The least time between two drawings of what came."""
ELSEWHERE_S: Final = 1.0
"""How often an answer that comes in another terminal is looked for."""


@lru_cache(maxsize=1)
def _spare_collector() -> None:
    """Let the garbage collector pass over what was loaded to get here: a full round is a stall of 0.2 s."""
    gc.freeze()


class ChatScreen(ChatElsewhere):
    """Shows one conversation; the reply runs on when the screen is left, and is there on coming back."""

    CSS_PATH = "../chat.tcss"
    HELP = """
    A conversation with one endpoint. Enter sends; Ctrl+J makes a line in every terminal. An
    answer runs on when you leave; the prompt that you did not send waits for you.

    The bar above the prompt is the quota: a prompt over the limit waits in sight and goes by
    itself. Esc stops an answer and keeps what came, or takes a waiting prompt back.

    A long paste becomes a chip, and so does a file that you attach; both go along where they stand.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reply"), *bindings("chat")]

    entry: reactive[Entry | None] = reactive(None, init=False, always_update=True)

    def __init__(
        self,
        inference: Inference,
        inference_id: str,
        conversation_id: int | None = None,
        turn_id: int | None = None,
        words: str = "",
    ) -> None:
        super().__init__()
        self.inference, self.inference_id = inference, inference_id
        self._first_id, self._first_turn = conversation_id, turn_id
        self.chat: Chat = inference.chats.new(inference_id)
        self.last_answer: Answer | None = None
        self.title_bar, self.face = TitleBar(inference_id), ChatFace()
        self.prompt, self.chips, self.weight_line = Prompt(), Chips(), Static(id="prompt-weight")
        self.gauge, self.transcript = Gauge(inference.queue.clock.now), Transcript()
        self.transcript.look_for(words)
        self._free = False
        self._opened, self._known = asyncio.Event(), asyncio.Event()
        self._elsewhere: Timer | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._doing = (False, False)

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.face
        yield self.transcript
        yield Static(Content.styled("↓ more below · ctrl+end follows the end", "$text-muted"), id="more")
        yield self.gauge
        yield Static(id="prompt-note")
        yield from self.compose_prompt()
        yield self.weight_line
        yield KeyBar()

    def on_mount(self) -> None:
        self.add_class("-opening")
        self.prompt.focus()
        self._open_first()
        self.read_entry()
        self._follow_files()
        self._elsewhere = self.set_interval(ELSEWHERE_S, self.look_elsewhere, pause=True)
        self.watch(self.app, "app_focus", self.look_again, init=False)

    def on_screen_resume(self) -> None:
        self._unsubscribe()
        self._unsubscribe = self.inference.queue.subscribe(self._show_quota)
        if self.is_mounted:
            self.read_entry()
            if self._opened.is_set():
                self.look_again(True)

    def on_screen_suspend(self) -> None:
        self._unsubscribe()
        self._unsubscribe = lambda: None

    async def on_unmount(self) -> None:
        self._unsubscribe()
        await self.keep_draft()

    @work(group="open", exclusive=True)
    async def _open_first(self) -> None:
        chats, chat = self.inference.chats, self.chat
        try:
            kept = await chats.open(self._first_id, self._first_turn) if self._first_id else None
            chat = kept or await chats.latest(self.inference_id)
        except InfertermError as error:
            self.complain(error)
        typed = self.prompt.message
        self.switch_to(chat, self._first_turn)
        if typed != UserMessage():
            self.prompt.put(chat.conversation.unsent.followed_by(typed))
        self._opened.set()
        await self._known.wait()
        self.prompt.invite()

    async def opened(self) -> None:
        """Wait until the conversation is there to which prompts belong."""
        await self._opened.wait()

    async def _learn(self) -> None:
        """Learn the little that turns need to know of the endpoint."""
        try:
            endpoint = await self.inference.endpoints.get(self.inference_id)
        except InfertermError as error:
            self.complain(error)
        else:
            self._free = endpoint.local.sandbox

    def switch_to(self, chat: Chat, at: int | None = None) -> None:
        """Show another conversation, from its end or at a turn; the one that was shown runs on."""
        self.end_editing()
        self.chat = chat
        if chat.conversation.endpoint != self.inference_id:
            self.inference_id = self.title_bar.place = chat.conversation.endpoint
            self.entry = None
            self.read_entry()
        self.prompt.put(chat.conversation.unsent)
        self._follow(chat, at)

    @work(group="entry", exclusive=True)
    async def read_entry(self) -> None:
        """Look up the endpoint: its model, its limit, its budget."""
        try:
            self.entry = await self.inference.endpoints.entry(self.inference_id)
        except InfertermError as error:
            self.complain(error)
        self._known.set()

    @work(group="files")
    async def _follow_files(self) -> None:
        try:
            async for _ in self.inference.endpoints.changes():
                self.read_entry()
        except InfertermError as error:
            self.complain(error)

    @work(group="follow", exclusive=True)
    async def _follow(self, chat: Chat, at: int | None) -> None:
        """Show a conversation and everything that happens to it, several events at a time."""
        clock = asyncio.get_running_loop().time
        with chat.watch() as watch:
            await self._learn()
            await self._show(chat, at)
            await self.recall()
            await asyncio.to_thread(warm_up)
            _spare_collector()
            async for events in watch:
                began = clock()
                await self._take(chat, events)
                await asyncio.sleep(max(FRAME_S, clock() - began))

    async def _show(self, chat: Chat, at: int | None = None) -> None:
        turns, progress = chat.conversation.turns, chat.progress
        await self.transcript.show(turns, free=self._free, live=chat.answering, progress=progress, at=at)
        self._note_last(turns[-1].answer if turns else None)
        self.remove_class("-opening")

    async def _take(self, chat: Chat, events: Sequence[ChatEvent]) -> None:
        grown: list[ChatEvent] = []
        for event in events:
            match event:
                case TurnChanged(turn):
                    await self.transcript.grow(grown, None)
                    grown = []
                    if turn.answer.outcome is Outcome.RUNNING:
                        await self.transcript.begin(turn)
                    else:
                        await self.transcript.settle(turn)
                    self._note_last(turn.answer)
                case PathChanged(turns):
                    await self.transcript.show(turns, free=self._free, at=self.turn_at(turns))
                    self._note_last(turns[-1].answer if turns else None)
                case TurnRemoved(turn_id):
                    await self.transcript.forget(turn_id)
                    turns = chat.conversation.turns
                    self._note_last(turns[-1].answer if turns else None)
                case Readied():
                    self.show_lead()
                    self._note_doing()
                case DraftReturned(draft):
                    self.prompt.put(draft.followed_by(self.prompt.message))
                case _:
                    grown.append(event)
        if grown:
            await self.transcript.grow(grown, chat.progress)
            self._note_doing()

    def _note_doing(self) -> None:
        """Offer what is possible now, if that is something else than before."""
        before, self._doing = self._doing, (self.chat.busy, self._counting_down)
        if self._doing != before:
            self.refresh_bindings()

    def _note_last(self, answer: Answer | None) -> None:
        self.last_answer = answer
        self.note_earlier()
        if self._elsewhere is not None:
            elsewhere = answer is not None and answer.outcome is Outcome.RUNNING and not self.chat.busy
            (self._elsewhere.resume if elsewhere else self._elsewhere.pause)()
        self.set_class(answer is None, "-empty")
        self.show_lead()
        self.count()
        self.weigh(self.prompt.message)
        self.refresh_bindings()

    def show_head(self) -> None:
        """Say in the first line who answers, in which conversation, with which settings."""
        if self.entry is None:
            return
        endpoint, chat = self.entry.endpoint, self.chat
        self.title_bar.about = " · ".join(filter(None, (endpoint.model, chat.title)))
        own = bool(chat.settings.overrides() or chat.settings.without or chat.settings.system.strip())
        head = self.title_bar.place + self.title_bar.about
        self.title_bar.aside = self.aside(head, settings_words(endpoint, chat.settings) if own else ())
        self.face.show(self.entry, chat.settings)

    def watch_entry(self) -> None:
        self.show_head()
        self._show_quota()
        self.weigh(self.prompt.message)

    def _show_quota(self) -> None:
        if self.entry is None:
            return
        try:
            quota = self.inference.queue.quota(self.entry.group, self.entry.endpoint.limit)
        except LedgerFailed as failure:
            self.gauge.trouble = "" if isinstance(failure, LedgerBusy) else str(failure)
            return
        self.gauge.trouble = ""
        self.gauge.shares = self.entry.shares
        self.gauge.excess = excess_of(self.inference.queue, self.entry.group, self.entry.endpoint.limit)
        self.gauge.hint = f"{key_of(self, 'app.quota')} more"
        self.gauge.quota = quota

    async def show_anew(self) -> None:
        """Show the conversation as it stands now."""
        await self._show(self.chat)

    def on_transcript_end_hidden(self, event: Transcript.EndHidden) -> None:
        self.set_class(event.hidden, "-more-below")
