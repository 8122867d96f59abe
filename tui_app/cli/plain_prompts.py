"""Kept prompts in a plain chat: listed, filled in, asked."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping

import click

from tui_app.cli.plain_session import PlainSession
from tui_app.cli.plain_ways import Way
from tui_app.cli.variables import read_variables
from tui_app.core.errors import InvalidRequest
from tui_app.core.prompted import lead_in_words, opening, refuses_lead, without_lead
from tui_app.core.prompts import BrokenPrompt
from tui_app.core.templates import Template
from tui_app.core.text import one_line


class PlainPrompts(PlainSession):
    """Listing and asking them."""

    async def do_prompt(self, rest: str) -> None:
        """List the prompts, or ask one with its variables filled in."""
        name, values = await asyncio.to_thread(_read, rest)
        if not name:
            await self._list()
            return
        prompt = await self.bench.prompts.get(name)
        filled = prompt.template.filled(values)
        if not (doubt := refuses_lead(filled, self.endpoint.model)):
            await self._ask_kept(filled)
            return
        self.voice.say(f"note: {doubt}. The answer was to begin with: {filled.lead}")
        self.offer(
            (
                Way("ask for it in words", lambda: self._ask_kept(lead_in_words(filled))),
                Way("leave the beginning out", lambda: self._ask_kept(without_lead(filled))),
                Way("send it as it is", lambda: self._ask_kept(filled)),
            ),
            "Ways to ask",
        )

    async def _list(self) -> None:
        found = await self.bench.prompts.all()
        if not found:
            self.voice.say(f"No prompt is kept yet. A file makes one: {self.bench.prompts.path('NAME')}")
        for each in found:
            if isinstance(each, BrokenPrompt):
                self.voice.say(f"{each.name}: cannot be read: {one_line(each.reason)}")
            else:
                names = ", ".join(each.template.variables) or "no variables"
                about = one_line(each.template.description)
                self.voice.say(f"{each.name}: {names}{f'; {about}' if about else ''}")

    async def _ask_kept(self, template: Template) -> None:
        """Ask it here, or in a new conversation where it brings a system prompt or turns of its own."""
        made = opening(template)
        if not made.fits(self.chat.settings.system):
            self.show(await self.bench.inference.chats.begin(self.endpoint.inference_id, made))
            await self.introduce()
        await self.chat.send(made.prompt)


def _read(rest: str) -> tuple[str, Mapping[str, str]]:
    """A prompt's name, and its variables with their values. Raises InvalidRequest."""
    try:
        name, *given = shlex.split(rest) or [""]
        if any(each.partition("=")[2] == "@-" for each in given):
            raise InvalidRequest("@- cannot be read here: your lines come from there", "Name a file: @FILE.")
        return name, read_variables(given)
    except ValueError as error:
        raise InvalidRequest(f"{rest}: {error}".lower(), "/prompt NAME VARIABLE='some words'") from None
    except click.UsageError as error:
        said = error.message.removeprefix("--var ").replace("--var ", "")
        raise InvalidRequest(said, "/prompt NAME VARIABLE=VALUE") from None
