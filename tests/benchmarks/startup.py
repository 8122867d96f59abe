"""Start-up to the first usable screen, as a ratio to a hello-world Textual app in the same run.

.venv/bin/python -m tests.benchmarks.startup
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.terminal import Terminal

ROUNDS = 15
TARGET = 1.35
SIZE = 120, 40
HELLO = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Hello(App):
    def compose(self) -> ComposeResult:
        yield Static("hello world")

Hello().run()
"""
BODY = """{
  "service": "anthropic",
  "service_settings": {"model_id": "claude-haiku-5-5", "rate_limit": {"requests_per_minute": 50}},
  "task_settings": {"max_tokens": 1024},
  "local": {}
}
"""


def home_with_endpoints(folder: Path, count: int = 3) -> Mapping[str, str]:
    """The environment of a person who has some endpoints below `folder`."""
    endpoints = folder / ".config" / "inferterm" / "endpoints"
    endpoints.mkdir(mode=0o700, parents=True)
    for number in range(count):
        (endpoints / f"endpoint-{number}.json").write_text(BODY)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    return {**kept, "HOME": str(folder), "TERM": "xterm-256color"}


def seconds_until(text: str, arguments: list[str], environ: Mapping[str, str]) -> float:
    """How long a program takes from its launch until `text` is on the screen."""
    with Terminal(arguments, environ, size=SIZE) as terminal:
        return terminal.wait_for(text) - terminal.started_at


def main() -> None:
    """Interleave the rounds and print medians, ratio and target."""
    with tempfile.TemporaryDirectory() as folder:
        environ = home_with_endpoints(Path(folder))
        hello, ours = [], []
        for _ in range(ROUNDS + 1):
            hello.append(seconds_until("hello world", ["-c", HELLO], environ))
            ours.append(seconds_until("endpoint-2", ["-m", "tui_app"], environ))
    base, median = statistics.median(hello[1:]), statistics.median(ours[1:])
    print(f"| hello-world Textual app | {base * 1000:.0f} ms | 1.00 |")
    print(f"| inferterm, first usable screen | {median * 1000:.0f} ms | {median / base:.2f} |")
    print(f"target: at most {TARGET}")


if __name__ == "__main__":
    main()
