"""What a person can do in a chat; each asks what it must and then acts through the Chat."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import replace

from textual import work
from textual.app import SystemCommand

from tui_app.core.conversation import Answer
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Entry
from tui_app.core.errors import GivenBack, InfertermError
from tui_app.core.remedies import Remedy, blamed, remedies
from tui_app.core.user_messages import UserMessage
from tui_app.ui.equipment import Testing
from tui_app.ui.sandbox_words import sandbox_offers
from tui_app.ui.turn_actions import TurnActions
from tui_app.ui.widgets.chat_face import ChatFace
from tui_app.ui.widgets.prompt import Prompt


class ChatActions(TurnActions):
    """The actions of the chat screen."""

    entry: Entry | None
    last_answer: Answer | None

    async def opened(self) -> None:
        """Wait until there is a conversation."""
        raise NotImplementedError

    def show_head(self) -> None:
        """Say anew who answers, and with which settings."""
        raise NotImplementedError

    @property
    def asked(self) -> Sequence[Endpoint]:
        """The endpoint of the chat."""
        return [self.entry.endpoint] if self.entry else []

    @property
    def _ways(self) -> tuple[Remedy, ...]:
        if self.last_answer is None or self.chat.busy:
            return ()
        return remedies(self.last_answer)

    @property
    def _counting_down(self) -> bool:
        progress = self.chat.progress
        return progress is not None and progress.retrying

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is impossible is not offered."""
        busy, last, ways = self.chat.busy, self.last_answer, self._ways
        possible = {
            "stop": busy and self.editing is None,
            "leave": not busy or self.editing is not None,
            "turns": last is not None and self.prompt.has_focus,
            "go_on": self._counting_down or Remedy.PROCEED in ways,
            "raise_limit": Remedy.RAISE in ways,
            "without": Remedy.WITHOUT in ways,
            "again": not busy and last is not None,
            "copy": last is not None and (busy or bool(last.blocks)),
        }
        return possible.get(action, True)

    def complain(self, error: InfertermError) -> None:
        """Say what went wrong and what to do."""
        self.notify(f"{error}\n{error.advice}".strip(), severity="error", markup=False, timeout=12)

    async def attempt(self, step: Awaitable[object]) -> bool:
        """Do something, and say what went wrong if it did."""
        try:
            await step
        except GivenBack:
            return False
        except InfertermError as error:
            self.complain(error)
            return False
        return True

    @work(group="send")
    async def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        """Send the prompt; it comes back, before what was typed since, when that is not possible."""
        await self.opened()
        editing, message = self.editing, event.message
        self.end_editing()
        self.prompt.handed_in = UserMessage()
        step = self.chat.send(message) if editing is None else self.chat.edit(editing, message)
        if await self.attempt(step):
            if editing is not None:
                await self.keep_draft()
        elif editing is not None and any(turn.id == editing for turn in self.chat.conversation.turns):
            self.begin_editing(editing, message)
        else:
            self.prompt.put(message.followed_by(self.prompt.message, gap=""))

    def more_commands(self) -> Iterator[SystemCommand]:
        """What can be done with the last turn, and what can be said to the sandbox."""
        yield from super().more_commands()
        if any(each.local.sandbox for each in self.asked):
            yield from sandbox_offers(self._propose)

    def on_chat_face_chosen(self, event: ChatFace.Chosen) -> None:
        """Let an example be changed and sent."""
        self._propose(event.prompt)

    def _propose(self, prompt: str) -> None:
        self.prompt.put_text(prompt)
        self.prompt.focus()

    async def on_prompt_rested(self, event: Prompt.Rested) -> None:
        """Keep what was typed, and weigh it."""
        self.weigh(event.message)
        self.look_at_files()
        if self.editing is None:
            await self.keep_draft()

    async def action_stop(self) -> None:
        """Stop the reply."""
        await self.attempt(self.chat.stop())

    async def action_leave(self) -> None:
        """Back to where the chat was opened, or to the prompt that is to be sent next."""
        if self.editing is not None:
            self.end_editing()
            return
        await self.keep_draft()
        self.dismiss()

    async def action_go_on(self) -> None:
        """Skip the wait of a retry, or let a cut answer continue."""
        if self._counting_down:
            self.chat.skip_wait()
        else:
            await self.attempt(self.chat.proceed())

    async def action_again(self) -> None:
        """Ask the last prompt again."""
        await self.attempt(self.chat.retry())

    async def action_without(self) -> None:
        """Ask again without the settings that were refused."""
        if self.last_answer is None:
            return
        settings = self.chat.settings.leaving_out(blamed(self.last_answer))
        if await self.attempt(self.chat.configure(settings)):
            self.show_head()
            await self.attempt(self.chat.retry())

    async def action_new(self) -> None:
        """Begin a new conversation."""
        await self.keep_draft()
        self.switch_to(self.inference.chats.new(self.chat.conversation.endpoint))

    def action_older(self) -> None:
        """Scroll up by a page."""
        self.transcript.by_page(-1)

    def action_newer(self) -> None:
        """Scroll down by a page."""
        self.transcript.by_page(1)

    def action_oldest(self) -> None:
        """Scroll to the top."""
        self.transcript.to_start()

    def action_newest(self) -> None:
        """Follow the end."""
        self.transcript.to_end()

    @work(group="settings", exclusive=True)
    async def action_settings(self, focus: str = "system") -> None:
        """Change the settings of this chat."""
        await self._change_settings(focus)

    async def _change_settings(self, focus: str) -> bool:
        from tui_app.ui.screens.chat_settings import ChatSettingsScreen

        if self.entry is None:
            return False
        screen = ChatSettingsScreen(self.entry.endpoint, self.chat.settings, focus)
        settings = await self.app.push_screen_wait(screen)
        if settings is None or not await self.attempt(self.chat.configure(settings)):
            return False
        self.show_head()
        return True

    async def action_side_by_side(self) -> None:
        """Ask the prompt that stands here, or the last one, of several endpoints at once."""
        from tui_app.core.variations import Variation
        from tui_app.ui.screens.side_by_side import SideBySideScreen

        await self.keep_draft()
        turns, settings = self.chat.conversation.turns, self.chat.settings
        prompt = self.prompt.message or (turns[-1].message if turns else UserMessage())
        first = Variation(self.chat.conversation.endpoint, settings=replace(settings, system=""))
        await self.app.push_screen(SideBySideScreen(self.inference, first, prompt, settings.system))

    @work(group="prompts", exclusive=True)
    async def action_prompts(self) -> None:
        """Fill a kept prompt in, here or, with turns or a system prompt of its own, in a new chat."""
        from tui_app.core.prompted import opening
        from tui_app.core.templates import Said, Template
        from tui_app.ui.prompt_flows import begin_chat, choose_and_fill

        if not isinstance(self.app, Testing) or (prompts := self.app.equipment.prompts) is None:
            return
        turns, endpoint = self.chat.conversation.turns, self.chat.conversation.endpoint
        typed = self.prompt.message.text.strip() or (turns[-1].prompt if turns else "")
        first = Template((Said("user", typed),), self.chat.settings.system) if typed else None
        try:
            found = await choose_and_fill(self.app, self.inference, prompts, endpoint, first)
            made = opening(found.template) if found else None
            if found is None or made is None:
                return
            if made.fits(self.chat.settings.system):
                await self._take_prompt(made.prompt, send=found.send)
                return
            await self.keep_draft()
            self.switch_to(await begin_chat(self.inference, endpoint, found))
        except InfertermError as error:
            self.complain(error)
        self.prompt.focus()

    async def _take_prompt(self, prompt: str, *, send: bool) -> None:
        """Send a prompt, leaving what is typed, or put it after that. Raises InfertermError."""
        if send:
            typed = self.prompt.message
            await self.chat.send(prompt, typed)
        else:
            self.prompt.put(self.prompt.message.followed_by(UserMessage(prompt)))

    @work(group="settings", exclusive=True)
    async def action_raise_limit(self) -> None:
        """Raise max_tokens for this chat, then go on as the person wants."""
        from tui_app.ui.screens.choice import Choice, ChoiceScreen

        if not await self._change_settings("max_tokens"):
            return
        question = ChoiceScreen(
            "The limit is changed",
            "How shall the cut answer go on?",
            (
                Choice("proceed", "Continue it", "The model is asked to go on where it stopped."),
                Choice("again", "Ask again", "The whole answer comes anew in place of the cut one."),
            ),
        )
        chosen = await self.app.push_screen_wait(question)
        if chosen == "proceed":
            await self.attempt(self.chat.proceed())
        elif chosen == "again":
            await self.attempt(self.chat.retry())

    @work(group="conversations", exclusive=True)
    async def action_conversations(self) -> None:
        """Choose another conversation; one that was deleted is left."""
        await self._choose_conversation(searching=False)

    @work(group="conversations", exclusive=True)
    async def action_search(self) -> None:
        """Search all conversations, and go over to what was found."""
        await self._choose_conversation(searching=True)

    async def _choose_conversation(self, *, searching: bool) -> None:
        from tui_app.ui.screens.conversations import ConversationsScreen

        await self.keep_draft()
        screen = ConversationsScreen(self.inference, searching=searching)
        chosen = await self.app.push_screen_wait(screen)
        chats, here = self.inference.chats, self.chat.conversation
        try:
            chat = await chats.open(chosen.id, chosen.turn_id) if chosen else None
            if chat is None and here.id:
                chat = await chats.open(here.id) or chats.new(here.endpoint)
        except InfertermError as error:
            self.complain(error)
            return
        at = chosen.turn_id if chosen else None
        if chat is not None and (chat is not self.chat or at is not None):
            self.transcript.look_for(chosen.words if chosen else "")
            self.switch_to(chat, at)
        self.show_head()

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy the last answer, or one of its code blocks."""
        from tui_app.ui.clipboard import copy
        from tui_app.ui.screens.copying import what_to_copy

        turns = self.chat.conversation.turns
        text = await what_to_copy(self.app, turns[-1].answer.text if turns else "")
        if text:
            self.notify(await copy(self.app, text), markup=False)
        elif text == "":
            self.notify("There is no text in this answer to copy.")
