"""A terminal that tests drive by its keys and read by its screen: tmux, on a socket of its own."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CONFIGURATION = "set -g escape-time 0\nset -g status off\nset -g default-terminal tmux-256color\n"
PATIENCE_S = 30.0
QUIET_S = 0.08


@dataclass
class Tmux:
    """One tmux server below `folder`; `environ` is what programs in it see."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    socket: Path = Path()

    def __post_init__(self) -> None:
        (self.folder / "tmux.conf").write_text(CONFIGURATION)

    def run(self, *words: str) -> str:
        """Give tmux a command and take what it prints."""
        base = ["tmux", "-S", str(self.socket), "-f", str(self.folder / "tmux.conf")]
        done = subprocess.run([*base, *words], capture_output=True, text=True, check=True)
        return done.stdout

    def start(self, *arguments: str, columns: int = 80, rows: int = 24) -> None:
        """Run inferterm in a new terminal; its exit status is printed when it ends."""
        self.socket = self.folder / f"socket-{time.monotonic_ns()}"
        settings = [f"{name}={value}" for name, value in self.environ.items()]
        program = ["env", "-i", *settings, sys.executable, "-m", "tui_app", *arguments]
        wrapped = f"{shlex.join(program)}; echo ended with $?; cat"
        self.run("new-session", "-d", "-x", str(columns), "-y", str(rows), "sh", "-c", wrapped)

    def press(self, *keys: str) -> None:
        """Press keys one at a time, each when the screen is quiet."""
        for key in keys:
            self.quiet()
            self.run("send-keys", key)

    def type(self, text: str) -> None:
        """Type a text at once, as a paste without brackets."""
        self.quiet()
        self.run("send-keys", "-l", "--", text)

    def screen(self) -> str:
        """What is on the screen."""
        return self.run("capture-pane", "-p")

    def see(self, *texts: str) -> str:
        """Wait until all texts are on the screen."""
        deadline = time.monotonic() + PATIENCE_S
        while not all(text in (screen := self.screen()) for text in texts):
            assert time.monotonic() < deadline, f"{texts} never came; there was:\n{screen}"
            time.sleep(0.03)
        return screen

    def quiet(self) -> None:
        """Wait until nothing changes any more, or only a counter does."""
        before, tries = self.screen(), 0
        while tries < 10:
            time.sleep(QUIET_S)
            if (after := self.screen()) == before:
                return
            before, tries = after, tries + 1

    def end(self) -> None:
        """Close the terminal; what still runs in it gets SIGHUP."""
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], capture_output=True, check=False)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A terminal whose home holds nothing."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    root = str(Path(__file__).parent.parent)
    home = {"HOME": str(tmp_path), "TERM": "tmux-256color", "LANG": "C.UTF-8", "PYTHONPATH": root}
    terminal = Tmux(tmp_path, {"PATH": "/usr/bin:/bin", **home})
    yield terminal
    terminal.end()
