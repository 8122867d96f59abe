"""The part of the app that a person makes their own: keys, vim's keys, themes; read anew as files change."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import events, work
from textual.app import App
from textual.theme import Theme

from tui_app.core.errors import InfertermError
from tui_app.core.personal import OwnFiles, PersonalFiles
from tui_app.core.text import one_line
from tui_app.ui.everywhere import keys_from, takes_text
from tui_app.ui.themes import DARK, FALLBACK, LIGHT
from tui_app.ui.vim_keys import MOVED, as_vim

if TYPE_CHECKING:
    from tui_app.core.preferences import Preferences

PALETTE = "colon"
"""vim's key for commands."""
_MOST_FLAWS = 4
"""So many are told at once: more would cover the screen."""


@runtime_checkable
class Holding(Protocol):
    """A screen that shows what holds, and can be told that something else does now."""

    def hold_anew(self) -> None:
        """Show what holds now."""


class PersonalApp(App[None]):
    """Keys and themes of a person's own."""

    _said: frozenset[str] = frozenset()
    _keys: dict[str, str] = {}  # noqa: RUF012 - replaced, never changed

    def __init__(self) -> None:
        super().__init__()
        self._themes: dict[str, str] = {}
        self.register_theme(DARK)
        self.register_theme(LIGHT)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Variables that foreign themes lack."""
        return dict(FALLBACK)

    @property
    def preferences(self) -> Preferences:
        """What the person chose for the whole app."""
        raise NotImplementedError

    @property
    def is_loaded(self) -> bool:
        """Whether preferences are there."""
        raise NotImplementedError

    def take(self, own: OwnFiles) -> None:
        """Let these files hold, and say what is wrong with them; what was said already is not said again."""
        from tui_app.ui.keymaps import checked

        self._keys, wrong = checked(own.keymap) if own.keymap else ({}, ())
        flaws = [*own.flaws, *wrong, *self._take_themes(own)]
        self.hold()
        if new := [flaw for flaw in flaws if flaw not in self._said]:
            self.notify(_few(new), severity="warning", markup=False, timeout=10)
        self._said = frozenset(flaws)

    def _take_themes(self, own: OwnFiles) -> list[str]:
        """Let these themes be there and no others of the person's; what was right of a broken one stays."""
        from tui_app.ui.keymaps import nearest
        from tui_app.ui.own_themes import theme_of

        flaws: list[str] = []
        for file in self._themes.keys() - own.broken - {each.name for each in own.themes}:
            self.unregister_theme(self._themes.pop(file))
        for built_in in (DARK, LIGHT):
            if built_in.name not in self.available_themes:
                self.register_theme(built_in)
        for each in own.themes:
            theme, wrong = theme_of(each)
            flaws += wrong
            if theme is not None and theme != self.available_themes.get(theme.name):
                self.register_theme(theme)
                self._themes[each.name] = theme.name
                if theme.name == self.theme:
                    self._watch_theme(theme.name)
        if (wanted := self.preferences.current.theme) not in self.available_themes:
            near = nearest(wanted, self.available_themes)
            flaws.append(f"there is no theme {one_line(wanted)}, so {DARK.name} is shown{near}")
        return flaws

    @property
    def own_keys(self) -> Mapping[str, str]:
        """The keys that a person gave to commands, by their ids."""
        return self._keys

    def hold(self) -> None:
        """Let the keys and the theme of the preferences hold."""
        chosen = self.preferences.current
        self.set_keymap({**(MOVED if chosen.vim_keys else {}), **self._keys})
        wanted = chosen.theme if chosen.theme in self.available_themes else DARK.name
        if wanted != self.theme:
            self.theme = wanted

    @work(group="theme", exclusive=True)
    async def keep_theme(self, theme: Theme) -> None:
        """Remember the theme for the next time, unless it only stands in for one that is not there."""
        try:
            chosen = self.preferences.current.theme if self.is_loaded else theme.name
            stands_in = theme.name == DARK.name and chosen not in self.available_themes
            if theme.name != chosen and not stands_in:
                await self.preferences.change("theme", theme.name)
        except InfertermError as error:
            self.notify(f"{error}\n{error.advice}".strip(), severity="warning", markup=False)

    def action_theme(self) -> None:
        """Change between light and dark."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    @work(group="personal", exclusive=True)
    async def follow_files(self, files: PersonalFiles) -> None:
        """Read everything anew whenever a file changes."""
        async for _ in files.changes():
            own = await asyncio.to_thread(files.read)
            trouble = await self.preferences.reload()
            if trouble is not None:
                own = replace(own, flaws=(*own.flaws, f"{trouble}\n{trouble.advice}".strip()))
            self.take(own)
            if isinstance(self.screen, Holding):
                self.screen.hold_anew()

    async def on_event(self, event: events.Event) -> None:
        """Take vim's keys for those that they stand for, and the app's from dialogues too."""
        if isinstance(event, events.Key) and not event.is_forwarded and self.is_loaded:
            self.app_focus = True  # who types is there: what had the focus takes the key, as Textual has it
            if await self._took_from_dialogue(event):
                return
            if self.preferences.current.vim_keys and not takes_text(self.screen):  # there ctrl+u edits
                if event.key == PALETTE:
                    self.action_command_palette()
                    return
                event = as_vim(event)
        await super().on_event(event)

    async def _took_from_dialogue(self, event: events.Key) -> bool:
        """Run a command that works everywhere from where Textual lets no key of the app through."""
        if not self.screen.is_modal:
            return False
        for command, keys in keys_from(self.screen, self._keys):
            if event.key in keys:
                await self.run_action(command.action)
                return True
        return False


def _few(flaws: Sequence[str]) -> str:
    """Some flaws for a notice, a line each, with the home folder as people write it."""
    home = os.path.expanduser("~")
    lines = [f"~{flaw.removeprefix(home)}" if flaw.startswith(f"{home}/") else flaw for flaw in flaws]
    more = [f"and {len(lines) - _MOST_FLAWS} more"] if len(lines) > _MOST_FLAWS else []
    return "\n".join([*lines[:_MOST_FLAWS], *more])
