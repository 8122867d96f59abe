"""Whole conversations of a plain chat: titles, pins, deletion, files; and what a prompt weighs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tui_app.cli.plain_copies import kept
from tui_app.cli.plain_turns import PlainTurns
from tui_app.cli.plain_ways import Way
from tui_app.cli.plain_words import kept_words
from tui_app.core.chat_documents import read, written
from tui_app.core.chat_markdown import markdown
from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.scales import weight_words
from tui_app.core.text import one_line
from tui_app.core.user_messages import UserMessage

_MARKDOWN = {".md", ".markdown"}


class PlainKeeping(PlainTurns):
    """The actions on conversations."""

    async def do_new(self, rest: str) -> None:
        """Begin a new conversation."""
        self.show(self.inference.chats.new(self.chat.conversation.endpoint))
        await self.introduce()

    async def do_rename(self, rest: str) -> None:
        """Give the conversation another title."""
        if not rest:
            raise InvalidRequest("a title has to follow", "/rename TITLE")
        await self.chat.rename(rest)
        self.voice.say(f"The conversation is called {rest} now.")

    async def do_pin(self, rest: str) -> None:
        """Let the conversation stand first among all, or no longer."""
        number = self._kept()
        entries = await self.inference.chats.entries()
        pinned = any(each.pinned for each in entries if each.id == number)
        await self.inference.chats.pin(number, not pinned)
        self.voice.say("It stands where its date puts it." if pinned else "It stands first among all now.")

    async def do_delete(self, rest: str) -> None:
        """Ask, then delete the conversation."""
        title = kept_words(self.chat.title, len(self.chat.conversation.turns))

        async def delete() -> None:
            if self.chat.conversation.id:
                await self.inference.chats.delete(self.chat.conversation.id, title)
                self.voice.say("Deleted. /undo brings it back until you leave.")
            await self.do_new("")

        self.offer((Way("delete it", delete), Way("keep it", self.leave_it)), f"{title}: delete it")

    async def do_undo(self, rest: str) -> None:
        """Bring back the conversation that was deleted last, and go on with it."""
        if not self.inference.chats.deleted:
            raise InvalidRequest("no conversation was deleted since you came")
        number, _ = self.inference.chats.deleted[-1]
        await self.inference.chats.restore(number)
        if chat := await self.inference.chats.open(number):
            self.show(chat)
        await self.introduce()

    async def do_export(self, rest: str) -> None:
        """Write the conversation to a new file: as Markdown if its name says so, else as JSON."""
        if not rest:
            raise InvalidRequest("a file has to follow", "/export talk.md, or talk.json to be imported again")
        chapters = await self.inference.chats.chapters([self._kept()])
        as_markdown = Path(rest).suffix.lower() in _MARKDOWN
        text = markdown(chapters[0].conversation) if as_markdown else written(chapters)
        self.voice.say(await kept(rest, text))

    async def do_import(self, rest: str) -> None:
        """Keep the conversations of a JSON export as new ones."""
        if not rest:
            raise InvalidRequest("a file has to follow", "/import talk.json")
        chapters = await asyncio.to_thread(lambda: read(_text(rest)))
        for chapter in chapters:
            await self.inference.chats.keep(chapter)
            title, turns = chapter.conversation.title, len(chapter.conversation.turns)
            self.voice.say(f"kept: {kept_words(title, turns)}")
        self.voice.say("/open lists them." if chapters else "There is no conversation in it.")

    async def do_weigh(self, rest: str) -> None:
        """Say how many tokens a prompt has, with all that was said, and what they cost."""
        unsent = self.chat.conversation.unsent
        prompt = UserMessage(rest, (), unsent.attachments) if rest else unsent
        if not prompt:
            raise InvalidRequest("a prompt has to follow", "/weigh PROMPT")
        scales, told = self.inference.scales, self.chat.conversation
        weight = await scales.count(self.endpoint, told, prompt) or scales.estimate(
            self.endpoint, told, prompt
        )
        self.voice.say(weight_words(weight, free=self.endpoint.local.sandbox))

    def _kept(self) -> int:
        """The number of the conversation. Raises InvalidRequest where nothing is kept yet."""
        if not self.chat.conversation.id:
            raise InvalidRequest("nothing is kept of this conversation yet", "Ask something first.")
        return self.chat.conversation.id


def _text(name: str) -> str:
    """The text of a file. Raises StoreFailed."""
    try:
        return Path(name).expanduser().read_text("utf-8-sig")
    except (OSError, RuntimeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise StoreFailed(f"{one_line(name)} cannot be read: {reason}", "Name another file.") from None
    except ValueError:
        raise StoreFailed(f"{one_line(name)} is not text in UTF-8", "Name a JSON export.") from None
