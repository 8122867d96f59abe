"""Files of this machine: read whole or refused with the reason, completed by name."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from unittest import mock

import pytest

from tests.pictures import png
from tui_app.adapters.attached_files import MOST_NAMES, AttachedFiles
from tui_app.core.attachments import MOST_IMAGE
from tui_app.core.errors import InfertermError, InvalidRequest

FILES = AttachedFiles()


async def test_a_file_is_read_as_it_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "photo.txt").write_bytes(png(3, 2))
    found = await FILES.read("~/photo.txt")
    assert (found.name, found.media_type, found.data) == ("photo.txt", "image/png", png(3, 2))


async def test_what_is_no_plain_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", MOST_IMAGE + 1)
    reasons = {}
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "gone", tmp_path / "large", Path("/dev/zero")):
        with pytest.raises(InvalidRequest) as refused:
            await FILES.read(str(path))
        reasons[path.name] = str(refused.value)
    assert "is no plain file" in reasons["pipe"]
    assert "is no plain file" in reasons["zero"]
    assert "is a folder" in reasons[tmp_path.name]
    assert "is not there" in reasons["gone"]
    assert "large has 7.9 MB; files of at most 7.9 MB can be attached" in reasons["large"]


@pytest.mark.parametrize("path", ["a\0b", "x" * 300, "/etc/hosts/x"])
async def test_a_path_that_cannot_be_one_says_so(path: str) -> None:
    with pytest.raises(InfertermError) as refused:
        await FILES.read(path)
    assert refused.value.advice
    assert list(await FILES.plain([path])) == []
    assert list(await FILES.completions(f"{path}/")) == []


async def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.write_text("x", encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything
        denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        monkeypatch.setattr(Path, "open", mock.Mock(side_effect=denied))
    with pytest.raises(InfertermError, match="permission denied"):
        await FILES.read(str(path))


async def test_names_are_completed_folders_with_a_slash_hidden_ones_when_a_dot_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("beta.txt", "Alpha.txt", ".hidden"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "Archive").mkdir()
    (tmp_path / "Archive" / "one.txt").write_text("x", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert list(await FILES.completions("")) == ["Alpha.txt", "Archive/", "beta.txt"]
    assert list(await FILES.completions("A")) == ["Alpha.txt", "Archive/"]
    assert list(await FILES.completions(".")) == [".hidden"]
    assert list(await FILES.completions("Archive/")) == ["Archive/one.txt"]
    assert list(await FILES.completions(f"{tmp_path}/b")) == [f"{tmp_path}/beta.txt"]
    assert list(await FILES.plain(["beta.txt", "Archive", "gone"])) == ["beta.txt"]


async def test_a_folder_of_very_many_is_told_in_part(tmp_path: Path) -> None:
    for number in range(MOST_NAMES + 5):
        (tmp_path / f"{number:04}").touch()
    assert len(await FILES.completions(f"{tmp_path}/")) == MOST_NAMES
