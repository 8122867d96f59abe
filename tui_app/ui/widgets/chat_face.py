"""The face of a chat in which nothing was said yet: what answers, how, and what to try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_app.core.conversation import Settings
from tui_app.core.endpoint import SANDBOX_URL, Endpoint
from tui_app.core.endpoints import Entry
from tui_app.core.models import known
from tui_app.core.overrides import effective
from tui_app.ui.sandbox_words import SANDBOX_WORDS

_TRIES = (
    ("Explain recursion to a ten-year-old.", "a first answer"),
    ("Write a haiku about rate limits.", "a short one"),
    ("List ten uses of a Raspberry Pi as a table.", "Markdown as it streams"),
)
_WORD_WIDTH = 20


def settings_words(endpoint: Endpoint, settings: Settings) -> list[str]:
    """The settings that a request of this chat carries, in words."""
    task = effective(endpoint, settings).task_settings
    words = [f"{name} {_number(value)}" for name, value in task.model_dump(exclude_none=True).items()]
    return [*words, *(["a system prompt"] if settings.system.strip() else [])]


def face(entry: Entry, settings: Settings) -> Content:
    """Who answers here, and how."""
    endpoint = entry.endpoint
    model = known(endpoint.model)
    size = f", reads up to {model.context:,} tokens" if model else ""
    words = " · ".join(settings_words(endpoint, settings))
    rows = [
        ("Model", f"{endpoint.model}{size}"),
        ("Answers from", _place(entry.group.base_url)),
        ("Settings", words),
        ("Limit", f"{endpoint.limit:,} requests in any 60 seconds"),
    ]
    lines = [Content.assemble((f"{label:<14}", "$text-muted"), value) for label, value in rows]
    return Content("\n").join([Content.styled("A new conversation", "bold $accent"), Content(""), *lines])


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _place(base_url: str) -> str:
    if base_url == SANDBOX_URL:
        return "the built-in sandbox: no key, no network, no cost"
    return base_url.removeprefix("https://")


def tries(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """Prompts worth a try, and what comes of them."""
    yield from SANDBOX_WORDS if endpoint.local.sandbox else _TRIES


class ChatFace(Vertical):
    """Shows the face; a prompt to try is put into the prompt field when it is chosen."""

    @dataclass
    class Chosen(Message):
        """The person wants to try this prompt."""

        prompt: str

    def __init__(self) -> None:
        super().__init__()
        self._face, self._hint = Static(id="face"), Static(id="face-hint")
        self._tries = OptionList(markup=False, compact=True, id="tries")

    def compose(self) -> ComposeResult:
        yield self._face
        yield self._hint
        yield self._tries

    def show(self, entry: Entry, settings: Settings) -> None:
        """Show it for an endpoint."""
        endpoint = entry.endpoint
        self._face.update(face(entry, settings))
        hint = "These prompts make the sandbox act out the world:" if endpoint.local.sandbox else "Try:"
        self._hint.update(Content.styled(hint, "$text-muted"))
        self._offer(tuple(tries(endpoint)))

    def _offer(self, prompts: tuple[tuple[str, str], ...]) -> None:
        options = self._tries
        width = max(_WORD_WIDTH, *(len(prompt) + 2 for prompt, _ in prompts))
        options.clear_options()
        options.add_options(
            Option(Content.assemble(f"{prompt:<{width}}", (about, "$text-muted")), id=prompt)
            for prompt, about in prompts
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id:
            self.post_message(self.Chosen(event.option_id))
