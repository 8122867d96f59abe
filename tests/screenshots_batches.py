"""Prompts and batches for pictures: a library with two versions, runs with failures, the same run again."""

from __future__ import annotations

import csv
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, chdir
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from textual.pilot import Pilot
from textual.widgets import Input

from tests.studio import WIDE, Studio, keep, studio
from tests.ui.bench import seen
from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.batch_store import BatchTable
from tui_app.adapters.database import Database
from tui_app.adapters.prompt_files import PromptFiles
from tui_app.adapters.prompt_versions import VersionTable
from tui_app.core.batch_plans import Wanted, make_plan
from tui_app.core.batch_reuse import anew
from tui_app.core.batches import Batches
from tui_app.core.prompts import Prompts
from tui_app.core.tables import decode_table
from tui_app.core.templates import parse_template
from tui_app.sandbox.settings import SandboxSettings

QUICK: Final = SandboxSettings(tokens_per_second=400)
SORT: Final = """\
description = "Sorts letters of customers"
system = "You sort letters into {{kinds}}."
prompt = "return label or not? {{letter}}"

[defaults]
kinds = "delivery, payment, other"
"""
ANSWER: Final = """\
description = "Drafts an answer in the tone of the house"
system = "You answer for a shop. Be {{tone}}."

[defaults]
tone = "warm and short"

[[turns]]
role = "user"
text = "Where is my parcel?"

[[turns]]
role = "assistant"
text = "It left us on Tuesday and should be with you tomorrow."

[[turns]]
role = "user"
text = "{{letter}}"
"""
LETTERS: Final = (
    ("Where is my parcel?", "parcel"),
    ("The invoice has the wrong address", "invoice"),
    ("I was charged twice for one lamp", "refund"),
    ("Can I still change the colour?", "colour"),
    ("The lamp arrived broken", "broken"),
    ("My card was refused, why?", "card"),
    ("When do you open on Saturday?", "opening hours"),
    ("Please cancel my order", "cancel"),
    ("Is the blue one back in stock?", "stock"),
    ("The parcel went to my neighbour", "neighbour"),
    ("How do I send it back?", "return label"),
    ("Thank you, that was quick!", "Thank"),
)


@asynccontextmanager
async def workbench(shop: Studio) -> AsyncGenerator[Path, None]:
    """Give a studio prompts and batches; gives the file of letters."""
    database = Database(shop.folder / "batches.db", migrations=BATCH_MIGRATIONS)
    shop.prompts = Prompts(PromptFiles(shop.folder / "prompts"), VersionTable(database))
    shop.batches = Batches(shop.inference, BatchTable(database))
    folder = shop.folder / "prompts"
    folder.mkdir()
    (folder / "answer.toml").write_text(ANSWER)
    (folder / "sort.toml").write_text(SORT.replace("return label", "refund"))
    await shop.prompts.get("sort")
    (folder / "sort.toml").write_text(SORT)
    await shop.prompts.get("sort")
    letters = shop.folder / "letters.csv"
    with letters.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("letter", "contains", "max_tokens"))
        rows.writerows(
            (f"{letter} ({number})", word, 400) for number in (1, 2, 3) for letter, word in LETTERS
        )
    yield letters
    await shop.batches.aclose()
    await database.aclose()


async def begin(shop: Studio, letters: Path, endpoint: str, version: int = 2) -> int:
    """Begin a batch over the letters with a version of the prompt; its id."""
    assert shop.prompts, "there is a workbench"
    assert shop.batches, "there is a workbench"
    versions = {each.number: each.text for each in await shop.prompts.versions("sort")}
    prompt = replace(await shop.prompts.get("sort"), template=parse_template(versions[version]))
    table = decode_table("letters.csv", letters.read_bytes())
    asked = await shop.inference.endpoints.get(endpoint)
    plan = make_plan(Wanted("letters.csv", "picture", table, asked, prompts=(prompt,)))
    batch = await shop.batches.create(anew(plan))
    shop.batches.start(batch.id)
    return batch.id


async def seen_at_last(pilot: Pilot[Any], true: Callable[[], bool]) -> None:
    """Wait for what takes as long as a limit of some requests a minute lets it."""
    for _ in range(900):
        await pilot.pause(0.1)
        if true():
            return
    raise AssertionError("it never came true")


async def batch() -> None:
    """A batch that waits for the limit, with answers that fail a check."""
    async with studio(QUICK) as shop, workbench(shop) as letters:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        batch_id = await begin(shop, letters, "prod-summaries")
        async with shop.app(WIDE) as pilot:
            await pilot.press("b")
            await seen_at_last(pilot, lambda: "letters.csv" in seen(pilot.app))
            await pilot.press("enter")
            await seen_at_last(pilot, lambda: "20 of 36" in seen(pilot.app) and "next in" in seen(pilot.app))
            assert shop.batches, "there is a workbench"
            for position, mark in ((0, 4), (4, 5), (6, 2)):
                await shop.batches.mark(batch_id, position, mark)
            await pilot.press("down", "down")
            await seen_at_last(pilot, lambda: "5★" in seen(pilot.app))
            await pilot.pause(0.5)
            keep(pilot, "batch")


async def batch_compare() -> None:
    """A run with a changed prompt beside the run before it."""
    async with studio(QUICK) as shop, workbench(shop) as letters:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 100)
        async with shop.app(WIDE) as pilot:
            for version in (1, 2):
                await begin(shop, letters, "prod-summaries", version)
                await seen_at_last(pilot, lambda: not shop.batches or not shop.batches.begun)
            await pilot.press("b")
            await seen_at_last(pilot, lambda: seen(pilot.app).count("36 of 36") == 2)
            await pilot.press("home", "enter", "c")
            await seen_at_last(pilot, lambda: "Compare with which run?" in seen(pilot.app))
            await pilot.press("enter")
            await seen_at_last(pilot, lambda: "beside the earlier run" in seen(pilot.app))
            await pilot.pause(0.5)
            keep(pilot, "batch-compare")


async def prompts() -> None:
    """What a change of a prompt changed."""
    async with studio() as shop, workbench(shop), shop.app(WIDE) as pilot:
        await pilot.press("p")
        await seen_at_last(pilot, lambda: "answer" in seen(pilot.app))
        await pilot.press("end", "v")
        await seen_at_last(pilot, lambda: "version 2" in seen(pilot.app))
        await pilot.pause(0.5)
        keep(pilot, "prompts")


async def sweep() -> None:
    """A grid of prompts, endpoints and settings over a file, with what it will take."""
    async with studio() as shop, workbench(shop) as letters:
        await shop.endpoint("prod-summaries", "claude-opus-4-5", 20)
        await shop.endpoint("release-notes", "claude-haiku-4-5", 50)
        with chdir(shop.folder):
            async with shop.app(WIDE) as pilot:
                await pilot.press("b")
                await seen_at_last(pilot, lambda: "No batch yet" in seen(pilot.app))
                await pilot.press("n")
                await seen_at_last(pilot, lambda: "File" in seen(pilot.app))
                pilot.app.screen.query_one("#sweep-file", Input).value = letters.name
                await pilot.press("tab", "space", "down", "space")
                lists = {each.name: each for each in pilot.app.screen.query(Input)}
                lists["temperature"].value = "0, 0.5, 1"
                await seen_at_last(pilot, lambda: "of temperature" in seen(pilot.app))
                await pilot.pause(0.3)
                keep(pilot, "sweep")
