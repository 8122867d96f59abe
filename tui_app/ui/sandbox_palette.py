"""The sandbox's words in the command palette of a chat with the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui_app.ui.sandbox_words import SANDBOX_WORDS
from tui_app.ui.screens.chat import ChatScreen


class SandboxWords(Provider):
    """Offers each of the words; the one that is chosen is put into the prompt field."""

    async def discover(self) -> Hits:
        for prompt, about in self._offered():
            yield DiscoveryHit(_title(prompt), partial(self._put, prompt), help=about.capitalize())

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for prompt, about in self._offered():
            title = _title(prompt)
            score = matcher.match(title)
            if score > 0:
                yield Hit(
                    score, matcher.highlight(title), partial(self._put, prompt), help=about.capitalize()
                )

    def _offered(self) -> Iterator[tuple[str, str]]:
        screen = self.screen
        if isinstance(screen, ChatScreen) and screen.entry and screen.entry.endpoint.local.sandbox:
            yield from SANDBOX_WORDS

    def _put(self, prompt: str) -> None:
        if isinstance(self.screen, ChatScreen):
            self.screen.prompt.put_text(prompt)
            self.screen.prompt.focus()


def _title(prompt: str) -> str:
    return f"Sandbox: {prompt}"
