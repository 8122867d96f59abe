"""A diagnosis of this machine: keyring, files, versions, terminal."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Awaitable, Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui_app import __version__
from tui_app.cli.exits import one_line, sentences
from tui_app.cli.streams import is_terminal, write_json, write_line
from tui_app.core.keys import PlaceReport

if TYPE_CHECKING:
    from tui_app.wiring import Workbench

_PACKAGES: Final = ("textual", "httpx", "httpx-sse", "keyring", "pydantic", "starlette", "uvicorn", "click")
_VARIABLES: Final = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "PYTHON_KEYRING_BACKEND",
    "DBUS_SESSION_BUS_ADDRESS",
)
_OTHERS: Final = 0o077

Diagnosis = dict[str, object]


async def examine(bench: Workbench) -> Diagnosis:
    """Look at everything; nothing of a key is in what is found."""
    keys = bench.inference.keys
    return {
        "inferterm": __version__,
        "keyring": _place(await keys.keyring()),
        "vault": _place(await keys.vault()),
        "ledger": _ledger(bench),
        "files": [_file(Path(path)) for path in _paths(bench)],
        "versions": _versions(),
        "environment": {name: "set" if os.environ.get(name) else "not set" for name in _VARIABLES},
        "terminal": _terminal(os.environ),
    }


async def print_diagnosis(finding: Awaitable[Diagnosis], *, as_json: bool) -> None:
    """Print what was found."""
    found = await finding
    if as_json:
        write_json(found)
        return
    for name, part in found.items():
        if isinstance(part, list):
            write_line(f"{name}:")
            for item in part:
                write_line(f"  {_file_words(item)}")
        elif isinstance(part, dict):
            write_line(f"{name}: {_place_words(part)}" if "works" in part else f"{name}:")
            for key, value in part.items() if "works" not in part else ():
                write_line(f"  {key}: {_plainly(value)}")
        else:
            write_line(f"{name}: {part}")


def _ledger(bench: Workbench) -> dict[str, object]:
    """The quota's ledger: whether it can be written, and what holds while it cannot."""
    failure = bench.ledger.trouble(bench.inference.queue.clock.now())
    return {
        "path": bench.ledger.path,
        "usable": failure is None,
        "problem": one_line(sentences(str(failure), failure.advice)) if failure else "",
        "without it": "each process keeps a limit of its own"
        if bench.ledger.own_limit
        else "nothing is sent",
    }


def _place(report: PlaceReport) -> dict[str, object]:
    return {**asdict(report), "trouble": report.trouble and str(report.trouble)}


def _place_words(report: Mapping[str, object]) -> str:
    name, detail, advice = (one_line(str(report[part])) for part in ("name", "detail", "advice"))
    if report["works"]:
        return sentences(f"{name} works", detail)
    return sentences(f"not usable ({report['trouble']}): {detail or name}", advice)


def _paths(bench: Workbench) -> list[Path]:
    folders = bench.folders
    inside = sorted(folders.endpoints.glob("*.json")) if folders.endpoints.is_dir() else []
    state = sorted(folders.state.iterdir()) if folders.state.is_dir() else []
    known = [folders.config, folders.endpoints, *inside, folders.vault, folders.state, *state]
    return list(dict.fromkeys(known))


def _file(path: Path) -> dict[str, object]:
    """What lies there: its mode in octal, and what is wrong with it."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return {"path": str(path), "mode": None, "problem": None}
    except OSError as error:
        return {"path": str(path), "mode": None, "problem": (error.strerror or "it cannot be seen").lower()}
    mode, problem = stat.S_IMODE(found.st_mode), None
    if mode & _OTHERS and sys.platform != "win32":
        wanted = "700" if stat.S_ISDIR(found.st_mode) else "600"
        problem = f"others may read or write it; `chmod {wanted} {path}` keeps them out"
    elif hasattr(os, "getuid") and found.st_uid != os.getuid():
        problem = "it belongs to somebody else"
    return {"path": str(path), "mode": f"{mode:04o}", "problem": problem}


def _file_words(item: Mapping[str, object]) -> str:
    mode = item["mode"] or ("not seen" if item["problem"] else "not there yet")
    problem = f"; {item['problem']}" if item["problem"] else ""
    return one_line(f"{item['path']}: {mode}{problem}")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "system": platform.platform()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def _terminal(environ: Mapping[str, str]) -> dict[str, object]:
    size = shutil.get_terminal_size()
    return {
        "input": is_terminal(sys.stdin),
        "output": is_terminal(sys.stdout),
        "error": is_terminal(sys.stderr),
        "columns": size.columns,
        "lines": size.lines,
        "term": environ.get("TERM", ""),
        "colours": _colours(environ),
        "no_color": bool(environ.get("NO_COLOR")),
        "multiplexer": _multiplexer(environ),
        "ssh": bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY")),
        "locale": environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "",
    }


def _colours(environ: Mapping[str, str]) -> str:
    """What the environment says the terminal can show."""
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return "16 million"
    term = environ.get("TERM", "")
    if term in {"", "dumb"}:
        return "none"
    return "256" if "256" in term else "16"


def _multiplexer(environ: Mapping[str, str]) -> str:
    for name, variable in (("tmux", "TMUX"), ("zellij", "ZELLIJ"), ("screen", "STY")):
        if environ.get(variable):
            return name
    return ""


def _plainly(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_line(str(value)) or "none"
