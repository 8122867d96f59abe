"""What a person can do with the endpoint under the cursor, from the list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from textual import work
from textual.screen import Screen

from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import EndpointExists, InfertermError
from tui_app.core.inference import Inference
from tui_app.ui.equipment import Testing
from tui_app.ui.widgets.endpoint_rows import Row, endpoint_of, id_of

_NEEDS_ENDPOINT: Final = {"chat", "edit", "verify", "key", "clone", "rename", "export", "side_by_side"}


class EndpointActions(Screen[None]):
    """The actions of the list screen: each asks what it must, then acts through Inference."""

    inference: Inference

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        raise NotImplementedError

    def go_to(self, inference_id: str) -> None:
        """Put the cursor on an endpoint."""
        raise NotImplementedError

    def refresh_entries(self) -> object:
        """Read everything anew."""
        raise NotImplementedError

    def complain(self, error: InfertermError) -> None:
        """Say what went wrong and what to do."""
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible; little is for a broken file."""
        if action in {"delete", "filter"}:
            return self.row is not None
        return action not in _NEEDS_ENDPOINT or (self.row is not None and endpoint_of(self.row) is not None)

    async def action_chat(self) -> None:
        """Open the chat of the endpoint."""
        if self.row is not None:
            await self._open_chat(id_of(self.row))

    @work(group="action")
    async def action_new(self) -> None:
        """Create an endpoint in a form."""
        from tui_app.ui.endpoint_flows import create

        await self._follow(lambda: create(self.app, self.inference))

    @work(group="action")
    async def action_edit(self) -> None:
        """Change the endpoint in a form."""
        from tui_app.ui.endpoint_flows import edit

        await self._on_endpoint(lambda endpoint: edit(self.app, self.inference, endpoint))

    @work(group="action")
    async def action_clone(self) -> None:
        """Create another endpoint from this one."""
        from tui_app.ui.endpoint_flows import clone

        await self._on_endpoint(lambda endpoint: clone(self.app, self.inference, endpoint))

    @work(group="action")
    async def action_rename(self) -> None:
        """Say why an id cannot change, and offer a clone."""
        from tui_app.ui.endpoint_flows import explain_rename

        await self._on_endpoint(lambda endpoint: explain_rename(self.app, self.inference, endpoint))

    @work(group="action")
    async def action_verify(self) -> None:
        """Climb the ladder for the endpoint as it is kept."""
        from tui_app.ui.endpoint_flows import verify

        await self._on_endpoint(lambda endpoint: verify(self.app, self.inference, endpoint))

    @work(group="action")
    async def action_key(self) -> None:
        """Paste, replace or delete the key, or say where it lies."""
        from tui_app.ui.key_flows import manage

        await self._on_endpoint(lambda endpoint: manage(self.app, self.inference, endpoint))

    @work(group="action")
    async def action_export(self) -> None:
        """Show what makes the endpoint elsewhere."""
        from tui_app.ui.travel_flows import export

        await self._on_endpoint(lambda endpoint: export(self.app, self.inference, endpoint))

    @work(group="action")
    async def action_import(self) -> None:
        """Make endpoints from what is pasted."""
        from tui_app.ui.travel_flows import import_

        await self._follow(lambda: import_(self.app, self.inference))

    @work(group="action")
    async def action_delete(self) -> None:
        """Delete the endpoint after a question that names what goes with it."""
        from tui_app.ui.endpoint_flows import delete

        row = self.row
        if row is not None:
            await self._follow(lambda: delete(self.app, self.inference, row))

    @work(group="action")
    async def action_sandbox(self) -> None:
        """Make the sandbox's endpoint if it is missing, and open its chat."""
        from tui_app.core.endpoints import SANDBOX_ID, sandbox_endpoint

        try:
            await self.inference.endpoints.create(sandbox_endpoint())
        except EndpointExists:
            pass
        except InfertermError as error:
            self.complain(error)
            return
        self.go_to(SANDBOX_ID)
        await self._open_chat(SANDBOX_ID)

    @work(group="action")
    async def action_conversations(self) -> None:
        """List the conversations that are kept, and go on with the one that is chosen."""
        from tui_app.ui.screens.chat import ChatScreen
        from tui_app.ui.screens.conversations import ConversationsScreen

        chosen = await self.app.push_screen_wait(ConversationsScreen(self.inference))
        if chosen is not None:
            screen = ChatScreen(self.inference, chosen.endpoint, chosen.id, chosen.turn_id, chosen.words)
            await self.app.push_screen(screen)

    @work(group="action")
    async def action_clusters(self) -> None:
        """Compare with the endpoints of a cluster."""
        from tui_app.ui.screens.clusters import ClustersScreen

        await self.app.push_screen_wait(ClustersScreen(self.inference))
        self.refresh_entries()

    @work(group="action")
    async def action_batches(self) -> None:
        """Show the batches."""
        from tui_app.ui.screens.batches import BatchesScreen

        if isinstance(self.app, Testing) and (batches := self.app.equipment.batches) is not None:
            prompts = self.app.equipment.prompts
            assert prompts, "they come together"
            about = id_of(self.row) if self.row else None
            await self.app.push_screen_wait(BatchesScreen(self.inference, prompts, batches, about))

    @work(group="action")
    async def action_prompts(self) -> None:
        """Show the prompts that are kept."""
        from tui_app.ui.screens.prompts import PromptsScreen

        if isinstance(self.app, Testing) and (prompts := self.app.equipment.prompts) is not None:
            about = id_of(self.row) if self.row else None
            await self.app.push_screen_wait(PromptsScreen(self.inference, prompts, about))

    async def action_side_by_side(self) -> None:
        """Ask several endpoints at once, the one under the cursor as column one."""
        from tui_app.core.variations import Variation
        from tui_app.ui.screens.side_by_side import SideBySideScreen

        if self.row is not None:
            await self.app.push_screen(SideBySideScreen(self.inference, Variation(id_of(self.row))))

    async def _open_chat(self, inference_id: str) -> None:
        from tui_app.ui.screens.chat import ChatScreen

        await self.app.push_screen(ChatScreen(self.inference, inference_id))

    async def _on_endpoint(self, flow: Callable[[Endpoint], Awaitable[str | None]]) -> None:
        endpoint = endpoint_of(self.row) if self.row else None
        if endpoint is not None:
            await self._follow(lambda: flow(endpoint))

    async def _follow(self, flow: Callable[[], Awaitable[str | None]]) -> None:
        """Go through a flow; the cursor goes to the endpoint that it names."""
        try:
            named = await flow()
        except InfertermError as error:
            self.complain(error)
        else:
            if named:
                self.go_to(named)
        self.refresh_entries()
