"""The app: themes, keys, the palette, and how it ends; everything else is on its screens."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, runtime_checkable

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

from tui_app.core.errors import InfertermError
from tui_app.ui.clipboard import CopyingApp
from tui_app.ui.commands import bindings
from tui_app.ui.counting import CountingApp
from tui_app.ui.equipment import Equipment, Opening
from tui_app.ui.notices import NoticingApp
from tui_app.ui.personal import PersonalApp
from tui_app.ui.screens.opening import OpeningScreen
from tui_app.ui.terminal_keys import tell_apart
from tui_app.ui.themes import DARK
from tui_app.ui.typing_ahead import TypeAheadApp

if TYPE_CHECKING:
    from tui_app.core.inference import Inference
    from tui_app.core.preferences import Preferences

CLOSING_S: Final = 5.0
"""How long quitting waits for replies to be kept and connections to close."""
ROOM: Final = (60, 16)
"""The least columns and lines that a screen needs."""


@runtime_checkable
class AtEndpoint(Protocol):
    """A screen that is about an endpoint."""

    @property
    def inference_id(self) -> str | None:
        """The id of that endpoint, if there is one."""


@runtime_checkable
class Covering(Protocol):
    """A screen that lies over another because that has no room."""

    needed: tuple[int, int]


class InfertermApp(TypeAheadApp, PersonalApp, NoticingApp, CopyingApp, CountingApp, inherit_bindings=False):
    """The user interface on one Inference; `endpoint` opens the chat of that endpoint first.

    Given an `Opening`, it shows what can be seen at once and loads the rest meanwhile. Ends with
    `return_code` 128 + n after signal n.
    """

    TITLE = "inferterm"
    CSS_PATH = [  # noqa: RUF012 - as Textual declares it
        "app.tcss"
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("app"),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (150, "-broad")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-tall")]  # noqa: RUF012

    def __init__(self, start: Equipment | Opening, *, endpoint: str | None = None) -> None:
        super().__init__()
        tell_apart()
        self._start, self._endpoint = start, endpoint
        self._equipment: Equipment | None = None
        wanted = start.first.theme if isinstance(start, Opening) else start.preferences.current.theme
        self.theme = wanted if wanted in self.available_themes else DARK.name

    @property
    def inference(self) -> Inference:
        """What every screen talks to."""
        assert self._equipment, "nothing is loaded yet"
        return self._equipment.inference

    @property
    def preferences(self) -> Preferences:
        """What the person chose for the whole app."""
        assert self._equipment, "nothing is loaded yet"
        return self._equipment.preferences

    @property
    def is_loaded(self) -> bool:
        """Whether there is something to work with."""
        return self._equipment is not None

    @property
    def equipment(self) -> Equipment:
        """What the app works with."""
        assert self._equipment, "nothing is loaded yet"
        return self._equipment

    def get_default_screen(self) -> Screen[None]:
        """The list of endpoints is where everything starts; an opening is put over an empty screen."""
        return super().get_default_screen() if isinstance(self._start, Opening) else self._equip(self._start)

    async def on_mount(self) -> None:
        self._obey_signals()
        self.theme_changed_signal.subscribe(self, self.keep_theme)
        if isinstance(self._start, Opening):
            self.keeps_keys = True
            await self.push_screen(OpeningScreen(self._start.first.glances))
            self.call_after_refresh(self._open, self._start)
        else:
            await self._begin(self._start)

    @work(group="opening")
    async def _open(self, opening: Opening) -> None:
        """Load the rest while the first screen is seen, then hand on the keys that were typed."""
        equipment = await asyncio.to_thread(opening.load)
        if not self.is_running:  # it was quit meanwhile
            return
        await self.switch_screen(self._equip(equipment))
        await self._begin(equipment)
        self.keeps_keys = False
        self.look_around()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing but quitting is possible before everything is loaded, nor without room for it."""
        covered = bool(self._screen_stack) and isinstance(self.screen, Covering)
        return action in {"quit", "help_quit"} or (self._equipment is not None and not covered)

    def _equip(self, equipment: Equipment) -> Screen[None]:
        from tui_app.ui.screens.endpoint_list import EndpointListScreen

        self._equipment = equipment
        self.take(equipment.own_files)
        return EndpointListScreen(equipment.inference, cursor_at=self._endpoint)

    async def _begin(self, equipment: Equipment) -> None:
        self.notice_ends(equipment.inference)
        if equipment.batches is not None:
            self.notice_batches(equipment.batches)
        if equipment.personal is not None:
            self.follow_files(equipment.personal)
        if self._endpoint is not None:
            await self.open_chat(self._endpoint)
        for complaint in equipment.complaints:
            self.notify(complaint, severity="warning", markup=False, timeout=10)
        self._mind_room(self.size)

    async def on_unmount(self) -> None:
        """Whatever ended the app: what came is kept, and nothing may hang."""
        if (equipment := self._equipment) is None:
            return
        closings = [self.inference.aclose, equipment.aclose]
        if equipment.batches is not None:
            closings.insert(0, equipment.batches.aclose)
        if equipment.server is not None:
            closings.insert(0, equipment.server.stop)
        for close in closings:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSING_S):
                    await close()

    async def open_chat(self, inference_id: str) -> None:
        """Show the chat of an endpoint, or say why there is none."""
        from tui_app.ui.screens.chat import ChatScreen

        try:
            await self.inference.endpoints.get(inference_id)
        except InfertermError as error:
            self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)
            return
        await self.push_screen(ChatScreen(self.inference, inference_id))

    def on_resize(self, event: Resize) -> None:
        self._mind_room(event.size)

    def _mind_room(self, size: Size) -> None:
        """Cover what has no room with words that say so, once all is loaded."""
        width, height = ROOM
        if self._equipment is None or (size.width >= width and size.height >= height):
            return
        from tui_app.ui.screens.too_small import TooSmallScreen

        if not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen(ROOM))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: the commands that are possible on this screen, and the themes."""
        from tui_app.ui.palette import offers

        yield from offers(self, screen)
        yield SystemCommand("Choose a theme", "All themes, also Textual's own.", self.action_change_theme)

    async def action_help(self) -> None:
        """Show what can be done where the person is; the same key goes back."""
        from tui_app.ui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss(None)
        else:
            self.push_screen(HelpScreen(self.screen))

    @work(group="jump", exclusive=True)
    async def action_jump(self) -> None:
        """Go to a field by its letter."""
        from tui_app.ui.screens.jump import JumpScreen, jump

        if not isinstance(self.screen, JumpScreen):
            await jump(self)

    async def action_quota(self) -> None:
        """Show all budgets, with the cursor on that of the endpoint at hand; the same key goes back."""
        from tui_app.ui.screens.quota import QuotaScreen

        if isinstance(self.screen, QuotaScreen):
            self.screen.dismiss(None)
        else:
            await self.push_screen(QuotaScreen(self.inference, about=self._at_hand))

    async def action_server(self) -> None:
        """Show the server for other programs; the same key goes back."""
        from tui_app.ui.screens.server import ServerScreen

        if isinstance(self.screen, ServerScreen):
            self.screen.dismiss(None)
        elif self._equipment is not None and self._equipment.server is not None:
            await self.push_screen(ServerScreen(self._equipment.server))

    async def action_settings(self) -> None:
        """Show what can be chosen for the whole app; the same key goes back."""
        from tui_app.ui.screens.settings import SettingsScreen

        assert self._equipment, "nothing is loaded yet"
        if isinstance(self.screen, SettingsScreen):
            self.screen.dismiss(None)
        else:
            files, inference = self._equipment.files, self.inference
            await self.push_screen(SettingsScreen(inference, self.preferences, files, about=self._at_hand))

    @property
    def _at_hand(self) -> str | None:
        """The id of the endpoint that the screen is about."""
        return self.screen.inference_id if isinstance(self.screen, AtEndpoint) else None

    async def action_quit(self) -> None:
        """Close the app."""
        self.exit()

    def _fatal_error(self) -> None:
        """Tell a fault of inferterm's own without local variables, as Textual would: a key may be in one."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        trace = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(trace, self.console.options)))
        self._close_messages_no_wait()

    def _obey_signals(self) -> None:
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                    loop.add_signal_handler(number, self.exit, None, 128 + number)
