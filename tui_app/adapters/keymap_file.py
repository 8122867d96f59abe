"""A person's own keys, `keymap.json` in the configuration folder: keys by ids of commands."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tui_app.adapters.disk_troubles import reason_of
from tui_app.adapters.flaws import Flawed, parse_json, read_plain

NAME: Final = "keymap.json"


def load_keymap(config: Path) -> tuple[dict[str, str], str]:
    """The keys, and what is wrong with the file ('' if nothing); then there are none."""
    path = config / NAME
    try:
        value, _ = parse_json(read_plain(path))
    except FileNotFoundError:
        return {}, ""
    except Flawed as flaw:
        return {}, f"{path}{f':{flaw.line}' if flaw.line else ''}: {flaw.reason}"
    except OSError as error:
        return {}, f"{path}: it cannot be read: {reason_of(error)}"
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value.values()):
        return {}, f'{path}: an object such as {{"chat.settings": "ctrl+t"}} is expected'
    return {name: str(key) for name, key in value.items()}, ""
