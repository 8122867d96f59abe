"""Prompts as files: read, made, changed, and never overwritten by mistake; their versions are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.database import Database
from tui_app.adapters.prompt_files import PromptFiles
from tui_app.adapters.prompt_versions import VersionTable
from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.prompts import BrokenPrompt, Prompt, Prompts, differences
from tui_app.core.templates import Said, Template, write_template

GREET = Template((Said("user", "Greet {{name}}"),))
HAIL = Template((Said("user", "Hail {{name}}"),))


@pytest_asyncio.fixture
async def prompts(tmp_path: Path) -> AsyncIterator[Prompts]:
    """A library in a folder of its own."""
    database = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    yield Prompts(PromptFiles(tmp_path / "prompts"), VersionTable(database), lambda: 5.0)
    await database.aclose()


async def test_there_is_none_where_there_is_no_folder(prompts: Prompts) -> None:
    assert await prompts.all() == ()
    with pytest.raises(InvalidRequest, match="there is no prompt greet"):
        await prompts.get("greet")


async def test_a_prompt_is_made_once_and_read_back(prompts: Prompts, tmp_path: Path) -> None:
    made = await prompts.create("greet", GREET)
    assert (made.template, made.path) == (GREET, str(tmp_path / "prompts/greet.toml"))
    with pytest.raises(InvalidRequest, match="already"):
        await prompts.create("greet", HAIL)
    with pytest.raises(InvalidRequest, match="no name"):
        await prompts.create("../greet", HAIL)
    assert (await prompts.get("greet")).template == GREET


async def test_what_somebody_else_changed_is_not_overwritten(prompts: Prompts, tmp_path: Path) -> None:
    made = await prompts.create("greet", GREET)
    (tmp_path / "prompts/greet.toml").write_text('prompt = "mine"\n')
    with pytest.raises(StoreFailed, match="changed by somebody else"):
        await PromptFiles(tmp_path / "prompts").replace("greet", write_template(HAIL), made.text)
    assert (await prompts.get("greet")).template.turns[-1].text == "mine"


async def test_broken_files_are_listed_with_line_and_reason_and_left_alone(
    prompts: Prompts, tmp_path: Path
) -> None:
    await prompts.create("good", GREET)
    (tmp_path / "prompts/bad.toml").write_text('prompt = "a"\nsytem = "b"\n')
    (tmp_path / "prompts/Upper.toml").write_text('prompt = "a"\n')
    (tmp_path / "prompts/latin.toml").write_bytes(b'prompt = "\xe9"\n')
    (tmp_path / "prompts/folder.toml").mkdir()
    found = {each.name: each for each in await prompts.all()}
    assert isinstance(found["good"], Prompt)
    broken = {name: each for name, each in found.items() if isinstance(each, BrokenPrompt)}
    assert set(broken) == {"bad", "Upper", "latin", "folder"}
    assert (broken["bad"].line, "`sytem` is not known" in broken["bad"].reason) == (2, True)
    with pytest.raises(InvalidRequest, match=r"bad\.toml:2: `sytem`"):
        await prompts.get("bad")


async def test_each_text_that_was_used_is_a_version(prompts: Prompts, tmp_path: Path) -> None:
    await prompts.create("greet", GREET)
    for template in (GREET, HAIL):
        (tmp_path / "prompts/greet.toml").write_text(write_template(template))
        await prompts.get("greet")
    (tmp_path / "prompts/greet.toml").write_text('prompt = "edited {{name}}"\n')
    await prompts.get("greet")
    versions = await prompts.versions("greet")
    assert [version.number for version in versions] == [1, 2, 3]
    assert list(differences(versions[0], versions[1]))[-2:] == [
        '-prompt = "Greet {{name}}"',
        '+prompt = "Hail {{name}}"',
    ]
    await prompts.delete("greet")
    assert len(await prompts.versions("greet")) == 3
    assert await prompts.all() == ()
