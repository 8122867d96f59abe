"""Making one endpoint of an import: its key is kept first where it can be, or where a person says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr
from textual.app import App
from textual.content import Content

from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError
from tui_app.core.import_items import Item
from tui_app.core.imports import carry_out
from tui_app.core.inference import Inference
from tui_app.core.keys import KeyState, KeyStatus
from tui_app.core.text import plain
from tui_app.ui.key_flows import keep

OUTCOME_WIDTH: Final = 11


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one ended: `trouble` is why it was not made, empty where it was; `keyless` that it has no key."""

    inference_id: str
    trouble: str = ""
    keyless: bool = False

    @property
    def made(self) -> bool:
        """Whether it is there now."""
        return not self.trouble

    def line(self) -> Content:
        """It in words."""
        if self.made:
            return Content.assemble(("✓ made", "bold $text-success"), " " * 5, (self.inference_id, "bold"))
        sign = ("✗ not made ", "bold $text-error")
        return Content.assemble(sign, (self.inference_id, "bold"), f": {plain(self.trouble)}")


async def make(app: App[object], inference: Inference, item: Item) -> Outcome:
    """Make or change what an item says; never raises an InfertermError."""
    assert item.endpoint is not None

    async def write(endpoint: Endpoint, key: SecretStr | None) -> KeyStatus:
        return await carry_out(inference.endpoints, item, endpoint, key)

    try:
        kept = await keep(app, item.endpoint, item.key, write, inference)
    except InfertermError as error:
        return Outcome(item.inference_id, f"{error} {error.advice}".strip())
    if kept is None:
        return Outcome(item.inference_id, "there was no place for its key")
    status = await inference.keys.status(kept)
    return Outcome(kept.inference_id, keyless=status.state is KeyState.MISSING)
