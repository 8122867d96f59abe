"""A draft becomes an endpoint at the one door, and never loses what was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.drafts import ID, KEY, MODEL, SANDBOX, Draft, free_id
from tui_app.core.endpoint import ID_RULE, Endpoint
from tui_app.core.endpoints import sandbox_endpoint

NONE: frozenset[str] = frozenset()


def test_an_id_nobody_typed_follows_the_model_and_is_free() -> None:
    draft = Draft.new(frozenset({"claude-haiku-5-5"})).with_value(MODEL, "claude-haiku-5-5")
    assert draft.inference_id == "claude-haiku-5-5-2"
    assert draft.with_value(MODEL, "claude-opus-5").inference_id == "claude-opus-5"


def test_an_id_that_was_typed_stays() -> None:
    draft = Draft.new(NONE).with_value(ID, "mine").with_value(MODEL, "claude-opus-5")
    assert draft.inference_id == "mine"


def test_an_id_that_was_emptied_follows_the_model_again() -> None:
    draft = Draft.new(NONE).with_value(ID, "").with_value(MODEL, "claude-opus-5")
    assert draft.inference_id == "claude-opus-5"


@given(st.text(), st.frozensets(st.text()))
def test_a_suggested_id_is_always_allowed_and_free(wish: str, taken: frozenset[str]) -> None:
    suggested = free_id(wish, taken)
    assert suggested == "" or (ID_RULE.fullmatch(suggested) and suggested not in taken)


def test_a_whole_draft_becomes_an_endpoint_and_its_key() -> None:
    draft = Draft.new(NONE).with_value(MODEL, "claude-haiku-5-5").with_value(KEY, " sk-1 ")
    found = draft.read()
    assert found.endpoint is not None
    assert found.endpoint.limit == 50
    assert found.key is not None
    assert found.key.get_secret_value() == "sk-1"
    assert found.problems == ()


def test_every_problem_comes_at_once_with_its_path() -> None:
    draft = Draft.new(NONE).with_value("task_settings.max_tokens", "many").with_value(ID, "Bad Id")
    paths = [problem.path for problem in draft.read().problems]
    assert set(paths) == {MODEL, ID, "task_settings.max_tokens"}


def test_an_id_that_exists_is_refused_for_a_new_endpoint_only() -> None:
    taken = frozenset({"sandbox"})
    draft = Draft.new(taken).with_value(MODEL, "m").with_value(ID, "sandbox")
    assert [problem.path for problem in draft.read().problems] == [ID]
    assert Draft.edit(sandbox_endpoint()).read().problems == ()


def test_editing_and_leaving_everything_gives_the_same_endpoint() -> None:
    endpoint, _ = Endpoint.parse(
        "prod",
        {
            "service": "anthropic",
            "service_settings": {
                "model_id": "m",
                "url": "http://h:1",
                "rate_limit": {"requests_per_minute": 7},
            },
            "task_settings": {"max_tokens": 9, "temperature": 0.5, "top_k": 3},
            "local": {"note": "n", "auth_scheme": "bearer", "key": {"place": "environment", "variable": "X"}},
        },
    )
    assert Draft.edit(endpoint).read().endpoint == endpoint


def test_a_clone_has_everything_but_the_id_and_the_key() -> None:
    endpoint = sandbox_endpoint()
    draft = Draft.clone(endpoint, frozenset({"sandbox"}))
    cloned = draft.read().endpoint
    assert cloned == endpoint.model_copy(update={"inference_id": "sandbox-2"})


def test_a_key_is_never_in_the_preview() -> None:
    draft = Draft.new(NONE).with_value(KEY, "sk-secret").with_value(MODEL, "m")
    assert "sk-secret" not in draft.preview()
    assert '"api_key": "<api_key>"' in draft.preview()
    assert draft.preview().startswith("PUT _inference/completion/m\n{")
    assert '"local"' not in draft.preview()


def test_a_key_is_not_in_the_repr_of_a_draft() -> None:
    assert "sk-secret" not in repr(Draft.new(NONE).with_value(KEY, "sk-secret"))


def test_the_sandbox_takes_no_key() -> None:
    draft = Draft.new(NONE).with_value(KEY, "sk-1").with_value(MODEL, "m").with_value(SANDBOX, "true")
    found = draft.read()
    assert found.key is None
    assert found.endpoint is not None
    assert found.endpoint.local.sandbox


def test_a_draft_with_mistakes_is_judged_as_if_they_had_not_been_typed() -> None:
    draft = Draft.new(NONE).with_value("task_settings.temperature", "warm").with_value(MODEL, "claude-opus-5")
    nearest = draft.with_value("task_settings.max_tokens", "999999").nearest()
    assert nearest is not None
    assert (nearest.model, nearest.task_settings.max_tokens) == ("claude-opus-5", 999999)
    assert nearest.task_settings.temperature is None
    assert Draft.new(NONE).nearest() is not None
