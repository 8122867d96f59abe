"""Endpoints on their way in: what a text from outside would make, against what there is already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from tui_app.core.characters import mended
from tui_app.core.clippings import Clipping
from tui_app.core.disguise import disguise
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Endpoints
from tui_app.core.import_items import Fate, Item, Known, read_item
from tui_app.core.keys import KeyStatus
from tui_app.core.pastes import findings
from tui_app.core.storage import BrokenEndpoint
from tui_app.core.travellers import Request


@dataclass(frozen=True, slots=True)
class Paste:
    """A text without the keys that were in it, and the keys apart."""

    text: str = ""
    hidden: tuple[SecretStr, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, text: str, hidden: Sequence[SecretStr] = ()) -> Paste:
        """Take the keys out of a text; `hidden` are those for which marks stand in it already."""
        lines = f"\n{text}".replace("\r\n", "\n").replace("\r", "\n").replace("\n\ufeff", "\n")[1:]
        return cls(*disguise(mended(lines), hidden))


def plan(paste: Paste, known: Known, names: Sequence[str] = ()) -> tuple[Item, ...]:
    """What a paste would make, in its order; `names` are ids for those that name none, in turn."""
    clipping, waiting = Clipping(paste.text), iter(names)
    items: list[Item] = []
    first: dict[str, Item] = {}
    for finding in findings(paste.text):
        nameless = isinstance(finding, Request) and not finding.inference_id
        item = read_item(finding, clipping.line, paste.hidden, known, next(waiting, "") if nameless else "")
        if item.endpoint is not None:
            item = _once(item, first.setdefault(item.inference_id, item))
        items.append(item)
    return tuple(items)


def _once(item: Item, first: Item) -> Item:
    """The item, unless another one before it makes an endpoint of the same id."""
    if item is first:
        return item
    if (item.endpoint, item.key) == (first.endpoint, first.key):
        return Item(item.line, Fate.SKIPPED, item.inference_id, words=f"the same as in line {first.line}")
    problem = f"inference_id: line {first.line} makes another endpoint of this id"
    return Item(item.line, Fate.WRONG, item.inference_id, problems=((item.line, problem),))


async def known_of(endpoints: Endpoints, paste: Paste) -> Known:
    """What there is already; keys are looked at only where the paste has some. Raises StoreFailed."""
    stored = {item.inference_id: item for item in await endpoints.stored()}
    if not paste.hidden:
        return Known(stored)
    rows = [row for row in await endpoints.entries() if not isinstance(row, BrokenEndpoint)]
    return Known(stored, {row.endpoint.inference_id: row.key.fingerprint for row in rows})


async def carry_out(endpoints: Endpoints, item: Item, endpoint: Endpoint, key: SecretStr | None) -> KeyStatus:
    """Make or change what an item says, as `endpoint` with `key`. Raises as `create` and `change`."""
    if item.current is None:
        return await endpoints.create(endpoint, key)
    return await endpoints.change(endpoint, key, expected=item.current)
