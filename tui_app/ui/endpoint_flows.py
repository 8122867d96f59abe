"""What follows from a command on an endpoint: dialogues in a row, and what is done with their answers.

Each returns the id of the endpoint that it made or changed, if there is one.
"""

from __future__ import annotations

from textual.app import App
from textual.content import Content

from tui_app.core.drafts import ID, MODEL, Draft
from tui_app.core.endpoint import Endpoint
from tui_app.core.endpoints import Entry
from tui_app.core.inference import Inference
from tui_app.core.keys import KeyState
from tui_app.core.storage import BrokenEndpoint
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.screens.endpoint_form import EndpointFormScreen
from tui_app.ui.screens.verification import Purpose, VerificationScreen
from tui_app.ui.screens.waiting import waited
from tui_app.ui.widgets.endpoint_rows import Row, id_of

_OWN_KEYS = {KeyState.KEYRING, KeyState.RUN, KeyState.VAULT}


async def taken_ids(inference: Inference) -> frozenset[str]:
    """The ids that exist, those of broken files too."""
    return frozenset(item.inference_id for item in await inference.endpoints.stored())


async def create(app: App[object], inference: Inference) -> str | None:
    """A form for a new endpoint."""
    draft = Draft.new(await taken_ids(inference))
    return await app.push_screen_wait(EndpointFormScreen(inference, draft))


async def edit(app: App[object], inference: Inference, endpoint: Endpoint) -> str | None:
    """A form for a kept endpoint."""
    fresh = await inference.endpoints.get(endpoint.inference_id)
    return await app.push_screen_wait(EndpointFormScreen(inference, Draft.edit(fresh)))


async def clone(app: App[object], inference: Inference, endpoint: Endpoint, focus: str = MODEL) -> str | None:
    """A form for a new endpoint that begins as another one, with the cursor in the field `focus`."""
    draft = Draft.clone(endpoint, await taken_ids(inference))
    return await app.push_screen_wait(EndpointFormScreen(inference, draft, focus=focus))


async def explain_rename(app: App[object], inference: Inference, endpoint: Endpoint) -> str | None:
    """Why an id stays what it is; offers a clone under another."""
    about = (
        "An inference id cannot change: programs, conversations and the key are tied to it, and "
        "Elasticsearch has no such call either. A clone under another id does the same; delete "
        "this one afterwards."
    )
    choices = [Choice("clone", "Clone it under another id", "The form opens with everything filled in.")]
    question = f"Rename {endpoint.inference_id}"
    if await app.push_screen_wait(ChoiceScreen(question, about, choices)) == "clone":
        return await clone(app, inference, endpoint, focus=ID)
    return None


async def verify(app: App[object], inference: Inference, endpoint: Endpoint) -> str | None:
    """The ladder for a kept endpoint."""
    await app.push_screen_wait(VerificationScreen(inference, endpoint, None, Purpose.TRY))
    return endpoint.inference_id


async def delete(app: App[object], inference: Inference, row: Row) -> str | None:
    """Delete an endpoint, named with all that goes and all that stays."""
    name = id_of(row)
    talks = len(await inference.chats.entries(name))
    has_key = isinstance(row, Entry) and row.key.state in _OWN_KEYS
    where = row.key.state.value if isinstance(row, Entry) else ""
    screen = ChoiceScreen(f"Delete {name}?", _what_goes(row, talks, where), _ways(has_key, where))
    answer = await app.push_screen_wait(screen)
    if answer in {None, "keep"}:
        return None
    key_gone = await waited(
        app,
        lambda: inference.endpoints.delete(name, with_key=answer == "both"),
        "Waiting for the keyring",
        "The system may show a window that asks for the keyring's password.",
    )
    app.notify(f"{name} is deleted{', and its key' if key_gone else ''}.", markup=False)
    return None


def _ways(has_key: bool, where: str) -> list[Choice]:
    keep = Choice("keep", "Keep it")
    if not has_key:
        return [keep, Choice("file", "Delete the endpoint", danger=True)]
    return [
        keep,
        Choice("both", "Delete the endpoint and its key", f"The key goes from where it lies: {where}.", True),
        Choice("file", "Delete the endpoint, leave its key", "A new endpoint of this id finds it.", True),
    ]


def _what_goes(row: Row, talks: int, where: str) -> Content:
    goes = f"the file {row.path}" if isinstance(row, BrokenEndpoint) else f"the file {id_of(row)}.json"
    stays = (
        f"its {talks} conversation{'s' if talks > 1 else ''}" if talks else "nothing; it has no conversations"
    )
    lies = Content.assemble(("\nKey     ", "$text-muted"), where) if where else Content("")
    return Content.assemble(("Goes    ", "$text-muted"), goes, lies, ("\nStays   ", "$text-muted"), stays)
