"""Prompts as files that a person can read, edit and put under git: `<name>.toml` each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tui_app.adapters.atomic_file import create_file, make_folder, remove_file, replace_file
from tui_app.adapters.disk_troubles import store_failed
from tui_app.adapters.file_lock import locked
from tui_app.adapters.flaws import LARGEST, Flawed, read_plain
from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.prompts import Found

SUFFIX: Final = ".toml"
LOCK: Final = ".lock"


class PromptFiles:
    """A PromptStore in a folder. Names that begin with a dot are not looked at; disk work is in threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def all(self) -> Sequence[Found]:
        """All of them, by name."""
        return await asyncio.to_thread(self._all)

    async def get(self, name: str) -> Found | None:
        """One of them; None if there is none."""
        return await asyncio.to_thread(self._get, name)

    async def create(self, name: str, text: str) -> None:
        """Keep a new one. Raises InvalidRequest when there is one of that name."""
        await asyncio.to_thread(self._create, name, text)

    async def replace(self, name: str, text: str, expected: str) -> None:
        """Change one that still has the text `expected`, or raise StoreFailed."""
        await asyncio.to_thread(self._replace, name, text, expected)

    async def delete(self, name: str) -> None:
        """Forget one, if there is one."""
        await asyncio.to_thread(self._delete, name)

    def path(self, name: str) -> str:
        """Where the file of that name lies, or would."""
        return str(self.folder / f"{name}{SUFFIX}")

    def _all(self) -> list[Found]:
        try:
            files = [each for each in os.listdir(self.folder) if each.endswith(SUFFIX)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise store_failed(error, "cannot read", self.folder) from None
        names = sorted(each.removesuffix(SUFFIX) for each in files if not each.startswith("."))
        return [found for name in names if (found := self._get(name)) is not None]

    def _get(self, name: str) -> Found | None:
        path = self._path(name)
        if path is None or not os.path.lexists(path):
            return None
        shown = [os.fsencode(each).decode("utf-8", "replace") for each in (name, path)]
        try:
            data = read_plain(path)
            text = data.decode("utf-8") if len(data) <= LARGEST else None
        except (OSError, Flawed, UnicodeDecodeError):
            text = None
        return shown[0], shown[1], text

    def _create(self, name: str, text: str) -> None:
        path = self._path(name)
        if path is None:
            raise InvalidRequest(f"{name!r} is no name for a file")
        with self._writing():
            try:
                create_file(path, text.encode())
            except FileExistsError:
                raise InvalidRequest(f"there is a prompt {name} already", "Choose another name.") from None

    def _replace(self, name: str, text: str, expected: str) -> None:
        path = self._path(name)

        def check() -> None:
            found = self._get(name)
            if found is None or found[2] != expected:
                raise StoreFailed(
                    f"the prompt {name} was changed by somebody else meanwhile",
                    "Nothing was overwritten. Open it again to see how it stands now.",
                )

        with self._writing():
            check()
            assert path, "it was found"
            replace_file(path, text.encode(), check)

    def _delete(self, name: str) -> None:
        path = self._path(name)
        if path is not None and os.path.lexists(path):
            with self._writing():
                remove_file(path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            make_folder(self.folder)
            with locked(self.folder / LOCK):
                yield
        except OSError as error:
            raise store_failed(error, "cannot write in", self.folder) from None

    def _path(self, name: str) -> Path | None:
        """Where a prompt lies; None for what names no file in this folder."""
        file = name + SUFFIX
        return None if Path(file).name != file or file.startswith(".") or "\0" in file else self.folder / file
