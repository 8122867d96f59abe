"""What a person can do with columns that stand side by side."""

from __future__ import annotations

from textual import work

from tui_app.core.comparisons import Comparison
from tui_app.core.errors import InfertermError
from tui_app.ui.attach_actions import AttachActions
from tui_app.ui.kept_list import Complaining
from tui_app.ui.widgets.column_view import ColumnBody, ColumnView
from tui_app.ui.widgets.prompt import Prompt


class SideActions(Complaining[None], AttachActions):
    """The actions of the screen of columns."""

    comparison: Comparison | None
    marks: bool
    together: bool
    wide: bool

    @property
    def views(self) -> list[ColumnView]:
        """The columns, in their order."""
        return list(self.query(ColumnView))

    @property
    def chosen(self) -> ColumnView | None:
        """The column for which commands are."""
        return next((view for view in self.views if view.chosen), None)

    def choose(self, view: ColumnView) -> None:
        """Turn to a column."""
        raise NotImplementedError

    async def show_columns(self) -> None:
        """Show the columns anew."""
        raise NotImplementedError

    def mark_soon(self) -> None:
        """Mark anew what differs."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is impossible is not offered."""
        view, comparison = self.chosen, self.comparison
        column = view.column if view else None
        busy = column is not None and column.busy
        ended = column is not None and column.turn is not None and not busy
        waits = column is not None and column.progress is not None and column.progress.retrying
        possible = {
            "stop": busy,
            "leave": not busy,
            "again": ended or waits,
            "keep": ended,
            "copy": column is not None and column.turn is not None,
            "columns": comparison is not None,
            "against": view is not None and not view.base,
            "stop_all": comparison is not None and comparison.busy,
        }
        return possible.get(action, True)

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        """Ask in all columns; the prompt stays, to be changed and asked again."""
        if self.comparison is None:
            return
        self.prompt.put(event.message)
        try:
            self.comparison.ask(event.message)
        except InfertermError as error:
            self.complain(error)

    def on_prompt_rested(self) -> None:
        """Look at what is named and attached."""
        self.look_at_files()

    async def action_stop(self) -> None:
        """Stop this column."""
        if self.chosen is not None:
            await self.chosen.column.stop()

    async def action_stop_all(self) -> None:
        """Stop all of them."""
        if self.comparison is not None:
            await self.comparison.stop()

    def action_again(self) -> None:
        """Ask again in this column."""
        if self.chosen is not None and self.comparison is not None:
            self.comparison.again(self.chosen.column)

    def action_next_column(self) -> None:
        """Turn to the next column."""
        views = self.views
        at = next((index for index, view in enumerate(views) if view.chosen), -1)
        if views:
            self.choose(views[(at + 1) % len(views)])

    def action_marks(self) -> None:
        """Switch the marks on or off."""
        self.marks = not self.marks

    def action_together(self) -> None:
        """Scroll together or apart."""
        self.together = not self.together

    def action_wide(self) -> None:
        """Show one column alone, or as many as fit."""
        self.wide = not self.wide

    def action_against(self) -> None:
        """Compare the others with this column."""
        if self.chosen is not None and self.comparison is not None:
            self.comparison.against = self.views.index(self.chosen)
            for view in self.views:
                view.base = view is self.chosen
            self.mark_soon()
            self.refresh_bindings()

    def action_older(self) -> None:
        """Scroll up by nearly a page."""
        self._by_page(-1)

    def action_newer(self) -> None:
        """Scroll down by nearly a page."""
        self._by_page(1)

    def action_oldest(self) -> None:
        """Go to where the answers begin."""
        for body in self._moving():
            body.to_start()

    def action_newest(self) -> None:
        """Follow the ends."""
        for body in self._moving():
            body.to_end()

    def on_column_body_scrolled(self, event: ColumnBody.Scrolled) -> None:
        """Let the other columns go along."""
        for body in self._moving(event.body):
            body.go(event.by, event.y)

    def _by_page(self, direction: int) -> None:
        for body in self._moving():
            body.go(direction * max(1, body.size.height - 2))

    def _moving(self, touched: ColumnBody | None = None) -> list[ColumnBody]:
        """Those that scroll: all, or the one that is touched, or else the chosen one."""
        own = self.chosen.body if self.chosen else None
        return [view.body for view in self.views if self.together or view.body is (touched or own)]

    @work(group="columns", exclusive=True)
    async def action_columns(self) -> None:
        """Choose what stands side by side."""
        from tui_app.core.storage import BrokenEndpoint
        from tui_app.ui.screens.columns import ColumnsScreen

        if self.comparison is None:
            return
        try:
            stored = await self.inference.endpoints.stored()
            known = [each for each in stored if not isinstance(each, BrokenEndpoint)]
            setup = await self.app.push_screen_wait(ColumnsScreen(known, self.comparison.setup))
            if setup is not None:
                await self.inference.comparisons.arrange(self.comparison, setup)
        except InfertermError as error:
            self.complain(error)
        await self.show_columns()

    @work(group="keep", exclusive=True)
    async def action_keep(self) -> None:
        """Go on with this column's answer as a chat."""
        from tui_app.ui.screens.chat import ChatScreen

        if self.chosen is None:
            return
        column = self.chosen.column
        try:
            named = await self._endpoint_of_chat(column.variation.model)
            chat = await self.inference.comparisons.keep(column, named) if named else None
        except InfertermError as error:
            self.complain(error)
            return
        if chat is not None and named:
            await self.app.push_screen(ChatScreen(self.inference, named, chat.conversation.id))

    async def _endpoint_of_chat(self, model: str) -> str | None:
        """The endpoint with which to go on; one is made where the column's model is not its own."""
        from tui_app.core.drafts import Draft
        from tui_app.ui.endpoint_flows import taken_ids
        from tui_app.ui.screens.choice import Choice, ChoiceScreen
        from tui_app.ui.screens.endpoint_form import EndpointFormScreen

        assert self.chosen, "there is a column"
        variation = self.chosen.column.variation
        endpoint = await self.inference.endpoints.get(variation.endpoint)
        if model in {"", endpoint.model}:
            return endpoint.inference_id
        make = Choice("make", f"Make an endpoint with {model}", "The form opens with everything filled in.")
        own = Choice("own", f"Go on with {endpoint.model}", f"{endpoint.inference_id} stays as it is.")
        about = "A chat asks the model of its endpoint; this column asked another one."
        chosen = await self.app.push_screen_wait(ChoiceScreen("Keep this one", about, (make, own)))
        if chosen == "make":
            draft = Draft.clone(variation.of(endpoint), await taken_ids(self.inference))
            return await self.app.push_screen_wait(EndpointFormScreen(self.inference, draft))
        return endpoint.inference_id if chosen == "own" else None

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy this column's answer, or one of its code blocks."""
        from tui_app.ui.clipboard import copy
        from tui_app.ui.screens.copying import what_to_copy

        turn = self.chosen.column.turn if self.chosen else None
        text = await what_to_copy(self.app, turn.answer.text if turn else "")
        if text:
            self.notify(await copy(self.app, text), markup=False)
        elif text == "":
            self.notify("There is no text in this answer to copy.")
