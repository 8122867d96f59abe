"""What the app works with, at once or after the first screen is drawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tui_app.core.first_sight import FirstSight
from tui_app.core.personal import OwnFile, OwnFiles, PersonalFiles

if TYPE_CHECKING:
    from tui_app.core.attaching import AttachableFiles
    from tui_app.core.batches import Batches
    from tui_app.core.clipboard import Clipboard
    from tui_app.core.inference import Inference
    from tui_app.core.preferences import Preferences
    from tui_app.core.prompts import Prompts
    from tui_app.core.served import Server


async def _nothing() -> None:
    """Close nothing."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """`keymap` maps ids of commands to keys, `complaints` are about a person's files.

    `files` are a person's files and folders, each with what lies there. `server` is for other
    programs. `prompts` and `batches` come together. `aclose` closes what is left once Inference is
    closed. `own` are a person's own files as they were read, `personal` is where they are read anew;
    `clipboard` is where copies go beside the terminal, `attached` reads files to attach.
    """

    inference: Inference
    preferences: Preferences
    keymap: Mapping[str, str] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    aclose: Callable[[], Awaitable[None]] = _nothing
    server: Server | None = None
    prompts: Prompts | None = None
    batches: Batches | None = None
    own: OwnFiles | None = None
    personal: PersonalFiles | None = None
    clipboard: Clipboard | None = None
    attached: AttachableFiles | None = None

    @property
    def own_files(self) -> OwnFiles:
        """A person's own files as they were read, or what `keymap` says in their place."""
        return self.own or OwnFiles(OwnFile("keymap.json", "keymap", dict(self.keymap)))


@dataclass(frozen=True, slots=True)
class Opening:
    """What can be shown at once, and `load`, which brings the equipment and takes its time.

    `load` is called in a thread.
    """

    first: FirstSight
    load: Callable[[], Equipment]


@runtime_checkable
class Testing(Protocol):
    """An app in which prompts can be tested."""

    @property
    def equipment(self) -> Equipment:
        """What it works with."""


@runtime_checkable
class Preferring(Protocol):
    """An app that knows what the person chose for all of it."""

    @property
    def preferences(self) -> Preferences:
        """What was chosen."""
