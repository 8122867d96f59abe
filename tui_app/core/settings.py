"""What a person chose for the whole app, and the one table of what can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from tui_app.core.pacing_words import burst_words, even_words


class AppSettings(BaseModel):
    """Settings of the app, apart from all endpoints; a new one has the defaults.

    `theme` is a theme's name; `verify_on_save` tries a new or changed endpoint out before it is
    kept; `pacing` is a `quota.Pacing`; `without_ledger` is what happens while the ledger that all
    processes share cannot be used: requests are refused, or each process keeps a limit of its own;
    `vim_keys` lets vim's letters move where no text is typed; `notices` tells when a long answer or a
    batch has ended.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    theme: str = "inferterm-dark"
    verify_on_save: bool = True
    pacing: Literal["burst", "even"] = "burst"
    without_ledger: Literal["refuse", "own-limit"] = "refuse"
    vim_keys: bool = False
    notices: Literal["away", "never"] = "away"

    def text(self, name: str) -> str:
        """A setting as it is typed and printed: `true` and `false` for yes and no."""
        value = getattr(self, name)
        return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a setting: as it is typed, in a word or two, and what follows from it.

    `about` is for an endpoint's requests a minute, so that the words hold a person's own numbers.
    """

    value: str
    label: str
    about: Callable[[int], str] = lambda limit: ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that a person may choose; `free` tells that its options are only the nearest."""

    name: str
    label: str
    help: str
    options: tuple[Option, ...]
    free: bool = False

    def read(self, text: str) -> str | bool | None:
        """The value that was typed, None if the setting has none such."""
        typed = text.strip()
        if typed not in {option.value for option in self.options} and not (self.free and typed):
            return None
        return typed == "true" if typed in {"true", "false"} else typed


def _always(words: str) -> Callable[[int], str]:
    return lambda limit: words


SETTINGS: Final = (
    Setting(
        "theme",
        "Theme",
        "The colours of the app; ctrl+p offers all themes, also your own in the folder themes.",
        (Option("inferterm-dark", "dark"), Option("inferterm-light", "light")),
        free=True,
    ),
    Setting(
        "verify_on_save",
        "Saving a form",
        "What a form offers first; there it can be changed each time.",
        (
            Option(
                "true", "verify first", _always("The endpoint is tried with one short request, then kept.")
            ),
            Option("false", "just save", _always("It is kept as it is; v on the list tries it later.")),
        ),
    ),
    Setting(
        "pacing",
        "Pacing",
        "How the starts that an endpoint's limit allows are spread over a minute.",
        (Option("burst", "burst", burst_words), Option("even", "even", even_words)),
    ),
    Setting(
        "without_ledger",
        "Without the ledger",
        "What happens while the file in which all terminals count cannot be used.",
        (
            Option(
                "refuse",
                "refuse",
                _always("No request starts, and each says why. No limit is ever exceeded."),
            ),
            Option(
                "own-limit",
                "own limit",
                lambda limit: (
                    f"Each terminal and each command counts for itself: {limit} a minute here, as many in "
                    "each other. Gauges say so, and all is counted again once the file can be used."
                ),
            ),
        ),
    ),
    Setting(
        "vim_keys",
        "vim's keys",
        "In lists and wherever no text is typed: j k h l, g and G, ctrl+d and ctrl+u, : for commands.",
        (
            Option("false", "off", _always("Letters are commands only.")),
            Option("true", "on", _always("Commands on those letters move to capitals, as f1 shows.")),
        ),
    ),
    Setting(
        "notices",
        "When you look away",
        "A bell and a notice of the desktop, where terminals tell that they lost the focus and take notices.",
        (
            Option("away", "notify", _always("An answer of 10 s or more, or a batch, has ended.")),
            Option("never", "be silent", _always("Nothing is told.")),
        ),
    ),
)
"""All that a person chooses, in the order in which it is shown."""

SETTING: Final = {setting.name: setting for setting in SETTINGS}
"""The same settings by name."""
