"""Makes the pictures of `screenshots/` from the running app, on data that the sandbox answers.

    .venv/bin/python -m tests.screenshots

SVG for all; PNG beside them where Chromium is there to draw them (pngquant makes them smaller).
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["COLORTERM"] = "truecolor"
os.environ.pop("NO_COLOR", None)

from textual.pilot import Pilot

from tests.screenshots_api import connect, served, some_requests
from tests.screenshots_batches import batch, batch_compare, prompts, sweep
from tests.screenshots_chats import inspector, search, versions
from tests.screenshots_quota import Stage, busy, closed, quiet, stage
from tests.screenshots_totals import a_month
from tests.studio import FOLDER, NARROW, SANDBOX, WIDE, keep, studio
from tests.ui.bench import seen, until
from tui_app.adapters.attached_files import AttachedFiles
from tui_app.core.conversation import Settings
from tui_app.core.variations import Setup, Variation
from tui_app.sandbox.settings import SandboxSettings
from tui_app.ui.widgets.prompt import Prompt

CHROMIUM: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--force-device-scale-factor=1",
)
PROMPT: Final = "write 160 words with a heading, a list, a table and a code block"


async def first_run() -> None:
    """An empty list."""
    async with studio() as empty, empty.app(NARROW) as pilot:
        keep(pilot, "first-run")


async def the_list(size: tuple[int, int], name: str, theme: str = "inferterm-dark") -> None:
    """Some endpoints, some of their quota used."""
    async with studio() as shop:
        await shop.endpoint("release-notes", "claude-haiku-5-5", 50)
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        await shop.endpoint("review-bot", "claude-sonnet-5-5", 8)
        (shop.folder / "endpoints" / "old-import.json").write_text(
            '{\n  "service": "anthropic"\n  "x": 1\n}\n'
        )
        await shop.ask("prod-summaries", 5)
        await shop.ask("release-notes", 3)
        await shop.inference.endpoints.note("release-notes", verified_at=0.0)
        await shop.inference.note_verified("release-notes", 0.42)
        await shop.inference.note_verified("prod-summaries", 0.61)
        async with shop.app(size, theme=theme) as pilot:
            await until(pilot, lambda: "keyring" in seen(pilot.app))
            await pilot.press("down")
            await pilot.pause(0.3)
            keep(pilot, name)


async def form() -> None:
    """A new endpoint with problems under its fields."""
    async with studio() as shop, shop.app(WIDE) as pilot:
        await pilot.press("n")
        await pilot.pause(0.3)
        await pilot.press(*"claude-haiku-4-5", "tab", *"sk-pasted-key", "tab", "home", *"My ", "tab")
        await pilot.press("tab", "f6", *"0.5", "tab", *"0.9")
        await pilot.pause(0.5)
        keep(pilot, "form-problem")


async def verification() -> None:
    """The ladder, passed."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        async with shop.app(WIDE) as pilot:
            await pilot.press("v")
            await until(pilot, lambda: "first token after" in seen(pilot.app))
            await pilot.pause(0.2)
            keep(pilot, "verification")


async def chat(size: tuple[int, int], name: str, theme: str = "inferterm-dark") -> None:
    """An answer while it streams."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 5)
        async with shop.app(size, chat="prod-summaries", theme=theme) as pilot:
            await pilot.press(*"What does a quota of 5 a minute mean?", "enter")
            await until(pilot, lambda: "req_" in seen(pilot.app))
            await pilot.press(*PROMPT, "enter")
            await until(pilot, lambda: "│" in seen(pilot.app) or "─" * 12 in seen(pilot.app) or _late(pilot))
            keep(pilot, name)


def _late(pilot: Pilot[Any]) -> bool:
    return "answering, 2 s" in seen(pilot.app) or "answering, 3 s" in seen(pilot.app)


async def waiting() -> None:
    """A prompt over the limit."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 2)
        async with shop.app(WIDE, chat="prod-summaries") as pilot:
            for prompt in ("hello", "and what is left now?"):
                before = seen(pilot.app).count("req_")
                await pilot.press(*prompt, "enter")
                await until(pilot, lambda before=before: seen(pilot.app).count("req_") > before)  # type: ignore[misc]
            await pilot.press(*"this one has to wait", "enter")
            await pilot.pause(1.2)
            keep(pilot, "waiting-for-quota")


async def quota(
    prepare: Callable[[Stage], Awaitable[None]],
    name: str,
    size: tuple[int, int] = WIDE,
    sandbox: SandboxSettings = SANDBOX,
) -> None:
    """The quota screen after something happened."""
    async with studio(sandbox) as shop, stage(shop.folder, shop.service, shop.inference, shop.keys) as on:
        await prepare(on)
        async with shop.app(size) as pilot:
            await pilot.press("end", "f11")
            await until(pilot, lambda: "in the last 60 s" in seen(pilot.app))
            await pilot.pause(0.6)
            keep(pilot, name)


async def server() -> None:
    """The server with a program's requests."""
    async with studio() as shop, served(shop.inference) as (shop.server, serving):
        await shop.endpoint("release-notes", "claude-haiku-5-5", 50)
        await some_requests(serving, "release-notes")
        async with shop.app(WIDE) as pilot:
            await pilot.press("ctrl+e")
            await until(pilot, lambda: "not-there" in seen(pilot.app))
            keep(pilot, "server")


async def clusters() -> None:
    """Our endpoints beside those of a second inferterm, which stands in for a cluster."""
    async with studio() as shop, studio() as there, served(there.inference) as (_, serving):
        for each, size in (("release-notes", 50), ("prod-summaries", 20)):
            await shop.endpoint(each, "claude-sonnet-5-5", size)
        await shop.endpoint("review-bot", "claude-haiku-5-5", 8)
        await there.inference.endpoints.create(await shop.inference.endpoints.get("release-notes"))
        await there.endpoint("nightly", "claude-haiku-5-5", 50)
        changed = await shop.inference.endpoints.get("prod-summaries")
        limited = changed.task_settings.model_copy(update={"max_tokens": 512})
        await there.inference.endpoints.create(changed.model_copy(update={"task_settings": limited}))
        await connect(shop.connections, serving)
        async with shop.app(WIDE) as pilot:
            await pilot.press("g")
            await until(pilot, lambda: "only there" in seen(pilot.app))
            await pilot.press("down")
            await pilot.pause(0.3)
            keep(pilot, "clusters")


async def settings() -> None:
    """What can be chosen for the whole app."""
    async with studio() as shop:
        await shop.endpoint("release-notes", "claude-haiku-5-5", 50)
        async with shop.app(WIDE) as pilot:
            await pilot.press("f10")
            await pilot.pause(0.5)
            keep(pilot, "settings")


async def export() -> None:
    """An endpoint as lines for another client."""
    async with studio() as shop:
        await shop.endpoint("release-notes", "claude-haiku-5-5", 50)
        async with shop.app(WIDE) as pilot:
            await pilot.press("x")
            await pilot.pause(0.5)
            keep(pilot, "export")


async def side_by_side() -> None:
    """Three columns, one of them stopped, with what differs marked."""
    columns = (
        Variation("release-notes"),
        Variation("prod-summaries"),
        Variation("release-notes", settings=Settings("You write haiku.", temperature=0.9)),
    )
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        await shop.endpoint("release-notes", "claude-haiku-4-5", 50)
        first = await shop.inference.comparisons.open(columns[0])
        await shop.inference.comparisons.arrange(first, Setup(columns, "Be brief."))
        async with shop.app(WIDE) as pilot:
            await pilot.press("end", "a")
            await until(pilot, lambda: "3 release-notes" in seen(pilot.app))
            await pilot.press(*PROMPT.replace("160", "200"), "enter")
            await until(pilot, lambda: seen(pilot.app).count("answering, 1 s") > 1)
            await pilot.press("f6", "escape")
            await until(pilot, lambda: not first.busy and "answering" not in seen(pilot.app))
            await pilot.press("ctrl+home")
            await pilot.pause(0.5)
            keep(pilot, "side-by-side")


async def totals() -> None:
    """A month of three endpoints, by day; the last requests are the sandbox's own."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        await shop.ask("prod-summaries", 3)
        for receipt in a_month(time.time()):
            shop.inference.totals.note(receipt)
        async with shop.app(WIDE) as pilot:
            await pilot.press("t")
            await until(pilot, lambda: "errors:" in seen(pilot.app))
            await pilot.press("s", "m", "m")
            await until(pilot, lambda: "US dollars" in seen(pilot.app))
            await pilot.press("b")
            await until(pilot, lambda: "by endpoint" in seen(pilot.app) and "review-bot" in seen(pilot.app))
            keep(pilot, "totals")


async def attachments() -> None:
    """An answered prompt with an image and a file, and one more with a folded paste before it is sent."""
    logo = FOLDER / "list.png"
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        notes = shop.folder / "release notes.md"
        notes.write_text("# Notes\n\n" + "- One more thing that changed.\n" * 40, encoding="utf-8")
        files = AttachedFiles()
        async with shop.app(WIDE, chat="prod-summaries") as pilot:
            prompt = pilot.app.screen.query_one(Prompt)
            prompt.attachments = (await files.read(str(logo)), await files.read(str(notes)))
            await pilot.press(*"Does the picture show what the notes say?", "enter")
            await until(pilot, lambda: "req_" in seen(pilot.app))
            prompt.attachments = (await files.read(str(notes)),)
            await pilot.press(*"Which of these lines is in the notes? ")
            prompt.paste("".join(f"2026-11-29 12:00:{n % 60:02} WARN retry {n}\n" for n in range(214)))
            await until(pilot, lambda: "· counted" in seen(pilot.app))
            keep(pilot, "attachments")


def draw(svg: Path) -> None:
    """Draw one SVG as a PNG, as a browser shows it."""
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.read_text("utf-8")).groups()  # type: ignore[union-attr]
    png = svg.with_suffix(".png")
    window = f"--window-size={round(float(width))},{round(float(height))}"
    with tempfile.TemporaryDirectory() as profile:
        own = [f"--user-data-dir={profile}", window, f"--screenshot={png}", svg.as_uri()]
        subprocess.run(["chromium", *CHROMIUM, *own], check=True, capture_output=True)
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--output", str(png), "64", str(png)], check=True)


PICTURES: Final[tuple[Callable[[], Awaitable[None]], ...]] = (
    first_run,
    lambda: the_list(WIDE, "list"),
    lambda: the_list(NARROW, "list-narrow"),
    lambda: the_list(WIDE, "list-light", "inferterm-light"),
    form,
    verification,
    lambda: chat(WIDE, "chat-streaming"),
    lambda: chat(NARROW, "chat-narrow"),
    waiting,
    lambda: quota(quiet, "quota-quiet"),
    lambda: quota(busy, "quota-busy"),
    lambda: quota(busy, "quota-narrow", NARROW),
    lambda: quota(closed, "quota-closed", sandbox=SandboxSettings(requests_per_minute=2)),
    server,
    clusters,
    settings,
    export,
    side_by_side,
    totals,
    batch,
    batch_compare,
    prompts,
    sweep,
    attachments,
    search,
    versions,
    inspector,
)


async def main() -> None:
    """Make them all, one after the other, or those whose functions are named."""
    FOLDER.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:])
    for picture in PICTURES:
        if not wanted or picture.__name__ in wanted:
            await picture()


if __name__ == "__main__":
    began = time.time()
    asyncio.run(main())
    if shutil.which("chromium"):
        for each in sorted(FOLDER.glob("*.svg")):
            if each.stat().st_mtime >= began:
                draw(each)
