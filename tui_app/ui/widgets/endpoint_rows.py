"""An endpoint as one line of the list."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final, TypeAlias

from textual.content import Content

from tui_app.core.durations import ago, same_for
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Entry
from tui_app.core.keys import KeyState
from tui_app.core.quota import Quota
from tui_app.core.storage import BrokenEndpoint
from tui_app.core.text import one_line
from tui_app.ui.widgets.columns import GAP, Columns, cell
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


def row_line(row: Row, quota: Quota | None, columns: Columns, moment: Moment, *, marked: bool) -> Content:
    """One line: id, model, gauge, key, when verified; `marked` shows a sign in front of it."""
    mark = Content.styled("▸ " if marked else "  ", "bold $accent")
    name = cell(Content.styled(id_of(row), "bold"), columns.id)
    endpoint = endpoint_of(row)
    if isinstance(row, BrokenEndpoint) or endpoint is None:
        words = Content.styled(f"✗ {trouble_of(row)}", "$text-error")
        return Content.assemble(mark, name, GAP, words.truncate(columns.after_id, ellipsis=True))
    if quota is None:
        gauge = Content.styled(f"{endpoint.limit} a minute", "$text-muted")
    else:
        gauge = gauge_content(quota, moment.now, columns.quota)
    cells = [name]
    if columns.model:
        cells.append(cell(Content(endpoint.model), columns.model))
    cells += [cell(gauge, columns.quota), cell(key_words(row), columns.key)]
    if columns.verified:
        cells.append(cell(verified_words(row, moment.wall), columns.verified))
    return Content.assemble(mark, Content(GAP).join(cells))


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
    tried_at, failed = _tried(row)
    if tried_at is None:
        return Content.styled("not yet", "$text-muted")
    if failed:
        return Content.styled(f"✗ {ago(wall - tried_at)}", "$text-error")
    return Content.styled(f"✓ {ago(wall - tried_at)}", "$text-success")


def same_words_for(row: Row, wall: float) -> float:
    """How many seconds what is said of when it was verified stays true."""
    tried_at = _tried(row)[0] if isinstance(row, Entry) else None
    return inf if tried_at is None else same_for(wall - tried_at)


def _tried(row: Entry) -> tuple[float | None, bool]:
    """When it was last verified or used in vain, and whether that failed."""
    failed_at, verified_at = row.health.failed_at, row.health.verified_at
    failed = bool(failed_at and failed_at > (verified_at or 0))
    return (failed_at if failed else verified_at), failed
