"""Copying by a program of the desktop, by tmux, and by the terminal itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tui_app.adapters.daemon_threads import DaemonLane
from tui_app.core.clipboard import Copied, count_words, terminal_words
from tui_app.core.terminal_sequences import copying, passed_through

_ANSWER_S: Final = 3.0
_TOOLS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard", "-in")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("WSL_DISTRO_NAME", ("clip.exe",)),
    ("TERMUX_VERSION", ("termux-clipboard-set",)),
)
"""Programs that copy, each with the variable without which it has nowhere to copy to."""
_TMUX: Final = ("tmux", "load-buffer", "-w", "-")


class SystemClipboard:
    """See `clipboard.Clipboard`."""

    def __init__(self, environ: Mapping[str, str], platform: str = sys.platform) -> None:
        self._environ, self._platform = environ, platform

    async def copy(self, text: str, to_terminal: Callable[[str], None] | None) -> Copied:
        """See `clipboard.Clipboard`."""
        taken = await self._by_tool(text)
        buffered = bool(self._environ.get("TMUX")) and await self._fed(_TMUX, text)
        if to_terminal is not None:
            to_terminal(self._sequence(text))
        words = self._words(text, taken, buffered, to_terminal is not None)
        return Copied(words, buffered or (bool(taken) and not self._is_far))

    async def _by_tool(self, text: str) -> str:
        """The name of the program that took it, if one did."""
        for words in self._tools():
            if shutil.which(words[0], path=self._environ.get("PATH")) and await self._fed(words, text):
                return words[0]
        return ""

    def _tools(self) -> Sequence[tuple[str, ...]]:
        if self._platform == "darwin":
            return [("pbcopy",)]
        if self._platform == "win32":
            return [("clip.exe",)]
        return [words for variable, words in _TOOLS if self._environ.get(variable)]

    def _sequence(self, text: str) -> str:
        # tmux is fed by itself: it hands on what it is given that way, wrapped or not.
        return copying(text) if self._environ.get("TMUX") else passed_through(copying(text), self._environ)

    def _words(self, text: str, tool: str, buffered: bool, told: bool) -> str:
        head = count_words(text)
        if tool and not self._is_far:
            also = "; also in tmux's buffer" if buffered else ""
            return f"{head} copied by {tool}, which confirmed it{also}."
        if buffered:
            return f"{head} in tmux's buffer (prefix ] pastes), sent on to the terminal's clipboard."
        said = terminal_words(text, told, "screen" if self._environ.get("STY") else "")
        return f"{said} Also copied by {tool} on the machine that ssh reaches." if tool else said

    @property
    def _is_far(self) -> bool:
        """Whether programs copy on a machine at which nobody sits: ssh reaches it, and not its display."""
        forwarded = self._environ.get("DISPLAY", ":").partition(":")[0]
        by_ssh = self._environ.get("SSH_CONNECTION") or self._environ.get("SSH_TTY")
        return bool(by_ssh) and not forwarded

    async def _fed(self, words: Sequence[str], text: str) -> bool:
        """Tell whether a program took the text; its streams go nowhere, as what serves a selection stays."""

        def run() -> bool:
            done = subprocess.run(
                words,
                input=text.encode("utf-8", "replace"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(self._environ),
                timeout=_ANSWER_S,
                check=False,
                start_new_session=True,
            )
            return done.returncode == 0

        try:
            return await DaemonLane("clipboard").call(run, _ANSWER_S + 1)
        except (OSError, subprocess.SubprocessError, TimeoutError):
            return False
