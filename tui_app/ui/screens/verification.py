"""Verifying an endpoint in sight: each step as it passes, and what to do where one does not."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from pydantic import SecretStr
from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.verification import Report, Step, StepState
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.ladder import cause, ladder
from tui_app.ui.widgets.ways import Way, Ways


class Purpose(StrEnum):
    """What the verification is for, which decides what is offered after it."""

    TRY = "try"
    SAVE = "save"
    KEY = "key"


class Verdict(StrEnum):
    """What the person made of it."""

    PASSED = "passed"
    ANYWAY = "anyway"
    FIX = "fix"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How it ended; `seconds` is the time to the first token of a probe that was answered.

    `error` is what the person knew of and went on all the same.
    """

    outcome: Verdict
    seconds: float | None = None
    error: InfertermError | None = None


_PASSED: Final = {
    Purpose.TRY: [(Verdict.PASSED, "Close")],
    Purpose.SAVE: [(Verdict.PASSED, "Save the endpoint")],
    Purpose.KEY: [(Verdict.PASSED, "Keep this key")],
}
_FAILED: Final = {
    Purpose.TRY: [(Verdict.FIX, "Close")],
    Purpose.SAVE: [
        (Verdict.FIX, "Fix it in the form"),
        (Verdict.ANYWAY, "Save anyway"),
        (Verdict.DISCARD, "Discard what was typed"),
    ],
    Purpose.KEY: [(Verdict.FIX, "Leave the key as it is"), (Verdict.ANYWAY, "Keep the new key anyway")],
}
_AGAIN: Final = "again"
_STYLE: Final = {Verdict.DISCARD: "bold $text-error"}


class VerificationScreen(ModalScreen[Judgement]):
    """Climbs the ladder for `endpoint`, with `key` in place of the kept one if given."""

    HELP = """
    The endpoint is tried step by step: key, host, key accepted, model, parameters, one real answer. The
    step that fails says why and what to do. Esc stops it; what was typed is not lost.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialogue")]

    rungs = getters.query_one("#rungs", Static)
    choices = getters.query_one("#ways", Ways)

    def __init__(
        self, inference: Inference, endpoint: Endpoint, key: SecretStr | None, purpose: Purpose
    ) -> None:
        super().__init__()
        self._inference, self._endpoint, self._key, self._purpose = inference, endpoint, key, purpose
        self._reports: dict[Step, Report] = {}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"Verify {self._endpoint.inference_id}")
            yield Static(Content.styled(f"{self._endpoint.model}", "$text-muted"), classes="about")
            yield Static(id="rungs")
            yield Static(id="cause")
            yield Ways(id="ways")
            yield Static(id="hint")

    def on_mount(self) -> None:
        self._climb()

    def on_resize(self) -> None:
        self._show()

    @work(group="climb", exclusive=True)
    async def _climb(self) -> None:
        self._reports.clear()
        self.query_one("#cause", Static).display = self.choices.display = False
        self._hint("esc leaves; the probe is one short request and counts as one")
        self._show()
        async with aclosing(self._inference.verify(self._endpoint, self._key)) as reports:
            async for report in reports:
                self._reports[report.step] = report
                self._show()
        self._conclude()

    def _show(self) -> None:
        self.rungs.update(ladder(self._reports, self.rungs.content_size.width or 60))

    @property
    def _failure(self) -> Report | None:
        return next((each for each in self._reports.values() if each.state is StepState.FAILED), None)

    @property
    def _seconds(self) -> float | None:
        probe = self._reports.get(Step.PROBE)
        return probe.seconds if probe and probe.state is StepState.PASSED else None

    def _conclude(self) -> None:
        failure = self._failure
        about = self.query_one("#cause", Static)
        about.update(
            cause(failure) if failure else Content.styled("Verified: it works.", "bold $text-success")
        )
        about.display = True
        ways = _FAILED[self._purpose] if failure else _PASSED[self._purpose]
        options = [
            Way(Content.styled(words, _STYLE.get(verdict, "bold")), verdict.value) for verdict, words in ways
        ]
        if failure:
            options.insert(1, Way(Content.styled("Try again", "bold"), _AGAIN))
        self.choices.set_options(options)
        self.choices.display = True
        self.choices.highlighted = 0
        self.choices.focus()
        self.call_after_refresh(self.choices.scroll_visible, animate=False)
        self._hint("enter chooses")

    def _hint(self, words: str) -> None:
        self.query_one("#hint", Static).update(Content.styled(words, "$text-muted"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == _AGAIN:
            self._climb()
        elif event.option_id:
            error = self._failure.error if self._failure else None
            self.dismiss(Judgement(Verdict(event.option_id), self._seconds, error))

    def action_leave(self) -> None:
        """Go back; what was typed stays."""
        passed = self._seconds is not None and self._purpose is Purpose.TRY
        self.dismiss(Judgement(Verdict.PASSED if passed else Verdict.FIX, self._seconds))
