"""An endpoint as one line of the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from textual.content import Content

from tui_app.core.durations import ago
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Entry
from tui_app.core.keys import KeyState
from tui_app.core.quota import Quota
from tui_app.core.storage import BrokenEndpoint
from tui_app.core.text import one_line
from tui_app.ui.widgets.gauge import gauge_content

Row: TypeAlias = Entry | Endpoint | BrokenEndpoint
"""What the list shows: an endpoint with all that belongs to it, just from disk, or unreadable."""

_SHORT: Final = {
    KeyState.KEYRING: "✓ keyring",
    KeyState.RUN: "✓ this run",
    KeyState.ENVIRONMENT: "✓ variable",
    KeyState.COMMAND: "✓ command",
    KeyState.VAULT: "✓ vault",
    KeyState.SANDBOX: "· not needed",
    KeyState.MISSING: "! missing",
    KeyState.UNAVAILABLE: "! no access",
}
_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide each column is, in cells; `verified` is 0 where there is no room for it."""

    id: int
    model: int
    quota: int
    key: int
    verified: int

    @classmethod
    def of(cls, width: int) -> Self:
        """Share a line of `width` cells out; the quota gets what is left."""
        roomy = width >= 96
        id_, model, key, verified = (22, 20, 12, 16) if roomy else (17, 17, 12, 0)
        if width >= 130:
            id_, model = 30, 26
        gaps = len(_GAP) * (4 if verified else 3)
        quota = width - 2 - id_ - model - key - verified - gaps
        return cls(id_, model, max(10, min(44, quota)), key, verified)


@dataclass(frozen=True, slots=True)
class Moment:
    """The clocks when something is drawn: the quota's, and the wall's in seconds of the epoch."""

    now: float
    wall: float


def id_of(row: Row) -> str:
    """The inference id of a row."""
    return row.endpoint.inference_id if isinstance(row, Entry) else row.inference_id


def matches(row: Row, wanted: str) -> bool:
    """Tell whether every word of a filter stands in the id, the model or the note."""
    endpoint = endpoint_of(row)
    seen = id_of(row) if endpoint is None else f"{id_of(row)} {endpoint.model} {endpoint.local.note}"
    return all(word in seen.lower() for word in wanted.lower().split())


def endpoint_of(row: Row) -> Endpoint | None:
    """The endpoint of a row; None for one that cannot be read."""
    if isinstance(row, Entry):
        return row.endpoint
    return row if isinstance(row, Endpoint) else None


def head_line(columns: Columns) -> Content:
    """The names of the columns."""
    names = [("Endpoint", columns.id), ("Model", columns.model), ("Quota in any 60 s", columns.quota)]
    names += [("Key", columns.key)] + ([("Verified", columns.verified)] if columns.verified else [])
    return Content.styled("  " + _GAP.join(name[:width].ljust(width) for name, width in names), "$text-muted")


def row_line(row: Row, quota: Quota | None, columns: Columns, moment: Moment, *, marked: bool) -> Content:
    """One line: id, model, gauge, key, when verified; `marked` shows a sign in front of it."""
    mark = Content.styled("▸ " if marked else "  ", "bold $accent")
    name = _cell(Content.styled(id_of(row), "bold"), columns.id)
    endpoint = endpoint_of(row)
    if isinstance(row, BrokenEndpoint) or endpoint is None:
        words = Content.styled(f"✗ {trouble_of(row)}", "$text-error")
        room = columns.model + columns.quota + columns.key + columns.verified + 6
        return Content.assemble(mark, name, _GAP, words.truncate(room, ellipsis=True))
    if quota is None:
        gauge = Content.styled(f"{endpoint.limit} a minute", "$text-muted")
    else:
        gauge = gauge_content(quota, moment.now, columns.quota)
    cells = [name, _cell(Content(endpoint.model), columns.model), _cell(gauge, columns.quota)]
    cells.append(_cell(key_words(row), columns.key))
    if columns.verified:
        cells.append(_cell(verified_words(row, moment.wall), columns.verified))
    return Content.assemble(mark, Content(_GAP).join(cells))


def trouble_of(row: Row) -> str:
    """What is wrong with a file that cannot be read, on one line."""
    if not isinstance(row, BrokenEndpoint):
        return ""
    where = f"line {row.line}: " if row.line else ""
    return where + one_line(row.reason, limit=300)


def key_words(row: Row) -> Content:
    """The state of a row's key in a word."""
    if not isinstance(row, Entry):
        return Content.styled("…", "$text-muted")
    if row.health.key_refused:
        return Content.styled("✗ refused", "$text-error")
    calm = row.key.state not in {KeyState.MISSING, KeyState.UNAVAILABLE}
    return Content.styled(_SHORT[row.key.state], "$text-muted" if calm else "$text-warning")


def verified_words(row: Row, wall: float) -> Content:
    """When it was last verified, or that it failed since."""
    if not isinstance(row, Entry):
        return Content("")
    health = row.health
    if health.failed_at and health.failed_at > (health.verified_at or 0):
        return Content.styled(f"✗ {ago(wall - health.failed_at)}", "$text-error")
    if health.verified_at is None:
        return Content.styled("not yet", "$text-muted")
    return Content.styled(f"✓ {ago(wall - health.verified_at)}", "$text-success")


def _cell(words: Content, width: int) -> Content:
    return words.truncate(width, ellipsis=True).pad_right(max(0, width - words.cell_length))
