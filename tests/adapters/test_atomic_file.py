"""Files that are old or new and never half."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui_app.adapters.atomic_file import create_file, make_folder, remove_file, replace_file, sweep

DIE = """
import os, signal, sys
from pathlib import Path
from tui_app.adapters import atomic_file

left = int(sys.argv[2])

def mortal(name):
    call = getattr(os, name)
    def dying(*args, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*args, **named)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(os, name, dying)

for name in ("open", "fsync", "replace", "link", "unlink", "close"):
    mortal(name)
path = Path(sys.argv[1])
if path.exists():
    atomic_file.replace_file(path, b"n" * 100_000)
else:
    atomic_file.create_file(path, b"n" * 100_000)
left = 0
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    make_folder(folder)
    create_file(folder / "file", b"x")
    assert [mode(folder.parent), mode(folder), mode(folder / "file")] == [0o700, 0o700, 0o600]
    assert os.listdir(folder) == ["file"]


def test_a_folder_that_exists_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        make_folder(tmp_path / "file")


def test_a_file_is_created_once(tmp_path: Path) -> None:
    create_file(tmp_path / "file", b"one")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_is_created_once_also_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    test_a_file_is_created_once(tmp_path)


def test_mode_and_link_of_a_replaced_file_stay(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "file"
    real.parent.mkdir()
    real.write_bytes(b"old")
    real.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(real)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert mode(real) == 0o640


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_of_a_replaced_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    os.chown(path, 12345, 54321)
    replace_file(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


def test_a_replacement_that_fails_its_check_leaves_everything(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def check() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        replace_file(path, b"new", check)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_removing_a_link_keeps_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to("real")
    remove_file(tmp_path / "link")
    assert os.listdir(tmp_path) == ["real"]


@pytest.mark.parametrize("old", [b"o" * 50_000, None])
def test_a_writer_killed_at_any_step_leaves_old_or_new(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "file"
    seen = set()
    for step in range(1, 40):
        path.unlink(missing_ok=True)
        if old is not None:
            path.write_bytes(old)
        done = subprocess.run([sys.executable, "-c", DIE, str(path), str(step)], check=False)
        found = path.read_bytes() if path.exists() else None
        assert found in (old, b"n" * 100_000)
        seen.add(found)
        sweep(tmp_path)
        assert set(os.listdir(tmp_path)) <= {"file"}
        if done.returncode == 0:
            break
    assert done.returncode == 0
    assert seen == {old, b"n" * 100_000}
