"""What a person goes through with kept prompts: make one, edit it, take it into a chat."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from typing import Any

from textual.app import App, SuspendNotSupported

from tui_app.core.conversation import Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.inference import Inference
from tui_app.core.prompts import Prompts, check_name
from tui_app.core.templates import Said, Template
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.screens.line import LineScreen

_FIRST = Template((Said("user", "Write about {{topic}}.\n"),), description="What it is for")


async def create(app: App[Any], prompts: Prompts) -> str | None:
    """Ask for a name and keep a first text. Raises InvalidRequest, StoreFailed."""
    question = LineScreen("A new prompt", "Its name, which is that of its file.", check=_name_problem)
    line = await app.push_screen_wait(question)
    return None if line is None else (await prompts.create(line.strip(), _FIRST)).name


async def edit(app: App[Any], prompts: Prompts, name: str) -> None:
    """Let the person's editor change the file; what runs goes on meanwhile. Raises StoreFailed."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    path = prompts.path(name)
    if not editor:
        app.notify(f"Set EDITOR to edit it from here. The file is {path}", markup=False, timeout=10)
        return
    try:
        with app.batch_update(), app.suspend():
            ended = await asyncio.to_thread(subprocess.run, [*shlex.split(editor), path], check=False)
    except SuspendNotSupported:
        app.notify(f"No editor can be opened from here. The file is {path}", markup=False, timeout=10)
        return
    except (OSError, ValueError) as error:
        raise StoreFailed(f"`{editor}` cannot be started: {error}", f"The file is {path}") from None
    if ended.returncode:
        app.notify(f"The editor ended with {ended.returncode}.", severity="warning", markup=False)


async def take_into_chat(
    app: App[Any], inference: Inference, prompts: Prompts, name: str, about: str | None = None
) -> None:
    """Fill a prompt in, and open a chat with it as what is typed. Raises InfertermError."""
    from tui_app.ui.screens.chat import ChatScreen
    from tui_app.ui.screens.fill import FillScreen

    prompt = await prompts.get(name)
    template: Template | None = prompt.template
    if prompt.template.variables:
        template = await app.push_screen_wait(FillScreen(prompt))
    endpoint = await _endpoint(app, inference, about) if template is not None else None
    if template is None or endpoint is None:
        return
    chat = inference.chats.new(endpoint)
    await chat.configure(Settings(system=template.system))
    await chat.keep_draft(template.last_prompt)
    if len(template.turns) > 1:
        app.notify("A chat begins with what the user says last; its other turns are for ask and batches.")
    await app.push_screen(ChatScreen(inference, endpoint, chat.conversation.id))


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
