"""Endpoints as files: what a person, an editor, git and several terminals may do to them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import cast

import pytest

from tests.strategies_storage import endpoint
from tui_app.adapters.endpoint_files import EndpointFiles
from tui_app.adapters.flaws import LARGEST
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import (
    BrokenEndpointFile,
    EndpointChanged,
    EndpointExists,
    EndpointNotFound,
    StoreFailed,
)
from tui_app.core.storage import BrokenEndpoint

EDIT = """
import asyncio, sys
from pathlib import Path
from tui_app.adapters.endpoint_files import EndpointFiles
from tui_app.core.errors import EndpointChanged

async def edit(store):
    for _ in range(int(sys.argv[2])):
        while True:
            found = await store.get("claude")
            more = found.task_settings.model_copy(update={"max_tokens": found.task_settings.max_tokens + 1})
            try:
                await store.replace(found.model_copy(update={"task_settings": more}), expected=found)
            except EndpointChanged:
                continue
            break

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(edit(EndpointFiles(Path(sys.argv[1]))))
"""
KILL = """
import asyncio, os, random, signal, sys, time
from pathlib import Path
from tui_app.adapters.endpoint_files import EndpointFiles

folder = Path(sys.argv[1])
store = EndpointFiles(folder)
first = store._get("claude")[0]
locals = [first.local.model_copy(update={"note": letter * 60_000}) for letter in "ab"]
variants = [first.model_copy(update={"local": local}) for local in locals]

def write_for_ever():
    while True:
        for variant in variants:
            store._replace(variant, None)

for _ in range(60):
    child = os.fork()
    if not child:
        write_for_ever()
    time.sleep(random.uniform(0.001, 0.02))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert store._get("claude")[0] in [first, *variants]
store._replace(first.model_copy(update={"local": first.local}), None)
print(sorted(os.listdir(folder)))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inferterm" / "endpoints"


@pytest.fixture
def store(folder: Path) -> EndpointFiles:
    return EndpointFiles(folder)


@pytest.fixture
def given(folder: Path) -> Path:
    """The folder with one good file, as a person made it by hand."""
    folder.mkdir(parents=True)
    (folder / "claude.json").write_text(json.dumps(endpoint().document()))
    return folder


def broken(entry: Endpoint | BrokenEndpoint) -> BrokenEndpoint:
    assert isinstance(entry, BrokenEndpoint)
    return entry


@contextmanager
def without_rights(path: Path) -> Iterator[None]:
    """Take the rights to a file or folder away, also from root, who has to become nobody for that."""
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        path.chmod(0o700)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that everybody can get at, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        (path / "claude.json").write_text(json.dumps(endpoint().document()))
        yield path


async def test_a_file_holds_the_document_and_is_private(store: EndpointFiles, folder: Path) -> None:
    await store.create(endpoint())
    path = folder / "claude.json"
    assert json.loads(path.read_text()) == endpoint().document()
    assert path.read_text().endswith("}\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700


async def test_loose_permissions_are_borne(store: EndpointFiles, given: Path) -> None:
    given.chmod(0o755)
    (given / "claude.json").chmod(0o644)
    assert await store.get("claude") == endpoint()


async def test_looking_makes_no_folder(store: EndpointFiles, folder: Path) -> None:
    assert list(await store.all()) == []
    with pytest.raises(EndpointNotFound):
        await store.replace(endpoint())
    assert not folder.parent.exists()


async def test_a_file_written_by_hand_is_an_endpoint(store: EndpointFiles, given: Path) -> None:
    assert list(await store.all()) == [endpoint()]


async def test_a_broken_file_is_listed_with_line_and_reason(store: EndpointFiles, given: Path) -> None:
    (given / "other.json").write_text('{\n "service": "anthropic",\n}')
    entry = broken((await store.all())[1])
    assert (entry.inference_id, entry.line) == ("other", 3)
    assert entry.path == str(given / "other.json")
    with pytest.raises(BrokenEndpointFile, match=r"other\.json:3: this is not JSON"):
        await store.get("other")


async def test_a_broken_file_is_never_overwritten(store: EndpointFiles, given: Path) -> None:
    path = given / "claude.json"
    path.write_text("{ my own words")
    for attempt in (store.create(endpoint()), store.replace(endpoint())):
        with pytest.raises(BrokenEndpointFile):
            await attempt
    assert path.read_text() == "{ my own words"


async def test_a_key_in_a_file_is_told_and_not_shown(store: EndpointFiles, given: Path) -> None:
    document = endpoint().document()
    document["service_settings"] = {"model_id": "x", "api_key": "sk-ant-secret"}
    (given / "claude.json").write_text(json.dumps(document, indent=1))
    entry = broken((await store.all())[0])
    assert "inferterm key set claude" in entry.reason
    assert "sk-ant-secret" not in repr(entry)
    assert entry.line == 5


async def test_a_name_that_is_no_id_is_listed_as_broken_and_can_be_deleted(
    store: EndpointFiles, given: Path
) -> None:
    (given / "My Claude.json").write_text((given / "claude.json").read_text())
    entry = broken((await store.all())[0])
    assert (entry.inference_id, entry.line) == ("My Claude", None)
    assert "Rename the file" in entry.reason
    await store.delete("My Claude")
    assert list(await store.all()) == [endpoint()]


async def test_a_name_that_is_no_text_can_be_shown(store: EndpointFiles, given: Path) -> None:
    Path(os.fsdecode(os.fsencode(given) + b"/\xff.json")).touch()
    entry = broken((await store.all())[1])
    assert (entry.inference_id + entry.path).encode()


@pytest.mark.parametrize(
    "name", ["../claude", "a/b", "", ".", "..", ".hidden", "nul\0l", "x" * 300, "NoSuch"]
)
async def test_an_id_never_leads_out_of_the_folder(store: EndpointFiles, given: Path, name: str) -> None:
    (given.parent / "claude.json").write_text("{}")
    (given / ".hidden.json").write_text("{}")
    with pytest.raises(EndpointNotFound):
        await store.get(name)
    with pytest.raises(EndpointNotFound):
        await store.delete(name)
    assert (given.parent / "claude.json").exists()


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_circle(path: Path) -> None:
    path.symlink_to(path.name)


def make_dead_link(path: Path) -> None:
    path.symlink_to("nowhere")


def make_huge(path: Path) -> None:
    path.write_bytes(b" " * (LARGEST + 1))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_folder, "it is a folder"),
        (make_pipe, "no plain file"),
        (make_circle, "cannot be read"),
        (make_dead_link, "a link to nowhere"),
        (make_huge, "larger than 1 MiB"),
    ],
)
async def test_what_is_no_plain_file_is_broken_and_holds_nobody_up(
    store: EndpointFiles, given: Path, make: object, words: str
) -> None:
    assert callable(make)
    make(given / "odd.json")
    entry = broken((await store.all())[1])
    assert words in entry.reason
    with pytest.raises(BrokenEndpointFile):
        await store.create(endpoint("odd"))


async def test_a_folder_with_the_name_of_an_endpoint_is_not_deleted(
    store: EndpointFiles, given: Path
) -> None:
    (given / "odd.json").mkdir()
    with pytest.raises(StoreFailed):
        await store.delete("odd")


async def test_a_file_that_may_not_be_read_is_broken(reachable: Path) -> None:
    store = EndpointFiles(reachable)
    with without_rights(reachable / "claude.json"):
        entry = broken((await store.all())[0])
    assert "permission denied" in entry.reason


async def test_a_folder_that_may_not_be_read_is_told_as_broken(reachable: Path) -> None:
    store = EndpointFiles(reachable)
    with without_rights(reachable):
        entry = broken((await store.all())[0])
        with pytest.raises(StoreFailed, match="permission denied") as caught:
            await store.create(endpoint("new"))
    assert entry.path == str(reachable)
    assert "permission denied" in entry.reason
    assert "ls -ld" in caught.value.advice


async def test_a_file_in_the_place_of_the_folder_is_told(store: EndpointFiles, folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("")
    assert "not a directory" in broken((await store.all())[0]).reason
    with pytest.raises(StoreFailed, match="not a directory"):
        await store.create(endpoint())


async def test_a_full_disk_is_told_and_changes_nothing(
    store: EndpointFiles, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (given / "claude.json").read_bytes()

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StoreFailed, match="no space left") as caught:
        await store.replace(endpoint(max_tokens=7))
    assert "Free some space" in caught.value.advice
    assert (given / "claude.json").read_bytes() == before
    assert sorted(os.listdir(given)) == [".lock", "claude.json"]


async def test_links_are_kept(store: EndpointFiles, given: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.json"
    (given / "claude.json").rename(real)
    (given / "claude.json").symlink_to(real)
    await store.replace(endpoint(max_tokens=7))
    assert (given / "claude.json").is_symlink()
    assert json.loads(real.read_text()) == endpoint(max_tokens=7).document()


async def test_an_editor_that_saves_between_reading_and_swapping_wins(
    store: EndpointFiles, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, safe = given / "claude.json", os.fsync

    def save(descriptor: int) -> None:
        path.write_text(json.dumps(endpoint(max_tokens=5).document()))
        safe(descriptor)

    monkeypatch.setattr(os, "fsync", save)
    with pytest.raises(EndpointChanged):
        await store.replace(endpoint(max_tokens=7))
    assert await store.get("claude") == endpoint(max_tokens=5)


async def test_saving_what_is_there_already_does_not_touch_the_file(store: EndpointFiles) -> None:
    await store.create(endpoint())
    before = (store.folder / "claude.json").stat()
    await store.replace(endpoint())
    assert (store.folder / "claude.json").stat() == before


async def test_two_that_create_the_same_at_once_are_one_and_a_refusal(folder: Path) -> None:
    stores = [EndpointFiles(folder) for _ in range(8)]
    ended = await asyncio.gather(
        *(store.create(endpoint(max_tokens=n + 1)) for n, store in enumerate(stores)), return_exceptions=True
    )
    assert sum(isinstance(each, EndpointExists) for each in ended) == 7
    assert ended.count(None) == 1
    assert (await stores[0].get("claude")).task_settings.max_tokens == ended.index(None) + 1


def test_of_300_edits_by_two_processes_none_is_lost(given: Path) -> None:
    editors = [
        subprocess.Popen(
            [sys.executable, "-c", EDIT, str(given), "150"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for editor in editors:
        assert editor.stdout is not None
        assert editor.stdout.readline() == b"ready\n"
    for editor in editors:
        assert editor.stdin is not None
        editor.stdin.write(b"go\n")
        editor.stdin.flush()
    for editor in editors:
        editor.communicate(timeout=120)
    assert [editor.returncode for editor in editors] == [0, 0]
    document = json.loads((given / "claude.json").read_text())
    assert document == endpoint(max_tokens=400).document()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_whenever_a_writer_is_killed_the_file_is_old_or_new(given: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILL, str(given)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "['.lock', 'claude.json']"


async def test_a_change_by_another_store_is_told(store: EndpointFiles, given: Path) -> None:
    assert list(await store.all()) == [endpoint()]
    async with aclosing(cast("AsyncGenerator[None]", store.changes())) as changes, asyncio.timeout(20):
        await EndpointFiles(given).replace(endpoint(max_tokens=7))
        await anext(changes)
        assert list(await store.all()) == [endpoint(max_tokens=7)]


async def test_a_file_that_nobody_touched_is_read_once_and_any_change_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.adapters.endpoint_files._CALM_NS", -1)
    reads: list[Path] = []

    def counted(path: Path) -> bytes:
        reads.append(path)
        return path.read_bytes()

    store = EndpointFiles(tmp_path)
    await store.create(endpoint("claude"))
    monkeypatch.setattr("tui_app.adapters.endpoint_files.read_plain", counted)
    first = await store.get("claude")
    assert await store.get("claude") is first
    assert len(reads) == 1
    file = tmp_path / "claude.json"
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(b"claude", b"clause"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (await store.get("claude")).service_settings != first.service_settings
    file.write_text("{")
    with pytest.raises(BrokenEndpointFile):
        await store.get("claude")
    file.unlink()
    with pytest.raises(EndpointNotFound):
        await store.get("claude")


async def test_a_file_that_was_written_a_moment_ago_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EndpointFiles(tmp_path)
    await store.create(endpoint("claude"))
    first = await store.get("claude")
    assert await store.get("claude") is not first
