"""The app's settings as one JSON file beside the endpoints: `settings.json`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from tui_app.adapters.atomic_file import make_folder, replace_file
from tui_app.adapters.disk_troubles import reason_of, store_failed
from tui_app.adapters.file_lock import locked
from tui_app.adapters.flaws import Flawed, flaw_of, parse_json, read_plain
from tui_app.core.errors import StoreFailed
from tui_app.core.faults import problems_of
from tui_app.core.jsons import document_text
from tui_app.core.problems import Fault, Problem
from tui_app.core.settings import AppSettings

NAME: Final = "settings.json"
LOCK: Final = ".lock"
_ADVICE: Final = "Correct or delete the file. Until then the defaults hold, and no choice is kept."


class SettingsFile:
    """The settings in a folder. A file that cannot be understood is never overwritten."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def load(self) -> tuple[AppSettings, StoreFailed | None]:
        """The settings, and of a file that cannot be understood the defaults with what to tell.

        Reads a small file where it is called: for the start of a process.
        """
        try:
            return self._read(), None
        except StoreFailed as error:
            return AppSettings(), error

    async def change(self, **news: str | bool) -> AppSettings:
        """Keep some settings by name and leave the others as they are on disk; tell all of them.

        Raises StoreFailed, also when the file cannot be understood.
        """
        return await asyncio.to_thread(self._change, news)

    def _change(self, news: dict[str, str | bool]) -> AppSettings:
        try:
            make_folder(self.path.parent)
            with locked(self.path.with_name(LOCK)):
                current = self._read()
                changed = AppSettings.model_validate({**current.model_dump(), **news})
                if changed != current:
                    replace_file(self.path, document_text(changed.model_dump(mode="json")).encode())
                return changed
        except OSError as error:
            raise store_failed(error, "cannot write", self.path) from None

    def _read(self) -> AppSettings:
        try:
            value, lines = parse_json(read_plain(self.path))
            try:
                return AppSettings.model_validate(value)
            except ValidationError as error:
                raise flaw_of([_named(each) for each in problems_of(error)], lines) from None
        except FileNotFoundError:
            return AppSettings()
        except Flawed as flaw:
            raise StoreFailed(flaw.told_of(self.path), _ADVICE) from None
        except OSError as error:
            raise StoreFailed(f"{self.path}: it cannot be read: {reason_of(error)}", _ADVICE) from None


def _named(problem: Problem) -> Problem:
    if problem.fault is not Fault.UNKNOWN:
        return problem
    known = ", ".join(AppSettings.model_fields)
    return replace(problem, message=f"is not a setting of inferterm, which are {known}")
