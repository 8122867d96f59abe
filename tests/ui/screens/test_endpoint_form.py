"""The form judges while it is typed, verifies before it saves, and never loses what was typed."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes_service import refused, reply
from tests.ui.bench import Bench, bench, endpoint, seen, until
from tui_app.core.drafts import ID, KEY, MODEL
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import KeyTrouble
from tui_app.core.fields import FIELDS
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.choice import ChoiceScreen
from tui_app.ui.screens.endpoint_form import EndpointFormScreen
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.line import LineScreen
from tui_app.ui.screens.verification import VerificationScreen
from tui_app.ui.screens.waiting import WaitingScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])
WIDE = (120, 40)


async def open_form(pilot: Pilot[None], key: str = "n") -> EndpointFormScreen:
    """Open the form from the list."""
    await until(pilot, lambda: isinstance(pilot.app.focused, object) and pilot.app.screen.is_current)
    await until(pilot, lambda: "quit" in seen(pilot.app))
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, EndpointFormScreen))
    screen = pilot.app.screen
    assert isinstance(screen, EndpointFormScreen)
    await until(pilot, lambda: "PUT _inference" in seen(pilot.app) or pilot.app.size.width < 100)
    return screen


async def fill(pilot: Pilot[None], form: EndpointFormScreen, **typed: str) -> None:
    """Type into fields by the last part of their path."""
    paths = {"model": MODEL, "key": KEY, "id": ID, "tokens": "task_settings.max_tokens"}
    paths["rate"] = "service_settings.rate_limit.requests_per_minute"
    for name, text in typed.items():
        form.row(paths[name]).query_one(Input).value = text
        await pilot.pause()


def probe_passes(made: Bench) -> None:
    """Let the next verification pass."""
    made.api.scripts.append(reply("so big"))


def kept(made: Bench, inference_id: str) -> Endpoint:
    """An endpoint as the store has it."""
    found = made.store.entries[inference_id]
    assert isinstance(found, Endpoint)
    return found


@SIZES
async def test_the_id_follows_the_model_and_the_body_shows_beside_it(size: tuple[int, int]) -> None:
    app = bench(endpoint("claude-haiku-4-5")).app()
    async with app.run_test(size=size) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="claude-haiku-4-5")
        assert form.row(ID).query_one(Input).value == "claude-haiku-4-5-2"
        await until(pilot, lambda: "PUT _inference/completion/claude-haiku-4-5-2" in seen(app))


async def test_a_narrow_form_counts_the_problems_that_it_has_no_room_to_name() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, tokens="many")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✗ correct: Model and 2 more" in seen(app))


async def test_a_problem_shows_while_typing_and_saving_goes_to_the_first() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, tokens="many")
        await pilot.press("tab")
        await until(pilot, lambda: "✗ must be a whole number" in seen(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✗ is required" in seen(app))
        assert form.focused is form.row(MODEL).query_one(Input)
        assert "correct: Model, Inference id, Max tokens" in seen(app)
        assert isinstance(app.screen, EndpointFormScreen)


async def test_a_model_that_refuses_a_setting_is_cautioned_and_can_be_saved() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="claude-sonnet-4-5", tokens="999999")
        await until(pilot, lambda: "! claude-sonnet-4-5 is deprecated" in " ".join(seen(app).split()))
        assert "gives at most 64,000 tokens" in seen(app)
        assert "✓ can be saved" in seen(app)


async def test_saving_verifies_keeps_the_key_and_puts_the_cursor_there() -> None:
    made = bench(endpoint("aaa"))
    probe_passes(made)
    app = made.app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="claude-haiku-4-5", key="sk-new-1", id="zzz", rate="3")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Verified: it works." in seen(app))
        assert "✓ parameters accepted" in seen(app)
        assert "zzz" not in made.store.entries
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))
        assert kept(made, "zzz").limit == 3
        assert made.keys.keys["zzz"].get_secret_value() == "sk-new-1"
        assert made.health.healths["zzz"].verified_at is not None
        await until(
            pilot, lambda: isinstance(app.screen, EndpointListScreen) and "zzz" in str(app.screen.row)
        )
        assert "sk-new-1" not in seen(app)


async def test_a_failed_verification_loses_nothing_and_may_be_saved_anyway() -> None:
    made = bench(endpoint("aaa"))
    made.api.catalogue = refused(401, "authentication_error", "invalid x-api-key")
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="claude-haiku-4-5", key="sk-bad", id="zzz")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✗ key accepted" in seen(app))
        assert "invalid x-api-key" in seen(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is form)
        assert form.row(KEY).query_one(Input).value == "sk-bad"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Save anyway" in seen(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "zzz" in made.store.entries)


async def test_without_a_keyring_the_key_lives_for_this_run_if_so_chosen() -> None:
    made = bench(endpoint("aaa"), key=None)
    made.keys.trouble = KeyTrouble.ABSENT
    probe_passes(made)
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="claude-haiku-4-5", key="sk-1", id="zzz")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Verified: it works." in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        assert "the keyring is absent" in seen(app)
        assert "zzz" not in made.store.entries
        await pilot.press("enter")
        await until(pilot, lambda: "zzz" in made.store.entries)
        assert kept(made, "zzz").local.key.place == "run"
        assert made.keys.kept == [("zzz", "run")]


async def saving_unverified(pilot: Pilot[None]) -> EndpointFormScreen:
    """Fill in a new endpoint with a key and save it without a look at the service."""
    form = await open_form(pilot)
    await fill(pilot, form, model="claude-haiku-4-5", key="sk-1", id="zzz")
    form.query_one("#verify-first").focus()
    await pilot.press("space", "ctrl+s")
    return form


async def test_without_a_keyring_a_variable_may_be_named_and_the_key_is_kept_nowhere() -> None:
    made = bench(endpoint("aaa"), key=None)
    made.keys.trouble = KeyTrouble.LOCKED
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        await saving_unverified(pilot)
        await until(pilot, lambda: "Try the keyring again" in seen(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        await pilot.press("enter")
        await until(pilot, lambda: "zzz" in made.store.entries)
        source = kept(made, "zzz").local.key
        assert (source.place, source.variable) == ("environment", "ANTHROPIC_API_KEY")
        assert made.keys.kept == []


async def test_a_new_vault_asks_twice_and_then_keeps_the_key() -> None:
    made = bench(endpoint("aaa"), key=None)
    made.keys.trouble = KeyTrouble.ABSENT
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        await saving_unverified(pilot)
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("end", "enter")
        await until(pilot, lambda: "Passphrase for a new vault" in seen(app))
        await pilot.press(*"open", "enter")
        await until(pilot, lambda: "The same once more" in seen(app))
        await pilot.press(*"opem", "enter")
        await until(pilot, lambda: "this is another one" in seen(app))
        await pilot.press("backspace", "n", "enter")
        await until(pilot, lambda: made.keys.kept == [("zzz", "vault")])
        assert kept(made, "zzz").local.key.place == "vault"
        assert "open" not in str(made.store.entries["zzz"])


async def test_a_wrong_passphrase_is_told_where_the_right_one_is_typed() -> None:
    made = bench(endpoint("aaa"), key=None)
    made.keys.trouble, made.keys.vault_is_there = KeyTrouble.ABSENT, True
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        await saving_unverified(pilot)
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("end", "enter", *"nope", "enter")
        await until(pilot, lambda: isinstance(app.screen, LineScreen) and "does not open it" in seen(app))
        assert "Try again." in seen(app)
        await pilot.press(*"passphrase", "enter")
        await until(pilot, lambda: made.keys.kept == [("zzz", "vault")])


async def test_a_keyring_that_nobody_answers_can_be_given_up() -> None:
    made = bench(endpoint("aaa"), key=None)
    made.keys.trouble = KeyTrouble.NO_ANSWER
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        form = await saving_unverified(pilot)
        await until(pilot, lambda: isinstance(app.screen, WaitingScreen))
        await until(pilot, lambda: "Waiting for the keyring" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Try the keyring again" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is form)
        assert form.row(KEY).query_one(Input).value == "sk-1"


async def test_the_sandbox_needs_no_key() -> None:
    made = bench(endpoint("aaa"))
    probe_passes(made)
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="claude-haiku-4-5", id="box")
        await pilot.press("shift+tab", "right")
        await until(pilot, lambda: "API key" not in seen(app))
        assert "No key is needed" in seen(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Verified: it works." in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "box" in made.store.entries)
        assert kept(made, "box").local.sandbox


async def test_leaving_with_something_typed_asks_first() -> None:
    app = bench(endpoint("aaa")).app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="m")
        await pilot.press("escape")
        if app.screen is form:
            await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is form)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))


async def test_models_of_the_service_are_suggested_and_one_is_picked() -> None:
    app = bench(endpoint("aaa")).app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await until(pilot, lambda: "1M in, 128k out" in seen(app))
        await pilot.press(*"sonnet-5-5")
        await until(pilot, lambda: "claude-haiku" not in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: form.draft.values[MODEL] == "claude-sonnet-5-5")
        assert form.draft.inference_id == "claude-sonnet-5-5"


async def test_editing_keeps_the_id_and_refuses_to_overwrite_a_change_of_somebody_else() -> None:
    made = bench(endpoint("aaa", limit=5))
    app = made.app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        form = await open_form(pilot, "e")
        assert form.row(ID).query_one(Input).disabled
        await fill(pilot, form, rate="9")
        made.store.put(endpoint("aaa", limit=7))
        form.query_one("#verify-first").focus()
        await pilot.press("space", "ctrl+s")
        await until(pilot, lambda: "changed by somebody else" in " ".join(seen(app).split()))
        assert app.screen is form
        assert kept(made, "aaa").limit == 7


async def test_a_clone_takes_the_key_over_under_a_free_id() -> None:
    made = bench(endpoint("aaa"))
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        form = await open_form(pilot, "c")
        assert form.draft.inference_id == "aaa-2"
        form.query_one("#verify-first").focus()
        await pilot.press("space", "ctrl+s")
        await until(pilot, lambda: "aaa-2" in made.store.entries)
        assert made.keys.keys["aaa-2"] == made.keys.keys["aaa"]


async def test_verifying_in_the_form_keeps_nothing() -> None:
    made = bench(endpoint("aaa"))
    probe_passes(made)
    app: InfertermApp = made.app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="claude-haiku-4-5", key="sk-1", id="zzz")
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, VerificationScreen))
        await until(pilot, lambda: "Verified: it works." in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is form)
        assert "zzz" not in made.store.entries


async def test_enter_goes_on_to_the_next_field_past_the_models_that_are_suggested() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await until(pilot, lambda: "claude-sonnet-5-5" in seen(app))
        await pilot.press(*"claude", "enter", *"sk-1", "enter", *"mine", "enter", *"77")
        typed = {path: form.row(path).query_one(Input).value for path in (MODEL, KEY, ID)}
        assert typed == {MODEL: "claude", KEY: "sk-1", ID: "mine"}
        assert '"max_tokens": 77' in seen(app)


async def test_no_help_is_cut_where_the_form_is_narrow() -> None:
    app = bench(endpoint("other")).app()
    async with app.run_test(size=(80, 24)) as pilot:
        form = await open_form(pilot)
        form.more.collapsed = False
        for field in FIELDS:
            if form.row(field.path).display:
                form.row(field.path).take_focus()
                await until(pilot, lambda field=field: field.help in " ".join(seen(app).split()))  # type: ignore[misc]
