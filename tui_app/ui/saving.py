"""Saving what stands in a form: verified first if so chosen, then kept with its key."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr
from textual.app import App

from tui_app.core.drafts import Draft
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.keys import KeyState, KeyStatus
from tui_app.core.text import plain
from tui_app.ui.key_flows import keep
from tui_app.ui.screens.verification import Judgement, Purpose, Verdict, VerificationScreen

_OWN_KEYS = {KeyState.KEYRING, KeyState.RUN, KeyState.VAULT}


@dataclass(frozen=True, slots=True)
class Saved:
    """The form may close: `inference_id` was kept, or nothing where what was typed is discarded."""

    inference_id: str | None


async def save(app: App[object], inference: Inference, draft: Draft, *, verify: bool) -> Saved | None:
    """Verify and keep a draft without problems; None when the person goes back to the form.

    Raises the InfertermErrors of keeping.
    """
    found = draft.read()
    assert found.endpoint is not None
    key = found.key or await cloned_key(inference, draft)
    judgement = Judgement(Verdict.ANYWAY)
    if verify:
        screen = VerificationScreen(inference, found.endpoint, key, Purpose.SAVE)
        judgement = await app.push_screen_wait(screen)
    if judgement.outcome is Verdict.DISCARD:
        return Saved(None)
    if judgement.outcome is Verdict.FIX:
        return None

    async def write(endpoint: Endpoint, given: SecretStr | None) -> KeyStatus:
        if draft.origin is None:
            return await inference.endpoints.create(endpoint, given)
        return await inference.endpoints.change(endpoint, given, draft.origin)

    kept = await keep(app, found.endpoint, key, write, inference)
    if kept is None:
        return None
    await _after(app, inference, draft, kept, judgement)
    return Saved(kept.inference_id)


async def cloned_key(inference: Inference, draft: Draft) -> SecretStr | None:
    """The key that a clone takes over: that of its source, if it is the source's own."""
    if draft.source is None or draft.sandbox or draft.source.local.sandbox:
        return None
    try:
        key, status = await inference.keys.find(draft.source)
    except InfertermError:
        return None
    return key if status.state in _OWN_KEYS else None


async def _after(
    app: App[object], inference: Inference, draft: Draft, kept: Endpoint, judgement: Judgement
) -> None:
    name, words = kept.inference_id, "is saved"
    if judgement.outcome is Verdict.PASSED:
        await inference.note_verified(name, judgement.seconds)
        words = "is verified and saved"
    elif judgement.error is not None:
        await inference.note_failure(name, judgement.error)
    status = await inference.keys.status(kept) if not kept.local.sandbox else None
    if status is None:
        app.notify(f"{name} {words}.", markup=False)
    elif status.state in {KeyState.MISSING, KeyState.UNAVAILABLE}:
        why = plain(status.detail) or "it has no key yet"
        app.notify(f"{name} {words}, but {why}. Press k to see to its key.", severity="warning", markup=False)
    else:
        app.notify(f"{name} {words}; its key: {status.state}.", markup=False)
