"""What a person goes through with kept prompts: make one, edit it, fill it in, take it into a chat."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui_app.core.chat import Chat
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.inference import Inference
from tui_app.core.prompted import lead_in_words, opening, refuses_lead, without_lead
from tui_app.core.prompts import Prompts, check_name
from tui_app.core.templates import Said, Template
from tui_app.ui.editor import editor_command, how_ended, run_in_terminal
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.screens.fill import Filled, FillScreen
from tui_app.ui.screens.line import LineScreen

_FIRST = Template((Said("user", "Write about {{topic}}.\n"),), description="What it is for")


async def create(app: App[Any], prompts: Prompts, first: Template | None = None) -> str | None:
    """Ask for a name and keep a first text. Raises InvalidRequest, StoreFailed."""
    question = LineScreen("A new prompt", "Its name, which is that of its file.", check=_name_problem)
    line = await app.push_screen_wait(question)
    return None if line is None else (await prompts.create(line.strip(), first or _FIRST)).name


async def edit(app: App[Any], prompts: Prompts, name: str) -> None:
    """Let the person's editor change the file; what runs goes on meanwhile. Raises StoreFailed."""
    path = prompts.path(name)
    try:
        code = await run_in_terminal(app, [*editor_command(), str(path)])
    except StoreFailed as error:
        raise StoreFailed(str(error), f"{error.advice} The file is {path}.".strip()) from None
    if code:
        app.notify(f"The editor {how_ended(code)}.", severity="warning", markup=False)


async def choose_and_fill(
    app: App[Any], inference: Inference, prompts: Prompts, inference_id: str, typed: Template | None
) -> Filled | None:
    """Let a prompt be chosen and filled in for an endpoint; a new one begins as what is typed.

    Raises InfertermError.
    """
    from tui_app.ui.screens.prompts import PromptsScreen

    screen = PromptsScreen(inference, prompts, inference_id, picking=True, first=typed)
    name = await app.push_screen_wait(screen)
    return None if name is None else await filled(app, inference, prompts, name, inference_id)


async def filled(
    app: App[Any], inference: Inference, prompts: Prompts, name: str, inference_id: str
) -> Filled | None:
    """Let a prompt be filled in, and say before it is sent what the model will not take of it.

    Raises InfertermError.
    """
    prompt, endpoint = await prompts.get(name), await inference.endpoints.get(inference_id)
    doubt = refuses_lead(prompt.template, endpoint.model)
    found = await app.push_screen_wait(FillScreen(prompt, doubt))
    if found is None or not doubt:
        return found
    choices = (
        Choice("words", "Ask for it in words", "The prompt ends with: begin your answer with exactly this."),
        Choice("without", "Leave the beginning out"),
        Choice("send", "Send it as it is", "The model may have learned to take it."),
    )
    about = f"{doubt}. The answer was to begin with:\n{found.template.lead}"
    chosen = await app.push_screen_wait(ChoiceScreen("This model takes no beginning", about, choices))
    ways = {"words": lead_in_words, "without": without_lead}
    if chosen is None:
        return None
    return Filled(ways[chosen](found.template), found.send) if chosen in ways else found


async def take_into_chat(
    app: App[Any], inference: Inference, prompts: Prompts, name: str, about: str | None = None
) -> None:
    """Fill a prompt in, and open a chat with it as what is typed, or sent. Raises InfertermError."""
    from tui_app.ui.screens.chat import ChatScreen

    endpoint = await _endpoint(app, inference, about)
    found = await filled(app, inference, prompts, name, endpoint) if endpoint is not None else None
    if found is None or endpoint is None:
        return
    chat = await begin_chat(inference, endpoint, found)
    await app.push_screen(ChatScreen(inference, endpoint, chat.conversation.id))


async def begin_chat(inference: Inference, inference_id: str, found: Filled) -> Chat:
    """A new chat with a prompt's system prompt and turns, asked already if wanted. Raises InfertermError."""
    made = opening(found.template)
    chat = await inference.chats.begin(inference_id, made)
    if found.send:
        await chat.send(made.prompt)
    return chat


async def _endpoint(app: App[Any], inference: Inference, about: str | None) -> str | None:
    found = [each for each in await inference.endpoints.stored() if isinstance(each, Endpoint)]
    if not found:
        raise InvalidRequest("there is no endpoint to ask", "Make one first, or take the sandbox.")
    if len(found) == 1:
        return found[0].inference_id
    found.sort(key=lambda each: each.inference_id != about)
    choices = [Choice(each.inference_id, each.inference_id, each.model) for each in found]
    return await app.push_screen_wait(ChoiceScreen("Ask which endpoint?", "", choices))


def _name_problem(line: str) -> str:
    try:
        check_name(line.strip())
    except InvalidRequest as error:
        return error.advice
    return ""
