"""A person's settings in this process: changed at once, and kept for all processes to come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui_app.core.errors import StoreFailed
    from tui_app.core.settings import AppSettings


class SettingsStore(Protocol):
    """Where settings are kept."""

    def load(self) -> tuple[AppSettings, StoreFailed | None]:
        """The settings, and what was wrong if these are the defaults for that reason."""

    async def change(self, **news: str | bool) -> AppSettings:
        """Keep some settings by name and leave the others as they are; raises StoreFailed."""


class Preferences:
    """`current` is what holds in this process; `obey` lets what depends on it know of each change."""

    def __init__(
        self,
        store: SettingsStore,
        current: AppSettings,
        obey: Callable[[AppSettings], None] = lambda settings: None,
    ) -> None:
        self._store, self._obey = store, obey
        self._turn = asyncio.Lock()
        self.current = current

    async def change(self, name: str, value: str | bool) -> None:
        """Keep a setting, then let it hold here; where keeping fails nothing changes.

        What other processes chose meanwhile is for `reload`. Raises StoreFailed.
        """
        async with self._turn:
            await self._store.change(**{name: value})
            self.current = self.current.model_copy(update={name: value})
            self._obey(self.current)

    async def reload(self) -> StoreFailed | None:
        """Let hold what others or the person's editor wrote; where that cannot be read, say why."""
        async with self._turn:
            found, trouble = await asyncio.to_thread(self._store.load)
            if trouble is None and found != self.current:
                self.current = found
                self._obey(found)
            return trouble

    async def trouble(self) -> StoreFailed | None:
        """What is wrong with what is kept, as it is now; None if nothing is."""
        _, trouble = await asyncio.to_thread(self._store.load)
        return trouble
