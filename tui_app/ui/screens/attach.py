"""A file to attach, asked for by its path, which is completed as one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui_app.core.attaching import AttachableFiles
from tui_app.core.attachments import MOST_IMAGE, MOST_TEXT, Attachment, size_words
from tui_app.core.errors import InfertermError
from tui_app.core.file_paths import dropped
from tui_app.ui.commands import bindings

_ABOUT = (
    f"A text file in UTF-8 (up to {size_words(MOST_TEXT)}), or an image as PNG, JPEG, GIF or WebP "
    f"(up to {size_words(MOST_IMAGE)}). ~ is your home folder."
)
_KEYS = "tab completes · ↓ ↑ choose · enter attaches or opens the folder · esc leaves"


class AttachScreen(ModalScreen[tuple[Attachment, ...] | None]):
    """Returns the files that were chosen, read already; None when left."""

    HELP = """
    The path of a file to attach: as you type, names that fit stand below. Tab completes, the arrows
    choose, enter attaches the file or opens the folder, esc leaves. A path that is pasted or dropped here
    may be quoted, escaped or begin with `file://`. What is wrong with a file is said below its path.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("dialogue"),
        *bindings("attach"),
        Binding("down", "move(1)", "down", show=False, priority=True),
        Binding("up", "move(-1)", "up", show=False, priority=True),
    ]

    line = getters.query_one(Input)
    found = getters.query_one(OptionList)

    def __init__(self, files: AttachableFiles) -> None:
        super().__init__()
        self._files = files
        self._names: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Attach which file?"
            yield Static(Content(_ABOUT), classes="about")
            yield Input(placeholder="notes.txt", compact=True, select_on_focus=False)
            yield Static(id="attach-problem")
            yield OptionList(markup=False, compact=True, id="attach-found")
            yield Static(Content.styled(_KEYS, "$text-muted"))

    def on_mount(self) -> None:
        self.found.can_focus = False
        self._complete("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._say("")
        self._complete(event.value)

    @work(group="complete", exclusive=True)
    async def _complete(self, typed: str) -> None:
        self._names = tuple(await self._files.completions(typed))
        self.found.clear_options()
        self.found.add_options(map(_last_part, self._names))
        self.found.display = bool(self._names)

    def action_complete(self) -> None:
        """Take over the chosen name, or as much as all have in common."""
        at = self.found.highlighted
        if at is not None:
            self._type(self._names[at])
        elif self._names:
            self._type(_in_common(self._names))

    def action_move(self, step: int) -> None:
        """Choose another name."""
        if not self._names:
            return
        at = self.found.highlighted
        start = -1 if step > 0 else len(self._names)
        self.found.highlighted = ((start if at is None else at) + step) % len(self._names)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(self._names[event.option_index])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        at = self.found.highlighted
        if at is None and len(self._names) == 1:
            at = 0
        self._take(event.value if at is None else self._names[at])

    def _take(self, path: str) -> None:
        if path.endswith("/"):
            self._type(path)
        elif path.strip():
            self._read(path)

    @work(group="read", name="action_read", exclusive=True)
    async def _read(self, typed: str) -> None:
        paths: Sequence[str] = [each.path for each in dropped(typed)]
        if typed in self._names or not paths or await self._files.plain([typed]):
            paths = [typed]
        try:
            self.dismiss(tuple([await self._files.read(path) for path in paths]))
        except InfertermError as error:
            self._say(f"{error}. {error.advice}".strip())

    def _type(self, text: str) -> None:
        self.line.value = text
        self.line.cursor_position = len(text)

    def _say(self, problem: str) -> None:
        words = Content.styled(f"✗ {problem}", "$text-error") if problem else Content("")
        self.query_one("#attach-problem", Static).update(words)

    def action_leave(self) -> None:
        """Attach nothing."""
        self.dismiss(None)


def _last_part(name: str) -> str:
    """The name of a file, or of a folder with its slash."""
    return f"{name.rstrip('/').rpartition('/')[2]}{'/' if name.endswith('/') else ''}"


def _in_common(names: Sequence[str]) -> str:
    """How all of the names begin."""
    first, last = min(names), max(names)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    return first if same is None else first[:same]
