"""Conversations: turns of a prompt and its answer. All frozen; a change gives a new value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, NamedTuple, Self

from tui_app.core.attachments import Attachment, image_block
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.user_messages import Drawing, Span, UserMessage

SAMPLING_ALONE: Final = ("temperature", "top_p", "top_k")
"""Settings that a request may leave out."""
SAMPLING: Final = ("max_tokens", *SAMPLING_ALONE)
MEASURABLE_S: Final = 0.1
"""A shorter stream says nothing of its speed."""


class Outcome(StrEnum):
    """How an answer stands."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the service counted them; caches apart (total input is the sum of three)."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0

    @property
    def total_input(self) -> int:
        """All tokens that went in."""
        return self.input_tokens + self.cache_creation_input_tokens + self.cache_read_input_tokens


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: in the queue, from sending to the first token, from asking to the end, of streaming."""

    queued_s: float = 0.0
    first_token_s: float | None = None
    total_s: float = 0.0
    streamed_s: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One content block of an answer: its type, its readable text, and itself as it came."""

    kind: str
    text: str = ""
    raw: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one prompt, whole or in part.

    `stop_reason` is the service's own word; `error` says in words what failed and `advice` what
    to do; `stop_details` belongs to refusals. `message_id` is the service's own for the answer.
    `lead` is the beginning of its text that was put into the model's mouth, empty for most.
    """

    outcome: Outcome = Outcome.RUNNING
    blocks: tuple[Block, ...] = ()
    model: str = ""
    stop_reason: str | None = None
    stop_details: JsonObject | None = None
    usage: Usage = Usage()
    timing: Timing = Timing()
    request_id: str | None = None
    attempts: int = 0
    error: str = ""
    advice: str = ""
    message_id: str = ""
    lead: str = ""

    @property
    def text(self) -> str:
        """The text blocks, joined: the answer proper."""
        return "".join(block.text for block in self.blocks if block.kind == "text")

    @property
    def bare(self) -> bool:
        """Whether nothing came of it; how it was to begin is not from the model."""
        return not self.blocks or (len(self.blocks) == 1 and bool(self.lead) and self.text == self.lead)

    @property
    def cut(self) -> bool:
        """Whether it ended before the service told its counts, which it does at the end only."""
        return self.stop_reason is None and self.outcome in {Outcome.STOPPED, Outcome.FAILED}

    @property
    def speed(self) -> float | None:
        """Output tokens a second while it came; None where there was too little to tell."""
        streamed, tokens = self.timing.streamed_s or 0.0, self.usage.output_tokens
        return tokens / streamed if streamed >= MEASURABLE_S and tokens > 1 and not self.cut else None

    def led_by(self, lead: str) -> Answer:
        """The same as the continuation of `lead`, which stands before what came."""
        if not lead or not (self.blocks or self.outcome is Outcome.RUNNING):
            return replace(self, lead=lead)
        first = self.blocks[0] if self.blocks and self.blocks[0].kind == "text" else None
        text = lead + (first.text if first else "")
        whole = Block("text", text, {**(first.raw if first else {"type": "text"}), "text": text})
        return replace(self, lead=lead, blocks=(whole, *self.blocks[1 if first else 0 :]))

    def resendable(self, *, same_model: bool) -> list[JsonObject]:
        """The blocks that may go back to the service; thinking only to the model that made it.

        Empty text, unsigned thinking and tool calls without a result would make the request a 400. Of a
        text what is shown goes back, whatever a file that it was imported from has beside it.
        """
        return [
            {**block.raw, "type": "text", "text": block.text} if block.kind == "text" else block.raw
            for block in self.blocks
            if _may_return(block, same_model=same_model)
        ]


def _may_return(block: Block, *, same_model: bool) -> bool:
    if block.kind == "text":
        return bool(block.text.strip())
    if block.raw.get("type") != block.kind:
        return False
    if block.kind == "thinking":
        return same_model and bool(block.raw.get("signature"))
    return block.kind == "redacted_thinking" and same_model


@dataclass(frozen=True, slots=True)
class Turn:
    """A prompt and what became of it; `asked_at` is wall-clock seconds; `endpoint` and `model` were asked.

    `folds` and `attachments` belong to the prompt, as in its UserMessage.

    `parent` is the turn before it, 0 for a first one, None for one that is to come after the last.
    `versions` are all turns that stand in this place, itself among them; empty where it stands alone.
    """

    id: int
    prompt: str
    asked_at: float
    endpoint: str
    model: str
    answer: Answer = Answer()
    parent: int | None = None
    versions: tuple[int, ...] = ()
    folds: tuple[Span, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def message(self) -> UserMessage:
        """The prompt with all that belongs to it."""
        return UserMessage(self.prompt, self.folds, self.attachments)

    def asking(self, message: UserMessage) -> Self:
        """The same with another prompt."""
        return replace(self, prompt=message.text, folds=message.folds, attachments=message.attachments)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one chat that do not touch the endpoint; None leaves the endpoint's own.

    `without` names sampling settings that are not sent at all, although the endpoint has them.
    """

    system: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    without: tuple[str, ...] = ()

    def overrides(self) -> dict[str, int | float]:
        """Those that are set, by their names in the request."""
        chosen = {name: getattr(self, name) for name in SAMPLING}
        return {name: value for name, value in chosen.items() if value is not None}

    def leaving_out(self, names: Iterable[str]) -> Settings:
        """The same without these sampling settings, be they the endpoint's or the chat's own."""
        unset: dict[str, None] = dict.fromkeys(names)
        without = tuple(dict.fromkeys((*self.without, *unset)))
        kept = {name: getattr(self, name) for name in SAMPLING if name not in unset}
        return Settings(self.system, **kept, without=without)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One chat; `draft` is the prompt that was not sent yet. Times are wall-clock seconds.

    `draft_folds` and `draft_attachments` belong to the draft, as in its UserMessage; `lead` is how the
    answer to the next prompt is to begin.
    `turns` are those on the way to where it stands; other versions of them are kept beside it.
    """

    id: int
    endpoint: str
    title: str
    created_at: float
    updated_at: float
    settings: Settings = Settings()
    draft: str = ""
    turns: tuple[Turn, ...] = ()
    pinned: bool = False
    draft_folds: tuple[Span, ...] = ()
    draft_attachments: tuple[Attachment, ...] = ()
    lead: str = ""

    @property
    def unsent(self) -> UserMessage:
        """The draft with all that belongs to it."""
        return UserMessage(self.draft, self.draft_folds, self.draft_attachments)

    def with_unsent(self, draft: UserMessage) -> Self:
        """The same with another draft."""
        return replace(self, draft=draft.text, draft_folds=draft.folds, draft_attachments=draft.attachments)

    @property
    def leaf(self) -> int:
        """The turn at which it stands, 0 where nothing was said."""
        return self.turns[-1].id if self.turns else 0

    def until(self, turn_id: int) -> Self:
        """The same with only what comes before a turn; all of it where that is not there."""
        ids = [turn.id for turn in self.turns]
        return replace(self, turns=self.turns[: ids.index(turn_id)]) if turn_id in ids else self

    def with_turn(self, turn: Turn) -> Self:
        """Append a turn, or replace the one that has its id."""
        others = tuple(t for t in self.turns if t.id != turn.id)
        place = next((i for i, t in enumerate(self.turns) if t.id == turn.id), len(others))
        return replace(self, turns=(*others[:place], turn, *others[place:]))

    def messages(
        self, prompt: UserMessage | str, *, endpoint: str, model: str, draw: Drawing = image_block
    ) -> list[JsonValue]:
        """The `messages` of a request that asks `prompt` next; `draw` makes blocks of images.

        Turns that brought nothing to send back are left out with their prompts.
        """
        sent: list[JsonValue] = []
        for turn, blocks in self._answered(endpoint, model):
            sent += [
                {"role": "user", "content": turn.message.content(draw)},
                {"role": "assistant", "content": blocks},
            ]
        return [*sent, {"role": "user", "content": UserMessage.of(prompt).content(draw)}]

    def images(self, prompt: UserMessage | str, *, endpoint: str, model: str) -> list[Attachment]:
        """All images that such a request has."""
        sent = [turn.message for turn, _ in self._answered(endpoint, model)]
        return [image for each in (*sent, UserMessage.of(prompt)) for image in each.images]

    def _answered(self, endpoint: str, model: str) -> Iterator[tuple[Turn, list[JsonValue]]]:
        for turn in self.turns:
            same = turn.endpoint == endpoint and turn.model == model
            blocks = turn.answer.resendable(same_model=same)
            if turn.message and any(block.get("type") == "text" for block in blocks):
                yield turn, list(blocks)


class ConversationEntry(NamedTuple):
    """A conversation as a list shows it; `turns` counts all versions. A tuple, as there may be 10,000."""

    id: int
    endpoint: str
    title: str
    turns: int
    updated_at: float
    pinned: bool = False
