"""The part of the app that a person makes their own: keys, vim's keys, themes; read anew as files change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import events, work
from textual.app import App
from textual.theme import Theme

from tui_app.core.errors import InfertermError
from tui_app.core.personal import OwnFiles, PersonalFiles
from tui_app.ui.commands import BY_ID
from tui_app.ui.themes import DARK, FALLBACK, LIGHT
from tui_app.ui.vim_keys import MOVED, as_vim

if TYPE_CHECKING:
    from tui_app.core.preferences import Preferences

PALETTE = "colon"
"""vim's key for commands."""


@runtime_checkable
class Holding(Protocol):
    """A screen that shows what holds, and can be told that something else does now."""

    def hold_anew(self) -> None:
        """Show what holds now."""


class PersonalApp(App[None]):
    """Keys and themes of a person's own."""

    _own = OwnFiles()
    _said: frozenset[str] = frozenset()
    _keys: dict[str, str] = {}  # noqa: RUF012 - replaced, never changed

    def __init__(self) -> None:
        super().__init__()
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
        from tui_app.ui.own_themes import theme_of

        flaws = list(own.flaws)
        self._keys, wrong = checked(own.keymap) if own.keymap else ({}, ())
        flaws += wrong
        for file in own.themes:
            theme, wrong = theme_of(file)
            flaws += wrong
            if theme is not None and theme != self.available_themes.get(theme.name):
                self.register_theme(theme)
                if theme.name == self.theme:
                    self._watch_theme(theme.name)
        self._own = own
        self.hold()
        for flaw in flaws:
            if flaw not in self._said:
                self.notify(flaw, severity="warning", markup=False, timeout=10)
        self._said = frozenset(flaws)

    def hold(self) -> None:
        """Let the keys and the theme of the preferences hold."""
        chosen = self.preferences.current
        self.set_keymap({**(MOVED if chosen.vim_keys else {}), **self._keys})
        if chosen.theme in self.available_themes and chosen.theme != self.theme:
            self.theme = chosen.theme

    @work(group="theme", exclusive=True)
    async def keep_theme(self, theme: Theme) -> None:
        """Remember the theme for the next time."""
        try:
            if self.is_loaded and theme.name != self.preferences.current.theme:
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
                own = OwnFiles(own.keymap, own.themes, (*own.flaws, f"{trouble}\n{trouble.advice}".strip()))
            self.take(own)
            if isinstance(self.screen, Holding):
                self.screen.hold_anew()

    async def on_event(self, event: events.Event) -> None:
        """Take vim's keys for those that they stand for, and help and jump from dialogues too."""
        if isinstance(event, events.Key) and not event.is_forwarded and self.is_loaded:
            self.app_focus = True  # who types is there: what had the focus takes the key, as Textual has it
            if await self._took_from_dialogue(event):
                return
            if self.preferences.current.vim_keys and not self._is_typing(event):
                if event.key == PALETTE:
                    self.action_command_palette()
                    return
                event = as_vim(event)
        await super().on_event(event)

    async def _took_from_dialogue(self, event: events.Key) -> bool:
        """Run a command that works everywhere from where Textual lets no key of the app through."""
        if not self.screen.is_modal or self._is_typing(event):
            return False
        for command in ("app.help", "app.jump"):
            keys = self._keys.get(command, BY_ID[command].key)
            if event.key in keys.split(","):
                await self.run_action(BY_ID[command].action)
                return True
        return False

    def _is_typing(self, event: events.Key) -> bool:
        """Whether the key is text for what has the focus."""
        focused = self.focused
        return focused is not None and focused.check_consume_key(event.key, event.character)
