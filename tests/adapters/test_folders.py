"""Where the files of a user lie, as environment and system say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui_app.adapters.folders import Folders
from tui_app.core.errors import StoreFailed

VARIABLES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have folders of their own")
def test_without_variables_they_lie_in_the_home_folder(home: Path) -> None:
    folders = Folders.of_user()
    assert folders.config == home / ".config" / "inferterm"
    assert folders.endpoints == home / ".config" / "inferterm" / "endpoints"
    assert folders.state == home / ".local" / "state" / "inferterm"
    assert folders.vault == home / ".local" / "share" / "inferterm" / "vault.json"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such variables")
def test_variables_move_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES[:3]:
        monkeypatch.setenv(name, str(home / name))
    folders = Folders.of_user()
    assert folders.config == home / "XDG_CONFIG_HOME" / "inferterm"
    assert folders.state == home / "XDG_STATE_HOME" / "inferterm"
    assert folders.data == home / "XDG_DATA_HOME" / "inferterm"


def test_nothing_is_made_and_nothing_said(home: Path) -> None:
    script = "from tui_app.adapters.folders import Folders; Folders.of_user()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    assert os.listdir(home) == []


def test_without_a_home_folder_it_is_said_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: object) -> str:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("platformdirs.PlatformDirs.user_config_path", property(homeless))
    with pytest.raises(StoreFailed) as caught:
        Folders.of_user()
    assert "Set HOME" in caught.value.advice
