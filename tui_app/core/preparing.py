"""A request made of a conversation and what is asked next, refused before it is sent where it has to be."""

from __future__ import annotations

import asyncio
from typing import Final

from tui_app.core.attachments import image_block, image_note, size_words
from tui_app.core.conversation import Conversation
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest
from tui_app.core.requests import Request
from tui_app.core.user_messages import UserMessage
from tui_app.core.vision import Sight, Vision, check_images, check_number

MOST_BODY: Final = 32 * 1024 * 1024
"""Bytes that the Messages API takes at once."""
_TAKES: Final = Sight(True)


async def check_sendable(
    vision: Vision, endpoint: Endpoint, earlier: Conversation, message: UserMessage
) -> None:
    """Raise InvalidRequest for a message that the service would refuse with what was said before."""
    message.check()
    images = earlier.images(message, endpoint=endpoint.inference_id, model=endpoint.model)
    if images:
        sight = await vision.of(endpoint)
        check_images(message.images, sight)
        if sight.takes is not False:
            check_number(images)
    size = sum(each.size // 3 * 4 for each in images) + _size_of_texts(earlier, message)
    if size > MOST_BODY:
        raise InvalidRequest(
            f"the request would have {size_words(size)} with all that was said before; "
            f"{size_words(MOST_BODY)} are taken at once",
            "Take an attachment away, or begin a new chat.",
        )


async def request_of(
    vision: Vision, endpoint: Endpoint, earlier: Conversation, message: UserMessage
) -> Request:
    """What is sent to ask a message after all that was said, with the settings of that conversation.

    Images that were sent to another model and that this one does not take become a note. Files are made
    part of it beside the event loop.
    """
    asked = (endpoint.inference_id, endpoint.model)
    images = earlier.images(message, endpoint=asked[0], model=asked[1])
    sight = await vision.of(endpoint) if images else _TAKES
    draw = image_note if sight.takes is False else image_block

    def work() -> Request:
        return Request(
            tuple(earlier.messages(message, endpoint=asked[0], model=asked[1], draw=draw)), earlier.settings
        )

    attached = message.attachments or any(turn.attachments for turn in earlier.turns)
    return await asyncio.to_thread(work) if attached else work()


def _size_of_texts(earlier: Conversation, message: UserMessage) -> int:
    messages = (*(turn.message for turn in earlier.turns), message)
    texts = sum(len(each.text) for each in messages)
    files = sum(each.size for message in messages for each in message.attachments if not each.is_image)
    return texts + files
