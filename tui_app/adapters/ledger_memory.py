"""What a connection remembers of the ledger's tables, good until another one writes to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_app.core.quota import Group
from tui_app.core.turns import Contender

Published = dict[str, tuple[object, ...]]
"""What a process let others know of its lanes, by member."""


@dataclass(slots=True)
class Memory:
    """Rows that each transaction asks for and hardly any changes; `version` is the file's that they are of.

    By the number of their group, but for `numbers` and `limits`. To be used within a transaction only,
    since otherwise somebody may write in between.
    """

    version: int = -1
    numbers: dict[Group, int] = field(default_factory=dict)
    closed_until: dict[int, float] = field(default_factory=dict)
    contenders: dict[int, list[Contender]] = field(default_factory=dict)
    published: dict[int, Published] = field(default_factory=dict)
    limits: dict[str, tuple[int, float]] | None = None

    def note(self, version: int) -> None:
        """Forget everything unless it is of this version."""
        if version != self.version:
            self.clear()
            self.version = version

    def clear(self) -> None:
        """Forget everything: it was never committed, or somebody else wrote."""
        self.version = -1
        self.numbers.clear()
        self.closed_until.clear()
        self.contenders.clear()
        self.published.clear()
        self.limits = None
