"""Comparisons: one prompt asked in several columns at once, each with a reply of its own."""

from __future__ import annotations

from collections.abc import Callable

from tui_app.core.chat import Chat
from tui_app.core.chats import Chats
from tui_app.core.comparison_column import Column
from tui_app.core.errors import InvalidRequest
from tui_app.core.office import Office
from tui_app.core.storage import BrokenEndpoint
from tui_app.core.user_messages import UserMessage
from tui_app.core.variations import Setup, SetupStore, Variation


class Comparison:
    """Columns that ask the same; their replies run on while nobody looks.

    `message` was asked last or is to be asked; it is empty before. `against` is the place of the
    column with which the others are compared.
    """

    def __init__(self, setup: Setup, office: Office, prompt: UserMessage | str = "") -> None:
        self._office, self._listeners = office, set[Callable[[], None]]()
        self.setup, self.message, self.against = setup, UserMessage.of(prompt), 0
        self.columns = tuple(self._column(each) for each in setup.columns)

    @property
    def busy(self) -> bool:
        """Whether a reply is on its way."""
        return any(column.busy for column in self.columns)

    @property
    def asked(self) -> bool:
        """Whether anything was asked."""
        return any(column.turn for column in self.columns)

    def subscribe(self, ended: Callable[[], None]) -> Callable[[], None]:
        """Call `ended` whenever a reply ends; returns what stops that."""
        self._listeners.add(ended)
        return lambda: self._listeners.discard(ended)

    def ask(self, prompt: UserMessage | str) -> None:
        """Ask in all columns at once. Raises InvalidRequest if one still answers or nothing is asked."""
        message = UserMessage.of(prompt).check()
        if self.busy:
            raise InvalidRequest(
                "an answer is still on its way", "Stop it with Esc, or wait until all have ended."
            )
        self.message = message
        for column in self.columns:
            column.ask(message, self.setup.settings(column.variation))

    def again(self, column: Column) -> None:
        """Ask the prompt again in one column, or at once if that waits for another attempt."""
        if column.busy:
            column.skip_wait()
        elif self.message:
            column.ask(self.message, self.setup.settings(column.variation))

    async def arrange(self, setup: Setup) -> None:
        """Have other columns; those that stay as they are keep their answers, the others are stopped."""
        rest = list(self.columns)
        chosen = self.columns[self.against]
        made = []
        for variation in setup.columns:
            same = next((each for each in rest if each.variation == variation), None)
            if same is not None:
                rest.remove(same)
            made.append(same or self._column(variation))
        for gone in rest:
            await gone.stop()
        self.setup, self.columns = setup, tuple(made)
        self.against = made.index(chosen) if chosen in made else 0

    async def stop(self) -> None:
        """Stop all columns, keeping what came."""
        for column in self.columns:
            await column.stop()

    def _column(self, variation: Variation) -> Column:
        return Column(variation, self._office, self._tell)

    def _tell(self) -> None:
        for ended in tuple(self._listeners):
            ended()


class Comparisons:
    """The comparison of this process, and the columns of the last time. All raise StoreFailed."""

    def __init__(self, office: Office, chats: Chats, store: SetupStore) -> None:
        self._office, self._chats, self._store = office, chats, store
        self.current: Comparison | None = None

    async def open(
        self, first: Variation, prompt: UserMessage | str = "", system: str | None = None
    ) -> Comparison:
        """The comparison that goes on, or a new one with the columns of the last time and `first` as one.

        One whose column one asks the same endpoint goes on too, unless there is another prompt.
        """
        current = self.current
        if current is not None and (current.busy or _continues(current, first, UserMessage.of(prompt))):
            return current
        known = [
            each.inference_id
            for each in await self._office.endpoints.stored()
            if not isinstance(each, BrokenEndpoint)
        ]
        last = await self._store.load()
        setup = last.led_by(first, known)
        if system is not None:
            setup = Setup(setup.columns, system)
        self.current = Comparison(setup, self._office, prompt)
        return self.current

    async def arrange(self, comparison: Comparison, setup: Setup) -> None:
        """Give a comparison other columns, and remember them for the next time."""
        await comparison.arrange(setup)
        await self._store.save(setup)

    async def keep(self, column: Column, endpoint: str) -> Chat | None:
        """Go on with a column's answer as a chat with `endpoint`; None where nothing has ended."""
        conversation = column.conversation(endpoint, self._office.clock())
        if conversation is None:
            return None
        return await self._chats.open(await self._office.history.put(conversation, conversation.turns))

    async def aclose(self) -> None:
        """Stop every reply."""
        if self.current is not None:
            await self.current.stop()


def _continues(current: Comparison, first: Variation, message: UserMessage) -> bool:
    same = current.columns[0].variation.endpoint == first.endpoint
    return same and current.asked and (not message or message == current.message)
