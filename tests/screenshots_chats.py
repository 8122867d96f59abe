"""Chats for pictures: one found among 10,000, versions of a turn, an exchange as it went over the wire."""

from __future__ import annotations

from typing import Any, Final

from textual.pilot import Pilot

from tests.benchmarks.conversations import fill
from tests.studio import NARROW, WIDE, keep, studio
from tests.ui.bench import seen, until

MANY: Final = 10_000


async def search() -> None:
    """Words that were said in one of 10,000 conversations."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        await shop.inference.chats.entries()
        fill(shop.folder / "state" / "inferterm.db", MANY)
        async with shop.app(WIDE) as pilot:
            await pilot.press("o")
            await until(pilot, lambda: f"{MANY:,}" in seen(pilot.app))
            await pilot.press("slash", *"needle haystack")
            await until(pilot, lambda: "haystack" in seen(pilot.app).replace("needle haystack", "", 1))
            await pilot.pause(0.5)
            keep(pilot, "search")


async def _ask(pilot: Pilot[Any], prompt: str) -> None:
    before = seen(pilot.app).count("req_")
    await pilot.press(*prompt, "enter")
    await until(pilot, lambda: seen(pilot.app).count("req_") > before)


async def versions() -> None:
    """A prompt that was changed and asked again: the second of two versions."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        async with shop.app(NARROW, chat="prod-summaries") as pilot:
            await _ask(pilot, "Sum it up in a sentence.")
            await pilot.press("ctrl+up", "e", "ctrl+u", *"In ten words, please.", "enter")
            await until(pilot, lambda: "2 of 2" in seen(pilot.app) or "2/2" in seen(pilot.app))
            await until(pilot, lambda: "req_" in seen(pilot.app))
            await pilot.press("ctrl+up")
            await pilot.pause(0.3)
            keep(pilot, "versions")


async def inspector() -> None:
    """How long each part of an exchange took, what was sent and what came."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        async with shop.app(WIDE, chat="prod-summaries") as pilot:
            await _ask(pilot, "hello")
            await pilot.press("ctrl+up", "i")
            await until(pilot, lambda: "first token" in seen(pilot.app) and "messages" in seen(pilot.app))
            await pilot.pause(0.3)
            keep(pilot, "inspector")
