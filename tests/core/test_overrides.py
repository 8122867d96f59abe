"""Settings of one chat: read from what was typed, laid over the endpoint."""

from __future__ import annotations

import pytest

from tests.core.bodies import body
from tui_app.core.conversation import Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.overrides import effective, read_settings
from tui_app.core.requests import Request

ENDPOINT = Endpoint.parse("mine", body(task_settings={"max_tokens": 100, "temperature": 0.5, "top_k": 4}))[0]


def test_what_is_not_typed_is_left_to_the_endpoint() -> None:
    assert read_settings(ENDPOINT, "", {"max_tokens": " ", "top_p": ""}) == Settings()


def test_numbers_become_numbers() -> None:
    typed = {"max_tokens": "200", "temperature": "1", "top_p": ".5", "top_k": "7"}
    assert read_settings(ENDPOINT, "Be brief.", typed) == Settings("Be brief.", 200, 1.0, 0.5, 7)


def test_an_endpoint_of_a_cluster_has_settings_too() -> None:
    remote = ENDPOINT.model_copy(update={"inference_id": "prod/mine"})
    assert read_settings(remote, "", {"max_tokens": "7"}) == Settings(max_tokens=7)


def test_every_problem_is_told_at_once_with_its_path() -> None:
    with pytest.raises(InvalidEndpoint) as caught:
        read_settings(ENDPOINT, "", {"max_tokens": "0", "temperature": "warm"})
    paths = {problem.path for problem in caught.value.problems}
    assert paths == {"task_settings.max_tokens", "task_settings.temperature"}


def test_what_is_left_out_needs_no_value_and_max_tokens_cannot_be() -> None:
    read = read_settings(ENDPOINT, "", {"temperature": "warm"}, ("temperature", "max_tokens"))
    assert read == Settings(without=("temperature",))


@pytest.mark.parametrize(
    "settings", [Settings(), Settings("s", 9, top_p=0.1), Settings(temperature=0.2, without=("top_k",))]
)
def test_the_effective_endpoint_is_what_a_request_sends(settings: Settings) -> None:
    sent = Request.of_prompt("x", settings).body(ENDPOINT)
    task = effective(ENDPOINT, settings).task_settings.model_dump(exclude_none=True)
    assert {name: sent.get(name) for name in task} == task
    assert not set(settings.without) & set(sent)
