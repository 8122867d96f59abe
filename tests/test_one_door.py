"""One door: what a form, a file or a program hands in is taken by all of them or refused by all, alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bodies import JSON
from tui_app.adapters.endpoint_document import read_document
from tui_app.adapters.flaws import Flawed
from tui_app.core.characters import mended
from tui_app.core.drafts import ID, Draft
from tui_app.core.elastic_bodies import read_put
from tui_app.core.elastic_errors import Refused
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.fields import FIELDS
from tui_app.core.import_items import Known
from tui_app.core.imports import Paste, plan

WRONG = st.none() | st.sampled_from(["", " ", "x", "5", 0, -1, 1.5, 2**31, 2**63, True, [], {}, {"a": 1}])
VALUE = WRONG | JSON
SETTINGS = st.fixed_dictionaries(
    {"model_id": st.just("m") | VALUE},
    optional={
        "url": st.just("https://a.example") | VALUE,
        "rate_limit": VALUE | st.fixed_dictionaries({"requests_per_minute": st.just(5) | VALUE}),
        "extra": VALUE,
    },
)
TASK = st.fixed_dictionaries(
    {"max_tokens": st.just(5) | VALUE},
    optional={"temperature": VALUE, "top_p": VALUE, "top_k": VALUE, "extra": VALUE},
)
BODIES = st.fixed_dictionaries(
    {"service": st.just("anthropic") | VALUE, "service_settings": SETTINGS | VALUE, "task_settings": TASK},
    optional={"extra": VALUE},
)


def problems(body: Any) -> tuple[str, ...]:  # noqa: ANN401 - bodies are JSON
    """What the door says of a body."""
    try:
        Endpoint.parse("mine", body)
    except InvalidEndpoint as error:
        return tuple(map(str, error.problems))
    return ()


@given(BODIES)
def test_a_file_and_a_program_are_refused_for_what_the_door_refuses(body: dict[str, Any]) -> None:
    found = problems(body)
    try:
        read_document("mine", json.dumps(body).encode())
    except Flawed as flawed:
        assert any(mended(each) in flawed.reason for each in found)
    else:
        assert not found
    settings = body["service_settings"]
    whole = {**settings, "api_key": "k"} if isinstance(settings, dict) else settings
    try:
        read_put("mine", "completion", {**body, "service_settings": whole})
    except Refused as refused:
        assert found
        assert refused.error.status == 400
    else:
        assert not found


@given(
    st.dictionaries(st.sampled_from([each.path for each in FIELDS if each.path != ID]), st.text(max_size=9))
)
def test_a_form_says_of_a_field_what_the_door_says_of_its_value(typed: dict[str, str]) -> None:
    draft = Draft.new(frozenset()).with_value(ID, "mine")
    for path, text in typed.items():
        draft = draft.with_value(path, text)
    assert tuple(map(str, draft.read().problems)) == problems(draft.body())


@pytest.mark.parametrize(
    "body",
    [
        {"service": "anthropic", "service_settings": {"model_id": 5}, "task_settings": {"max_tokens": 0}},
        {"service": "anthropic", "service_settings": {"model_id": "m", "x": 1}, "task_settings": {}},
        {"service": "anthropic", "service_settings": {"model_id": ""}, "task_settings": {"max_tokens": "5"}},
    ],
)
def test_a_paste_is_refused_in_the_same_words(body: dict[str, Any]) -> None:
    (item,) = plan(Paste.of(f"PUT _inference/completion/mine\n{json.dumps(body)}"), Known({}))
    assert {words for _, words in item.problems} == set(problems(body))
