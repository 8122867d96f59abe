"""Bodies at Elasticsearch's door: what is taken comes back as it was, what is not is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bodies import JSON, endpoints
from tui_app.core.elastic_bodies import check_update, read_put, read_update, told
from tui_app.core.elastic_errors import Refused
from tui_app.core.endpoint import Endpoint
from tui_app.core.jsons import JsonObject, JsonValue

NAMES = st.sampled_from(["service", "service_settings", "task_settings", "task_type", "input", "local"])


def put_body(endpoint: Endpoint) -> dict[str, Any]:
    body: dict[str, Any] = endpoint.body()
    return {**body, "service_settings": {**body["service_settings"], "api_key": "k"}}


@given(endpoints(), st.sampled_from(["completion", "chat_completion"]))
def test_what_was_put_is_told_without_its_key(endpoint: Endpoint, task: str) -> None:
    read, key = read_put(endpoint.inference_id, task, put_body(endpoint))
    assert key.get_secret_value() == "k"
    assert told(read) == {"inference_id": endpoint.inference_id, "task_type": task, **endpoint.body()}


@given(endpoints())
def test_an_update_that_says_what_is_there_changes_nothing(endpoint: Endpoint) -> None:
    body = {name: value for name, value in endpoint.body().items() if name != "service"}
    check_update(body)
    assert read_update(endpoint, "any", body) == (endpoint, None)


@given(endpoints(), st.dictionaries(NAMES | st.text(max_size=4), JSON, max_size=5), st.booleans())
def test_nothing_but_a_refusal_comes_of_anything_else(
    endpoint: Endpoint, body: JsonObject, is_update: bool
) -> None:
    try:
        if is_update:
            check_update(body)
            read_update(endpoint, "any", body)
        else:
            read_put("mine", "completion", body)
    except Refused as refused:
        assert refused.error.status == 400
        assert refused.error.reason


@pytest.mark.parametrize(
    "names", [["service_settings"], ["task_settings"], ["service_settings", "task_settings"]]
)
def test_an_update_with_nothing_in_it_changes_nothing(names: list[str]) -> None:
    body: JsonObject = {name: {} for name in names}
    settings: JsonObject = {"service_settings": {"model_id": "m"}, "task_settings": {"max_tokens": 5}}
    endpoint, _ = Endpoint.parse("mine", {"service": "anthropic", **settings})
    check_update(body)
    assert read_update(endpoint, "completion", body) == (endpoint, None)


@pytest.mark.parametrize("value", [None, [], "x", 5])
@pytest.mark.parametrize("name", ["service_settings", "task_settings"])
def test_an_update_whose_settings_are_no_object_says_which(name: str, value: JsonValue) -> None:
    with pytest.raises(Refused, match=f"Unable to parse {name.replace('_', ' ')} in the request"):
        check_update({name: value})
