"""A Protocol for each thing outside that has two implementations, a real one and a fake."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui_app.core.activity import Activity
    from tui_app.core.claims import Order, Reading, Rules, Terms, Verdict
    from tui_app.core.quota import Group


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None:
        """See to it that it does not happen; harmless when it has."""


class Clock(Protocol):
    """Seconds since the machine started: shared by all processes, counting sleep, not to be set."""

    def now(self) -> float:
        """Tell the time."""

    def call_at(self, when: float, action: Callable[[], None]) -> Timer:
        """Call `action` in this thread's event loop at `when`, soon if that has passed."""


class Bell(Protocol):
    """Wakes processes for each other. No call of it ever waits or fails."""

    def listen(self, heard: Callable[[], None], *, everything: bool) -> bool:
        """Call `heard` when another process rings, or only when that has freed something.

        Holds in place of the call before; False where there is no bell.
        """

    def ring(self, *, freed: bool) -> None:
        """Wake those who listen to everything, and to what was freed if that is so, except oneself."""

    def close(self) -> None:
        """Listen no more."""


class Ledger(Protocol):
    """The quota's book that all processes share. No call of it ever waits.

    Each method raises `LedgerBusy` when another process writes at this moment (ask again a little
    later) and `LedgerFailed` when the book cannot be read or written at all.
    """

    @property
    def terms(self) -> Terms:
        """How long things last."""

    def settle(self, order: Order) -> tuple[Verdict, ...]:
        """Write down what happened, grant what may go, publish who waits: a verdict for each line."""

    def read(self, group: Group, now: float) -> Reading:
        """Tell what is known of a group; changes nothing."""

    def activity(self, group: Group, now: float) -> Activity:
        """Tell what went on in a group lately; changes nothing."""

    def groups(self, now: float) -> tuple[Group, ...]:
        """List the groups in which something is taken, waits, is closed or was told of lately."""

    def rules(self, group: Group, member: str) -> Rules:
        """Tell what holds for an endpoint now; changes nothing."""

    def version(self, now: float) -> int:
        """Tell a number that is another one as soon as another process wrote something.

        And when one has gone, without a word, that waited when this process last settled.
        """

    def listen(self, heard: Callable[[], None], *, everything: bool) -> bool:
        """Call `heard` in this thread's event loop after another process wrote, in place of the call before.

        Either after whatever it wrote or only after what may let somebody go who waits. What was
        written until this returns may have gone unheard: look once. False where nobody calls, and it
        has to be looked now and then.
        """

    def close(self) -> None:
        """Withdraw what this process published and let go of the file."""
