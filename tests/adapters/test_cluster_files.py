"""Files to a cluster's endpoints: a second inferterm stands in for the cluster, a sandbox behind it."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tests.pictures import png
from tests.screenshots_api import connect, served
from tests.studio import studio
from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.adapters.routed_messages import RoutedMessages
from tui_app.core.attachments import attachment
from tui_app.core.errors import InvalidRequest
from tui_app.core.user_messages import UserMessage

PHOTO, NOTES = attachment("a.png", png(640, 480)), attachment("notes.txt", b"hello there")
BOTH = UserMessage("what is it?", (), (PHOTO, NOTES))


async def test_images_go_to_chat_completions_and_text_goes_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.studio.HttpMessagesApi", lambda name: RoutedMessages(HttpMessagesApi(name)))
    async with studio() as shop, studio() as there, served(there.inference) as (_, serving):
        whole = await there.endpoint("whole", "claude-sonnet-5-5", 50)
        chatty = whole.model_copy(update={"inference_id": "chatty", "task_type": "chat_completion"})
        await there.inference.endpoints.create(chatty, SecretStr(there.service.key))
        await connect(shop.connections, serving)
        (connection,) = await shop.connections.all()
        chat = shop.inference.chats.new(f"{connection.name}/chatty")
        await chat.send(BOTH)
        await chat.settled()
        text = chat.conversation.turns[-1].answer.text
        assert "a wide image, PNG, 640 by 480 pixels" in text
        assert "the file “notes.txt”, 1 line, 2 words" in text
        plain = shop.inference.chats.new(f"{connection.name}/whole")
        with pytest.raises(InvalidRequest, match="takes text only"):
            await plain.send(BOTH)
        await plain.send(UserMessage("what is it?", (), (NOTES,)))
        await plain.settled()
        assert "hello there" in plain.conversation.turns[-1].answer.text
