"""Budgets: every group with the endpoints that draw on it, as one frozen snapshot for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.core.activity import Activity
from tui_app.core.quota import Group, Quota


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

    `where` names the service and the key in words: `Anthropic, key in keyring (…4f2a)`.
    """

    group: Group
    members: tuple[Member, ...]
    activity: Activity
    where: str = ""

    @property
    def quota(self) -> Quota:
        """What the highest limit among its members leaves."""
        return max((member.quota for member in self.members), key=lambda quota: quota.limit)
