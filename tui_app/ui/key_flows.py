"""Keys: where each lies, and what to do when the place for it cannot be used. A key is shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from pydantic import SecretStr
from textual.app import App
from textual.content import Content

from tui_app.core.endpoint import Endpoint, KeySource
from tui_app.core.errors import KeyStoreFailed, KeyTrouble
from tui_app.core.inference import Inference
from tui_app.core.keys import KeyState, KeyStatus
from tui_app.core.text import plain
from tui_app.ui.screens.choice import Choice, ChoiceScreen
from tui_app.ui.screens.line import LineScreen
from tui_app.ui.screens.verification import Purpose, Verdict, VerificationScreen
from tui_app.ui.screens.waiting import GivenUp, waited

Write = Callable[[Endpoint, SecretStr | None], Awaitable[KeyStatus]]
"""Keeps an endpoint with its key; raises KeyStoreFailed before anything is written."""

WAITING: Final = "Waiting for the keyring"
WINDOW: Final = "The system may show a window that asks for the keyring's password."
_AGAIN: Final = {KeyTrouble.LOCKED, KeyTrouble.DISMISSED, KeyTrouble.NO_ANSWER}
_GOES: Final = {"run": "It is kept in memory, for this run only.", "vault": "It goes to the vault."}
_OWN: Final = {KeyState.KEYRING, KeyState.RUN, KeyState.VAULT}


async def keep(
    app: App[object], endpoint: Endpoint, key: SecretStr | None, write: Write, inference: Inference
) -> Endpoint | None:
    """Keep an endpoint and its key; where the place fails, ask for another until one works.

    Returns the endpoint as it was kept, None when the person left it. Raises InfertermErrors of
    other kinds.
    """
    while True:
        try:
            await waited(app, partial(write, endpoint, key), WAITING, WINDOW)
            return endpoint
        except GivenUp:
            trouble = KeyStoreFailed(KeyTrouble.NO_ANSWER, "Nobody answered the keyring's window.")
        except KeyStoreFailed as error:
            trouble = error
        if key is None:
            raise trouble
        place = await choose_place(app, inference, endpoint, trouble)
        if place is None:
            return None
        endpoint = with_source(endpoint, place)
        key = None if place.place in {"environment", "command"} else key


def with_source(endpoint: Endpoint, source: KeySource) -> Endpoint:
    """The endpoint with its key looked for elsewhere."""
    return endpoint.model_copy(update={"local": endpoint.local.model_copy(update={"key": source})})


async def choose_place(
    app: App[object], inference: Inference, endpoint: Endpoint, trouble: KeyStoreFailed | None
) -> KeySource | None:
    """Ask where a key is to lie or to be found; None when the person left it."""
    while True:
        screen = ChoiceScreen(
            _question(endpoint, trouble), _trouble_words(trouble), _places(endpoint, trouble)
        )
        answer = await app.push_screen_wait(screen)
        match answer:
            case None:
                return None
            case "run" | "keyring":
                return KeySource(place=answer)
            case "environment":
                source = await _variable(app, endpoint)
            case "command":
                source = await _command(app, endpoint)
            case _:
                source = KeySource(place="vault") if await open_vault(app, inference) else None
        if source is not None:
            return source


def _question(endpoint: Endpoint, trouble: KeyStoreFailed | None) -> str:
    of = endpoint.inference_id
    return f"Where does the key of {of} lie?" if trouble is None else f"The key of {of} is not kept yet"


def _trouble_words(trouble: KeyStoreFailed | None) -> Content:
    if trouble is None:
        return Content("")
    advice = f"\n{trouble.advice}" if trouble.advice else ""
    return Content.assemble((f"✗ {plain(str(trouble))}", "$text-error"), (plain(advice), "$text-muted"))


def _places(endpoint: Endpoint, trouble: KeyStoreFailed | None) -> list[Choice]:
    variable = endpoint.local.key.variable
    choices = [
        Choice("run", "For this run only", "Kept in memory; asked for again next time."),
        Choice("environment", "From an environment variable", f"Such as ${variable}; only its name is kept."),
        Choice("command", "From a command", "A password manager that prints it; only the command is kept."),
        Choice("vault", "In the encrypted vault", "A file of inferterm's own under a passphrase."),
    ]
    if trouble is None:
        choices.insert(0, Choice("keyring", "In the system's keyring", "The usual place."))
    elif trouble.trouble in _AGAIN:
        choices.insert(
            0, Choice("keyring", "Try the keyring again", "Unlock it first, or answer its window.")
        )
    return choices


async def _variable(app: App[object], endpoint: Endpoint) -> KeySource | None:
    def check(line: str) -> str:
        name = line.strip()
        if not name.isidentifier() or not name.isascii():
            return "a variable's name has letters, digits and _"
        return ""

    about = "Its name is kept, never what it holds. Set it before inferterm starts."
    value = endpoint.local.key.variable
    name = await app.push_screen_wait(LineScreen("Name of the variable", about, value=value, check=check))
    if name is None:
        return None
    if not os.environ.get(name.strip()):
        app.notify(f"${name.strip()} is not set in this terminal yet.", severity="warning", markup=False)
    return KeySource(place="environment", variable=name.strip())


async def _command(app: App[object], endpoint: Endpoint) -> KeySource | None:
    about = "It prints the key, such as `pass show anthropic` or `op read op://vault/anthropic/key`."
    value = endpoint.local.key.command
    line = await app.push_screen_wait(LineScreen("Command that prints the key", about, value=value))
    return None if line is None else KeySource(place="command", command=line.strip())


async def open_vault(app: App[object], inference: Inference) -> bool:
    """Ask for the vault's passphrase until it opens; twice for a vault that is made now."""
    report = await inference.keys.vault()
    if report.works:
        return True
    new, problem = report.trouble is KeyTrouble.ABSENT, ""
    while True:
        passphrase = await _passphrase(app, problem, new)
        if passphrase is None:
            return False
        try:
            await waited(app, partial(inference.keys.open_vault, passphrase), "Opening the vault")
            return True
        except GivenUp:
            return False
        except KeyStoreFailed as error:
            problem = "\n".join(filter(None, (plain(str(error)), plain(error.advice))))


async def _passphrase(app: App[object], problem: str, new: bool) -> SecretStr | None:
    about = "It is asked for once a run. Nobody can open the vault without it."
    question = "Passphrase for a new vault" if new else "Passphrase of the vault"
    first = await app.push_screen_wait(LineScreen(question, about, secret=True, problem=problem))
    if first is None or not new:
        return None if first is None else SecretStr(first)

    def same(line: str) -> str:
        return "" if line == first else "this is another one"

    again = await app.push_screen_wait(LineScreen("The same once more", about, secret=True, check=same))
    return None if again is None else SecretStr(again)


async def manage(app: App[object], inference: Inference, endpoint: Endpoint) -> str | None:
    """The key of a kept endpoint: paste or replace it, say where it lies, delete it."""
    entry = await inference.endpoints.entry(endpoint.inference_id)
    endpoint, status = entry.endpoint, entry.key
    if endpoint.local.sandbox:
        app.notify("The sandbox needs no key.", markup=False)
        return None
    answer = await app.push_screen_wait(
        ChoiceScreen(f"Key of {endpoint.inference_id}", _status(status), _ways(endpoint, status))
    )
    match answer:
        case "paste":
            await _replace(app, inference, endpoint)
        case "unlock":
            await open_vault(app, inference)
        case "place":
            await _move(app, inference, endpoint)
        case "delete":
            await waited(app, lambda: inference.keys.delete(endpoint.inference_id), WAITING, WINDOW)
            await inference.endpoints.note(endpoint.inference_id, key_refused=False)
            app.notify(f"The key of {endpoint.inference_id} is deleted.", markup=False)
    return endpoint.inference_id


def _status(status: KeyStatus) -> Content:
    pieces = [status.state.value, status.detail, status.fingerprint and f"fingerprint {status.fingerprint}"]
    return Content(", ".join(plain(piece) for piece in pieces if piece))


def _ways(endpoint: Endpoint, status: KeyStatus) -> list[Choice]:
    has = status.state is not KeyState.MISSING
    goes = _GOES.get(endpoint.local.key.place, "It goes to the keyring.")
    about = "The new one is verified before the old one is let go." if has else goes
    ways = [
        Choice("paste", "Replace it" if has else "Paste a key", about),
        Choice("place", "Say where it lies instead", "A variable, a command, the vault, this run only."),
    ]
    if endpoint.local.key.place == "vault" and status.state is KeyState.UNAVAILABLE:
        ways.insert(0, Choice("unlock", "Open the vault", "Its passphrase is asked for once a run."))
    if status.state in _OWN:
        ways.append(Choice("delete", "Delete the key", "Requests of this endpoint need another then.", True))
    return ways


async def _replace(app: App[object], inference: Inference, endpoint: Endpoint) -> None:
    about = "Paste it here; it is masked, and shown never again."
    typed = await app.push_screen_wait(LineScreen("API key", about, secret=True, placeholder="sk-ant-…"))
    if typed is None:
        return
    key = SecretStr(typed.strip())
    verdict = await app.push_screen_wait(VerificationScreen(inference, endpoint, key, Purpose.KEY))
    if verdict.outcome not in {Verdict.PASSED, Verdict.ANYWAY}:
        return
    kept_before = endpoint
    if endpoint.local.key.place in {"environment", "command"}:
        endpoint = with_source(endpoint, KeySource())

    async def write(tried: Endpoint, given: SecretStr | None) -> KeyStatus:
        return await inference.endpoints.change(tried, given, kept_before)

    if await keep(app, endpoint, key, write, inference) is None:
        return
    if verdict.outcome is Verdict.PASSED:
        await inference.note_verified(endpoint.inference_id, verdict.seconds)
    elif verdict.error is not None:
        await inference.note_failure(endpoint.inference_id, verdict.error)
    app.notify(f"The key of {endpoint.inference_id} is kept.", markup=False)


async def _move(app: App[object], inference: Inference, endpoint: Endpoint) -> None:
    source = await choose_place(app, inference, endpoint, None)
    if source is None:
        return
    changed = with_source(endpoint, source)
    await inference.endpoints.change(changed, None, endpoint)
    if source.place in {"environment", "command"}:
        return
    if (await inference.endpoints.entry(endpoint.inference_id)).key.state is KeyState.MISSING:
        await _replace(app, inference, changed)
