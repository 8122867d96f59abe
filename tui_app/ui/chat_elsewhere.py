"""What was said elsewhere: in other chats, for the prompt to bring back; in other terminals, of this chat."""

from __future__ import annotations

from tui_app.core.errors import InfertermError
from tui_app.core.user_messages import UserMessage
from tui_app.ui.chat_actions import ChatActions


class ChatElsewhere(ChatActions):
    """The part of the chat screen that looks elsewhere."""

    _asked_elsewhere: tuple[str, ...] = ()

    async def show_anew(self) -> None:
        """Show the conversation as it stands now."""
        raise NotImplementedError

    async def recall(self) -> None:
        """Learn what was asked in other chats."""
        try:
            self._asked_elsewhere = tuple(await self.inference.chats.prompts(self.chat.conversation.id))
        except InfertermError:  # what hinders the chat itself is said by that
            self._asked_elsewhere = ()
        self.note_earlier()

    def note_earlier(self) -> None:
        """Let the prompt bring back what was asked here, and before that what was asked in other chats."""
        here = (turn.message for turn in self.chat.conversation.turns)
        elsewhere = (UserMessage(text) for text in self._asked_elsewhere if text.strip())
        self.prompt.earlier = (*elsewhere, *here)

    def look_again(self, focused: bool) -> None:
        """Who comes back to this terminal may have gone on with the conversation in another one."""
        if focused and self.is_current:
            self.run_worker(self.look_elsewhere(), group="elsewhere", exclusive=True)

    async def look_elsewhere(self) -> None:
        """Read again what another terminal may have added, and show that."""
        await self.opened()
        try:
            if await self.chat.refresh():
                await self.show_anew()
        except InfertermError as error:
            self.complain(error)
