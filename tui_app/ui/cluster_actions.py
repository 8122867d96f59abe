"""What a person can do with a connection and the endpoint under the cursor, from the clusters' screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from pydantic import SecretStr
from textual import work
from textual.screen import Screen

from tui_app.core.cluster_plans import Way
from tui_app.core.cluster_words import usage_words
from tui_app.core.clusters import Connection
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.remote import MARK, Pair
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.screens.waiting import waited

T = TypeVar("T")
_NEEDS_OURS: Final = {"push"}
_NEEDS_THEIRS: Final = {"pull", "delete", "chat"}
_NEEDS_CONNECTION: Final = {"edit", "forget", "read"}


class ClusterActions(Screen[None]):
    """The actions of the clusters' screen: each asks what it must, then acts through Inference."""

    inference: Inference
    connections: Sequence[Connection]

    @property
    def connection(self) -> Connection | None:
        """The connection that is shown."""
        raise NotImplementedError

    @property
    def selected(self) -> Pair | None:
        """The pair under the cursor."""
        raise NotImplementedError

    def show(self, name: str) -> None:
        """Show another connection."""
        raise NotImplementedError

    def read(self) -> object:
        """Read everything anew."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible."""
        pair = self.selected
        if action in _NEEDS_OURS:
            return pair is not None and pair.way not in {None, Way.NOTHING}
        if action in _NEEDS_THEIRS:
            return pair is not None and pair.theirs is not None and pair.theirs.endpoint is not None
        if action in _NEEDS_CONNECTION:
            return self.connection is not None
        return action != "other" or len(self.connections) > 1

    def action_leave(self) -> None:
        """Back to where the person came from."""
        self.dismiss(None)

    def action_read(self) -> None:
        """Ask the cluster again."""
        self.read()

    def action_other(self) -> None:
        """Show the next connection."""
        names = [each.name for each in self.connections]
        if self.connection is not None:
            self.show(names[(names.index(self.connection.name) + 1) % len(names)])

    @work(group="action")
    async def action_new(self) -> None:
        """Connect to another cluster."""
        await self._form(None)

    @work(group="action")
    async def action_edit(self) -> None:
        """Change the connection."""
        await self._form(self.connection)

    async def _form(self, connection: Connection | None) -> None:
        from tui_app.ui.screens.connection_form import ConnectionFormScreen

        taken = frozenset(each.name for each in self.connections) if connection is None else frozenset()
        kept = await self.app.push_screen_wait(ConnectionFormScreen(self.inference, connection, taken))
        if kept is not None:
            self.notify(f"{kept.connection.name}: {kept.words}", markup=False)
            self.show(kept.connection.name)

    @work(group="action")
    async def action_forget(self) -> None:
        """Forget the connection and its key; the cluster stays as it is."""
        connection = self.connection
        if connection is None:
            return
        about = f"{connection.base_url}\nIts API key is deleted from the keyring. The cluster stays as it is."
        choices = [Choice("keep", "Keep it"), Choice("forget", "Forget it", danger=True)]
        question = ChoiceScreen(f"Forget the connection {connection.name}?", about, choices)
        if await self.app.push_screen_wait(question) == "forget":
            remote = self.inference.remote
            await remote.forget(connection.name)
            await self._done(lambda: remote.connections.delete(connection.name), "", "forgotten")

    @work(group="action")
    async def action_push(self) -> None:
        """Make the cluster's endpoint what ours is; where that means deleting it there, ask first."""
        connection, pair = self.connection, self.selected
        if connection is None or pair is None:
            return
        name, inference_id = connection.name, pair.inference_id
        if pair.way is Way.ANEW and not await self._may_delete(name, pair, "_update cannot change this."):
            return
        await self._done(
            lambda: self.inference.remote.push(name, inference_id, anew=pair.way is Way.ANEW),
            f"{name} tries {inference_id} out",
            f"{inference_id} is in {name}",
        )

    @work(group="action")
    async def action_pull(self) -> None:
        """Make ours what the cluster's endpoint is; a new one is asked for its key."""
        connection, pair = self.connection, self.selected
        if connection is None or pair is None:
            return
        name, inference_id, key = connection.name, pair.inference_id, None
        if pair.ours is None:
            from tui_app.ui.screens.line import LineScreen

            about = f"The key stays in the cluster, which tells it nobody. {inference_id} needs one here."
            question = LineScreen(
                "API key", about, secret=True, placeholder="empty: later", check=lambda _: ""
            )
            typed = await self.app.push_screen_wait(question)
            if typed is None:
                return
            key = SecretStr(typed.strip()) if typed.strip() else None
        await self._done(
            lambda: self.inference.remote.pull(name, inference_id, key),
            "",
            f"{inference_id} is here as it stands in {name}",
        )

    @work(group="action")
    async def action_delete(self) -> None:
        """Delete the endpoint in the cluster after a question that names who uses it."""
        connection, pair = self.connection, self.selected
        if connection is None or pair is None or not await self._may_delete(connection.name, pair, ""):
            return
        name, inference_id = connection.name, pair.inference_id
        await self._done(
            lambda: self.inference.remote.delete(name, inference_id, force=True),
            "",
            f"{inference_id} is deleted in {name}",
        )

    @work(group="action")
    async def action_chat(self) -> None:
        """Chat with the cluster's endpoint."""
        from tui_app.ui.screens.chat import ChatScreen

        if self.connection is not None and self.selected is not None:
            reference = f"{self.connection.name}{MARK}{self.selected.inference_id}"
            await self.app.push_screen(ChatScreen(self.inference, reference))

    async def _may_delete(self, name: str, pair: Pair, why: str) -> bool:
        """Ask, with the usage that the cluster reports."""
        usage = await self._asked(
            lambda: self.inference.remote.usage(name, pair.inference_id), f"Asking {name} who uses it"
        )
        if usage is None:
            return False
        label = "Delete it there and create it anew" if why else "Delete it in the cluster"
        about = f"{why} {usage_words(usage)}".strip()
        question = ChoiceScreen(
            f"Delete {pair.inference_id} in {name}?",
            about,
            [
                Choice("keep", "Keep it", "A clone under another id can be pushed instead." if why else ""),
                Choice("delete", label, "Its key and settings there cannot be brought back.", danger=True),
            ],
        )
        return await self.app.push_screen_wait(question) == "delete"

    async def _done(self, act: Callable[[], Awaitable[object]], waiting: str, done: str) -> None:
        """Act, say how it went, and read everything anew."""
        try:
            if waiting:
                await waited(self.app, act, waiting)
            else:
                await act()
        except InfertermError as error:
            self._complain(error)
        else:
            self.notify(done, markup=False)
        self.read()

    async def _asked(self, ask: Callable[[], Awaitable[T]], words: str) -> T | None:
        try:
            return await waited(self.app, ask, words)
        except InfertermError as error:
            self._complain(error)
            return None

    def _complain(self, error: InfertermError) -> None:
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)
