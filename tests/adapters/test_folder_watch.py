"""Changes of a folder are seen, whoever makes them and however."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, nullcontext
from itertools import pairwise
from pathlib import Path
from shutil import rmtree
from typing import NoReturn, cast

import pytest

from tui_app.adapters.folder_watch import Sight, changes_of, look

NOTICED = [
    pytest.param(False, id="watchfiles"),
    pytest.param(True, id="inotify", marks=pytest.mark.skipif(sys.platform != "linux", reason="not Linux")),
]


@pytest.fixture(params=NOTICED)
def folder(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tui_app.adapters.folder_watch.NOTICED", request.param)
    made = tmp_path / "config" / "endpoints"
    made.mkdir(parents=True)
    return made


@asynccontextmanager
async def watching(folder: Path, poll_s: float = 1.0) -> AsyncIterator[AsyncGenerator[None]]:
    """Changes since now; a change that never comes is a failure after a while."""

    def see() -> Sight:
        return look(folder, ".json")

    changes = cast("AsyncGenerator[None]", changes_of(see, see(), poll_s=poll_s))
    async with aclosing(changes), asyncio.timeout(20):
        yield changes


def write_in_place(path: Path) -> None:
    path.write_text("changed")


def write_by_rename(path: Path) -> None:
    aside = path.with_name(".swap")
    aside.write_text("changed")
    aside.rename(path)


def move_away_and_write(path: Path) -> None:
    path.rename(path.with_name(path.name + "~"))
    path.write_text("changed")


def fill(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "a.json").touch()


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


def hide(path: Path) -> None:
    path.chmod(0)


@pytest.mark.parametrize(
    "change", [write_in_place, write_by_rename, move_away_and_write, touch, hide, Path.unlink]
)
async def test_a_change_is_seen_however_an_editor_makes_it(
    folder: Path, change: Callable[[Path], None]
) -> None:
    path = folder / "a.json"
    path.write_text("old")
    async with watching(folder) as changes:
        change(path)
        await anext(changes)


async def test_a_change_before_the_watch_began_is_seen(folder: Path) -> None:
    seen = look(folder, ".json")
    (folder / "a.json").touch()
    changes = cast("AsyncGenerator[None]", changes_of(lambda: look(folder, ".json"), seen))
    async with aclosing(changes), asyncio.timeout(20):
        await anext(changes)


async def test_a_folder_that_comes_goes_and_comes_again_is_seen(folder: Path) -> None:
    rmtree(folder.parent)
    async with watching(folder) as changes:
        for _ in range(2):
            fill(folder)
            await anext(changes)
            rmtree(folder.parent)
            await anext(changes)


async def test_the_target_of_a_link_is_watched(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "real"
    target.parent.mkdir()
    target.touch()
    async with watching(folder) as changes:
        (folder / "a.json").symlink_to(target)
        await anext(changes)
        target.write_text("changed")
        await anext(changes)


async def test_other_files_and_hidden_ones_tell_nothing(folder: Path) -> None:
    async with watching(folder) as changes:
        first = asyncio.ensure_future(anext(changes))
        for name in ("notes.txt", ".a.json", "a.json~"):
            (folder / name).touch()
        done, _ = await asyncio.wait([first], timeout=0.3)
        assert not done
        (folder / "a.json").touch()
        await first


async def test_a_storm_of_changes_is_told_at_most_ten_times_a_second(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    path = folder / "a.json"
    last = "the last of them"

    async def storm() -> None:
        for number in range(60):
            path.write_text(str(number))
            await asyncio.sleep(0.005)
        path.write_text(last)

    moments: list[float] = []
    async with watching(folder) as changes:
        path.touch()
        await anext(changes)
        storming = asyncio.create_task(storm())
        async for _ in changes:
            moments.append(loop.time())
            if path.read_text() == last:
                break
    await storming
    assert all(later - earlier >= 0.099 for earlier, later in pairwise(moments))


@pytest.mark.parametrize("steps", range(6))
async def test_watching_ends_when_it_is_cancelled_while_a_notice_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    notice, heeded = asyncio.Event(), asyncio.Event()

    class Notices(nullcontext[None]):
        def __init__(self, _: object) -> None:
            super().__init__()

        def __enter__(self) -> Notices:  # type: ignore[override]
            return self

        async def wait(self) -> None:
            heeded.set()
            await notice.wait()

    monkeypatch.setattr("tui_app.adapters.folder_watch.NOTICED", True)
    monkeypatch.setattr("tui_app.adapters.inotify.Notices", Notices)
    async with watching(tmp_path) as changes:
        watched = asyncio.ensure_future(anext(changes))
        await heeded.wait()
        notice.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        watched.cancel()
        await asyncio.wait([watched])
        assert watched.cancelled()


@pytest.mark.parametrize("refusal", [RuntimeError("too many open files"), OSError(28, "watch limit reached")])
async def test_where_the_system_cannot_watch_the_folder_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise refusal

    monkeypatch.setattr("watchfiles.awatch", refuse)
    monkeypatch.setattr("tui_app.adapters.inotify.Notices", refuse)
    async with watching(folder, poll_s=0.02) as changes:
        (folder / "a.json").touch()
        await anext(changes)
        (folder / "a.json").unlink()
        await anext(changes)


async def test_an_error_that_nobody_foresaw_is_not_swallowed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise LookupError("unforeseen")

    monkeypatch.setattr("watchfiles.awatch", refuse)
    monkeypatch.setattr("tui_app.adapters.inotify.Notices", refuse)
    with pytest.raises(LookupError):
        async with watching(folder) as changes:
            await anext(changes)


async def test_a_folder_above_that_is_moved_away_is_missed(folder: Path, tmp_path: Path) -> None:
    (folder / "a.json").touch()
    async with watching(folder) as changes:
        folder.parent.rename(tmp_path / "elsewhere")
        await anext(changes)
        fill(folder)
        await anext(changes)


async def test_a_cancelled_watcher_ends_and_leaves_nothing_behind(folder: Path) -> None:
    before = asyncio.all_tasks()
    for _ in range(5):
        async with watching(folder) as changes:
            waiting = asyncio.ensure_future(anext(changes))
            await asyncio.wait([waiting], timeout=0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
    assert asyncio.all_tasks() == before


def test_a_folder_with_links_that_lead_nowhere_or_in_circles_can_be_looked_at(folder: Path) -> None:
    (folder / "a.json").symlink_to("a.json")
    (folder / "b.json").symlink_to("nowhere/b")
    sight = look(folder, ".json")
    assert sight.files.keys() == {"a.json", "b.json"}
