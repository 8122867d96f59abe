"""A person's own files in the configuration folder: `keymap.json`, and `themes/` with a file each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Final, cast

from tui_app.adapters.disk_troubles import reason_of
from tui_app.adapters.flaws import Flawed, parse_json, read_plain
from tui_app.adapters.folder_watch import Sight, changes_of, look
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.personal import OwnFile, OwnFiles

KEYMAP: Final = "keymap.json"
THEMES: Final = "themes"
_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")
_TOML_KEY: Final = re.compile(r"""^\s*(?:\[([^\]]+)\]|["']?([\w.-]+)["']?\s*=)""")


class ConfigFolder:
    """See `personal.PersonalFiles`."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._seen: Sight | None = None

    def read(self) -> OwnFiles:
        """See `personal.PersonalFiles`."""
        self._seen = self._see()
        flaws: list[str] = []
        keymap = _read(self._config / KEYMAP, flaws)
        found = {path.stem: _read(path, flaws) for path in self._theme_files()}
        themes = tuple(each for each in found.values() if each is not None)
        return OwnFiles(keymap, themes, tuple(flaws), frozenset(found) - {each.name for each in themes})

    def changes(self) -> AsyncIterator[None]:
        """See `personal.PersonalFiles`."""
        return changes_of(self._see, self._seen)

    def _theme_files(self) -> list[Path]:
        folder = self._config / THEMES
        return sorted([*folder.glob("[!.]*.json"), *folder.glob("[!.]*.toml")])

    def _see(self) -> Sight:
        folder = self._config / THEMES
        sights = [look(self._config, ".json"), look(folder, ".json"), look(folder, ".toml")]
        files = {
            f"{n}/{name}": state for n, sight in enumerate(sights) for name, state in sight.files.items()
        }
        return Sight(files, frozenset().union(*(sight.roots for sight in sights)))


def _read(path: Path, flaws: list[str]) -> OwnFile | None:
    """One file; None where there is none, or where `flaws` were added."""
    try:
        value, lines = (_toml if path.suffix == ".toml" else parse_json)(read_plain(path))
        if not isinstance(value, Mapping):
            raise Flawed(1, "an object is expected: names, each with its value")
    except FileNotFoundError:
        return None
    except Flawed as flaw:
        flaws.append(flaw.told_of(path))
        return None
    except OSError as error:
        flaws.append(f"{path}: it cannot be read: {reason_of(error)}")
        return None
    return OwnFile(str(path), path.stem, value, lines)


def _toml(data: bytes) -> tuple[JsonValue, Mapping[str, int]]:
    """The value of a TOML text, and the line of each of its keys. Raises Flawed."""
    try:
        text = data.decode("utf-8-sig")
        value = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise Flawed(data.count(b"\n", 0, error.start) + 1, "this is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        reason = _AT_LINE.sub("", str(error)).strip().lower()
        line = int(found[1]) if found else text.count("\n") + 1
        raise Flawed(line, f"this is not TOML: {reason}") from None
    return cast("JsonObject", value), dict(_toml_lines(text))


def _toml_lines(text: str) -> Iterator[tuple[str, int]]:
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _TOML_KEY.match(line):
            if found[1]:
                table = f"{found[1].strip()}."
            yield (found[1].strip() if found[1] else f"{table}{found[2]}"), number
