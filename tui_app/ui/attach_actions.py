"""What a person can do at a prompt, on every screen that has one: files, pastes, their own editor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui_app.core.attaching import AttachableFiles
from tui_app.core.attachments import Attachment
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError
from tui_app.core.file_paths import Mention, mentions, without
from tui_app.core.inference import Inference
from tui_app.core.text import one_line
from tui_app.ui.clipboard import Equipped
from tui_app.ui.widgets.chips import Chips, ChipView
from tui_app.ui.widgets.folding import FoldingArea
from tui_app.ui.widgets.key_bar import key_of
from tui_app.ui.widgets.prompt import Chip, Prompt


class AttachActions(Screen[None]):
    """The actions; a screen yields `chips` and a Static `#attach-note` over its prompt."""

    inference: Inference
    prompt: Prompt
    chips: Chips
    _offered: tuple[Mention, ...] = ()

    def compose_prompt(self) -> ComposeResult:
        """The prompt, with what belongs to it above."""
        yield Static(id="attach-note")
        yield self.chips
        with Horizontal(id="prompt-row"):
            yield Static(">", id="prompt-sign")
            yield self.prompt

    def complain(self, error: InfertermError) -> None:
        """Say what went wrong and what to do."""
        raise NotImplementedError

    @property
    def asked(self) -> Sequence[Endpoint]:
        """The endpoints that the prompt would go to, as far as they are known."""
        raise NotImplementedError

    @property
    def _files(self) -> AttachableFiles | None:
        app: Any = self.app
        return app.equipment.attached if isinstance(app, Equipped) else None

    def on_folding_area_paste_refused(self, event: FoldingArea.PasteRefused) -> None:
        """Say why a paste was refused."""
        self.notify(event.words, severity="error", markup=False, timeout=12)

    async def on_prompt_chips_changed(self, event: Prompt.ChipsChanged) -> None:
        """Show what belongs to the prompt, and whether it can be sent."""
        await self.chips.show(event.chips)
        self.set_class(bool(event.chips), "-enclosing")
        self.refresh_bindings()
        self.look_at_files()

    def on_prompt_chips_wanted(self) -> None:
        """Go to the chips."""
        self.chips.enter()

    @work(group="editor", name="action_editor", exclusive=True)
    async def on_prompt_editor_wanted(self, event: Prompt.EditorWanted) -> None:
        """Let the prompt be written in an editor."""
        from tui_app.ui.editor import edited

        try:
            self.prompt.put_text(await edited(self.app, event.text))
        except InfertermError as error:
            self.complain(error)

    @work(group="files to attach", exclusive=True)
    async def look_at_files(self) -> None:
        """Say which files are named in the prompt, and whether images are taken."""
        note, text, files = Content(""), self.prompt.text, self._files
        attached = {each.name for each in self.prompt.attachments}
        found = mentions(text) if files else ()
        there = set(await files.plain([each.path for each in found])) if files and found else set()
        if text == self.prompt.text:
            self._offered = tuple(
                each for each in found if each.path in there and each.path.rpartition("/")[2] not in attached
            )
            note = await self._sight_note() or self._offer()
        self.query_one("#attach-note", Static).update(note)
        self.set_class(bool(note), "-noting")

    def _offer(self) -> Content:
        if not self._offered:
            return Content("")
        names = ", ".join(one_line(each.path.rpartition("/")[2], limit=30) for each in self._offered[:3])
        what = f"{names} is a file" if len(self._offered) == 1 else f"{names} are files"
        return Content.styled(f"{what} · {key_of(self, 'prompt.attach')} attaches", "$accent")

    async def _sight_note(self) -> Content:
        """What hinders images from being sent, or may."""
        if not any(each.is_image for each in self.prompt.attachments):
            return Content("")
        sights = [await self.inference.vision.of(endpoint) for endpoint in self.asked]
        refused = next((sight for sight in sights if sight.takes is False), None)
        if refused:
            return Content.styled(
                f"✗ {refused.why}; take the image away, or ask another model", "$text-error"
            )
        doubtful = next((sight for sight in sights if sight.takes is None), None)
        return Content.styled(f"! {doubtful.why}", "$text-warning") if doubtful else Content("")

    @work(group="attach", name="action_attach", exclusive=True)
    async def on_prompt_attach_wanted(self) -> None:
        """Attach the files that are named in the prompt, or ask for one."""
        files, offered = self._files, self._offered
        if files is None:
            self.notify("No files can be attached here.")
            return
        if not offered:
            from tui_app.ui.screens.attach import AttachScreen

            found = await self.app.push_screen_wait(AttachScreen(files))
            self._add(found or ())
            return
        try:
            found = tuple([await files.read(each.path) for each in offered])
        except InfertermError as error:
            self.complain(error)
            return
        self._take_out(offered)
        self._add(found)

    def _take_out(self, offered: Sequence[Mention]) -> None:
        """Take paths out of a prompt that is nothing but paths; in a sentence they stay."""
        text = self.prompt.text
        rest = text
        for each in sorted(offered, key=lambda each: -each.begin):
            rest = without(rest, each)
        if not rest.strip():
            self.prompt.clear()

    def _add(self, found: Sequence[Attachment]) -> None:
        self.prompt.attachments = tuple(dict.fromkeys((*self.prompt.attachments, *found)))
        self._offered = ()
        self.prompt.focus()

    async def on_chip_view_wanted(self, event: ChipView.Wanted) -> None:
        """Do with a chip what is wanted."""
        chip = event.chip
        match event.what:
            case "open":
                await self.open_chip(chip)
            case "unfold" if not self.prompt.unfold(chip.label):
                key = key_of(self, "prompt.editor") or "ctrl+g"
                self.notify(f"It is too long to be edited here; {key} opens it in your editor.", markup=False)
            case "remove":
                self._remove(chip)
            case _:
                pass
        if event.what != "open":
            self.prompt.focus()

    async def open_chip(self, chip: Chip, sought: Sequence[str] = ()) -> None:
        """See a chip whole, from where the words are that were looked for."""
        from tui_app.ui.screens.enclosure import EnclosureScreen

        await self.app.push_screen(EnclosureScreen(chip.text, chip.attachment, sought))

    def _remove(self, chip: Chip) -> None:
        if chip.attachment is None:
            self.prompt.remove_piece(chip.label)
        else:
            gone = chip.attachment
            self.prompt.attachments = tuple(each for each in self.prompt.attachments if each != gone)
