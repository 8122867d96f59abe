"""What a prompt weighs before it is sent: tokens and their price, estimated or counted by the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tui_app.core.answer_words import money
from tui_app.core.attachments import Attachment
from tui_app.core.conversation import Conversation, Usage
from tui_app.core.counts import counted
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, InvalidRequest, ServiceRefused
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.models import cost, sees_finely
from tui_app.core.preparing import request_of
from tui_app.core.service import MessagesApi
from tui_app.core.targets import Targets
from tui_app.core.user_messages import UserMessage
from tui_app.core.vision import Vision
from tui_app.core.visual_tokens import visual_tokens

_FRAME: Final = frozenset({"type", "role", "signature"})
CHARACTERS_A_TOKEN: Final = 3.6
"""About so many of English prose and code; other languages need more tokens."""
MOST_COUNTED: Final = 4_000_000
"""Bytes of images that are sent to be counted."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Tokens that go in, with all that was said before, and their price in USD where that is known.

    `counted` tells that the service counted them; else they are an estimate.
    """

    tokens: int
    dollars: float | None
    counted: bool = False


def weight_words(weight: Weight, *, free: bool) -> str:
    """What a prompt weighs, in words that fit into 76 cells; `free` is for the sandbox."""
    about = "" if weight.counted else "about "
    words = f"{about}{counted(weight.tokens, 'token')} in"
    if weight.dollars is not None:
        words += f", {'would cost ' if free else ''}{money(weight.dollars)} before the answer"
    return f"{words} · {'counted' if weight.counted else 'an estimate'}"


class Scales:
    """Weighs prompts; a service that does not count is not asked again."""

    def __init__(self, targets: Targets, api: MessagesApi, vision: Vision) -> None:
        self._targets, self._api, self._vision = targets, api, vision
        self._silent: set[str] = set()
        self._last: tuple[object, Weight] | None = None
        self._said: tuple[object, tuple[int, int]] | None = None

    def estimate(self, endpoint: Endpoint, conversation: Conversation, prompt: UserMessage | str) -> Weight:
        """About how much a prompt weighs after all that was said, with what is attached."""
        message = UserMessage.of(prompt)
        characters, tokens = self._bulk(endpoint, conversation)
        characters += len(conversation.settings.system) + _characters(message.content(_unseen))
        tokens += round(characters / CHARACTERS_A_TOKEN) + _seen(message.images, endpoint)
        return _weight(endpoint, max(1, tokens), counted=False)

    def _bulk(self, endpoint: Endpoint, conversation: Conversation) -> tuple[int, int]:
        """Characters of what was said, and tokens of its images; remembered while nothing more is said."""
        key = (endpoint.inference_id, endpoint.model, conversation.turns)
        if self._said is None or self._said[0] != key:
            said, model = endpoint.inference_id, endpoint.model
            sent = conversation.messages("", endpoint=said, model=model, draw=_unseen)
            images = conversation.images("", endpoint=said, model=model)
            self._said = key, (_characters(sent), _seen(images, endpoint))
        return self._said[1]

    async def count(
        self, endpoint: Endpoint, conversation: Conversation, prompt: UserMessage | str
    ) -> Weight | None:
        """What the service counts, None where it cannot be asked. The same is not asked twice in a row.

        Images of more than `MOST_COUNTED` bytes are not sent to be counted only.
        """
        asked = (endpoint.inference_id, endpoint.model)
        images = conversation.images(prompt, endpoint=asked[0], model=asked[1])
        key = (endpoint, conversation.turns, conversation.settings, UserMessage.of(prompt))
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        if endpoint.inference_id in self._silent or sum(each.size for each in images) > MOST_COUNTED:
            return None
        try:
            message = UserMessage.of(prompt)
            request = await request_of(self._vision, endpoint, conversation, message)
            route = await self._targets.route(endpoint)
            tokens = await self._api.count_tokens(route.target, request.body(endpoint))
        except (ServiceRefused, InvalidRequest) as error:
            if not (isinstance(error, ServiceRefused) and error.refusal.status == 429):
                self._silent.add(endpoint.inference_id)
            return None
        except InfertermError:
            return None
        found = _weight(endpoint, tokens, counted=True)
        self._last = key, found
        return found


def _unseen(each: Attachment) -> JsonObject:
    """Stands for an image whose characters do not count."""
    return {"type": "image"}


def _seen(images: Iterable[Attachment], endpoint: Endpoint) -> int:
    fine = sees_finely(endpoint.model)
    return sum(visual_tokens(each.width, each.height, fine=fine) for each in images)


def _weight(endpoint: Endpoint, tokens: int, *, counted: bool) -> Weight:
    return Weight(tokens, cost(endpoint.model, Usage(input_tokens=tokens)), counted)


def _characters(value: JsonValue) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_characters(each) for name, each in value.items() if name not in _FRAME)
    if isinstance(value, list | tuple):
        return sum(map(_characters, value))
    return 0
