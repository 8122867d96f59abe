"""A sign of life that dies with its process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tui_app.adapters.presence import Presence

LIVE = """
import sys, time
from pathlib import Path
from tui_app.adapters.presence import Presence
presence = Presence(Path(sys.argv[1]))
print(presence.name(), flush=True)
time.sleep(600)
"""


def test_nothing_is_made_before_a_name_is_needed(tmp_path: Path) -> None:
    presence = Presence(tmp_path / "present")
    assert not presence.is_present("0" * 32)
    presence.leave()
    assert os.listdir(tmp_path) == []


def test_a_process_is_present_for_itself_and_for_others_until_it_leaves(tmp_path: Path) -> None:
    one, other = Presence(tmp_path), Presence(tmp_path)
    name = one.name()
    assert name == one.name()
    assert one.is_present(name)
    assert other.is_present(name)
    one.leave()
    assert not other.is_present(name)
    assert os.listdir(tmp_path) == []
    assert one.name() != name
    one.leave()


def test_a_killed_process_is_present_no_more_and_swept_away(tmp_path: Path) -> None:
    watcher = Presence(tmp_path)
    living = subprocess.Popen([sys.executable, "-c", LIVE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with living:
        assert living.stdout is not None
        name = living.stdout.readline().strip()
        assert watcher.is_present(name)
        living.kill()
    assert os.listdir(tmp_path) == [name]
    assert not watcher.is_present(name)
    assert os.listdir(tmp_path) == []


def test_who_comes_sweeps_away_what_the_dead_left_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ("a" * 32)).touch()
    (tmp_path / "notes").touch()
    living = Presence(tmp_path)
    kept = living.name()
    newcomer = Presence(tmp_path)
    expected = sorted([kept, newcomer.name(), "notes"])
    assert sorted(os.listdir(tmp_path)) == expected
    living.leave()
    newcomer.leave()


def test_names_that_lead_elsewhere_are_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    presence = Presence(tmp_path / "present")
    for name in ("", "../file", "/etc/passwd"):
        assert not presence.is_present(name)
    assert (tmp_path / "file").exists()
