"""Budgets: every group with the endpoints that draw on it, as one frozen snapshot for whoever shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tui_app.core.activity import Activity
from tui_app.core.endpoint import ANTHROPIC_URL, SANDBOX_URL
from tui_app.core.endpoints import SANDBOX_ID
from tui_app.core.keys import KeyStatus
from tui_app.core.ledger_waits import once_free
from tui_app.core.quota import Group, Quota
from tui_app.core.storage import BrokenEndpoint

if TYPE_CHECKING:
    from tui_app.core.endpoints import Endpoints, Entry
    from tui_app.core.queue import RequestQueue

FRESH_S: Final = 10.0
"""How long endpoints and where their keys stand are taken for known, in seconds; to look costs."""


@dataclass(frozen=True, slots=True)
class Member:
    """An endpoint that draws on a budget, and what its own limit leaves of it.

    `known` is False for one that only the ledger knows: deleted, or of another configuration folder.
    """

    inference_id: str
    quota: Quota
    known: bool = True


@dataclass(frozen=True, slots=True)
class Budget:
    """A group, those who draw on it (by id), and what goes on in it.

    `where` names the service and the key in words: `Anthropic, key in keyring (1a2b3c4d)`.
    """

    group: Group
    members: tuple[Member, ...]
    activity: Activity
    where: str = ""

    @property
    def quota(self) -> Quota:
        """What the highest limit among its members leaves."""
        return max((member.quota for member in self.members), key=lambda quota: quota.limit)


class Budgets:
    """Tells the budgets of all endpoints, and those that only the ledger knows."""

    def __init__(self, endpoints: Endpoints, queue: RequestQueue) -> None:
        self._endpoints, self._queue = endpoints, queue
        self._entries: tuple[Entry, ...] = ()
        self._read_at = float("-inf")

    async def all(self) -> tuple[Budget, ...]:
        """All budgets, by service, model and key; good for asking a few times a second.

        Keys are looked up at a glance only, which opens no window. Raises StoreFailed, LedgerFailed.
        """
        clock = asyncio.get_running_loop().time
        if clock() - self._read_at > FRESH_S:
            rows = await self._endpoints.entries()
            self._entries = tuple(row for row in rows if not isinstance(row, BrokenEndpoint))
            self._read_at = clock()
        return await once_free(lambda: self.of(self._entries))

    def forget(self) -> None:
        """Look at endpoints and keys anew next time: somebody begins to watch."""
        self._read_at = float("-inf")

    def of(self, entries: Iterable[Entry]) -> tuple[Budget, ...]:
        """The budgets of these endpoints, and those that only the ledger knows.

        Raises LedgerFailed, and LedgerBusy where the ledger is just being made.
        """
        drawn: dict[Group, dict[str, int]] = {group: {} for group in self._queue.groups()}
        keys: dict[Group, KeyStatus] = {}
        for entry in entries:
            drawn.setdefault(entry.group, {})[entry.endpoint.inference_id] = entry.endpoint.limit
            keys[entry.group] = entry.key
        budgets = (self._budget(group, limits, keys.get(group)) for group, limits in drawn.items())
        return tuple(sorted(budgets, key=_order))

    def _budget(self, group: Group, limits: dict[str, int], key: KeyStatus | None) -> Budget:
        where = ", ".join(filter(None, (service_name(group.base_url), key_name(group, key))))
        activity = self._queue.activity(group)
        others = {seen.member: seen.limit for seen in activity.members if seen.member not in limits}
        told = next((each.limit for each in activity.told if each.name == "requests"), None)
        usual = max([*limits.values(), *filter(None, others.values())], default=told or len(activity.starts))
        if not limits and not others:
            others[""] = None
        drawing = [(member, limit, True) for member, limit in limits.items()]
        sandbox = group.base_url == SANDBOX_URL
        drawing += [(m, n or usual or 1, sandbox and m == SANDBOX_ID) for m, n in others.items()]
        members = (Member(name, self._queue.quota(group, n), known) for name, n, known in sorted(drawing))
        return Budget(group, tuple(members), activity, where)


def service_name(base_url: str) -> str:
    """Name a service as people do: by its name, or by its host."""
    if base_url == SANDBOX_URL:
        return "the built-in sandbox"
    return "Anthropic" if base_url == ANTHROPIC_URL else urlsplit(base_url).netloc or base_url


def key_name(group: Group, key: KeyStatus | None) -> str:
    """Say where a budget's key lies and which it is; `key` is None where only the ledger knows it.

    Empty for the sandbox, whose key is nobody's business.
    """
    if group.base_url == SANDBOX_URL:
        return ""
    if key is None:
        known = not group.key.startswith("none-")
        return f"key {group.key}, not used by an endpoint here" if known else "key not known"
    return f"key {key.state} ({key.fingerprint})" if key.fingerprint else f"key {key.state}"


def _order(budget: Budget) -> tuple[bool, str, str, str]:
    """Those of endpoints first, then by service, model and key: so that nothing jumps about."""
    group = budget.group
    return (not any(m.known for m in budget.members), service_name(group.base_url), group.model, group.key)
