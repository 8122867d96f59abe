"""What a paste makes is set against what there is."""

from __future__ import annotations

import json

from pydantic import SecretStr

from tests.core.bodies import body, endpoint
from tests.core.pastes import DOCUMENTED, KEY, PLAIN, PUT, items, only
from tui_app.core.endpoint import Endpoint
from tui_app.core.import_items import Fate, Known
from tui_app.core.imports import Paste, plan
from tui_app.core.keys import fingerprint
from tui_app.core.storage import BrokenEndpoint


def test_the_same_endpoint_in_several_languages_is_made_once() -> None:
    found = items("\n".join(DOCUMENTED.values()))
    assert [item.fate for item in found].count(Fate.NEW) == 1
    assert {item.fate for item in found} == {Fate.NEW, Fate.SKIPPED}
    assert found[1].words == "the same as in line 1"


def test_two_different_endpoints_of_one_id_are_a_problem() -> None:
    second = items(PUT + PUT.replace("1024", "7"))[1]
    assert second.problems == ((7, "inference_id: line 1 makes another endpoint of this id"),)


def test_other_services_and_preconfigured_ids_are_skipped_with_words() -> None:
    answer = {
        "endpoints": [
            {"inference_id": ".elser-2-elastic", "task_type": "sparse_embedding", "service": "elastic"},
            {"inference_id": "gpt", "task_type": "completion", "service": "openai", "service_settings": {}},
            {"inference_id": ".mine", "task_type": "completion", **body()},
            {"inference_id": "mine", "task_type": "completion", **body()},
        ]
    }
    found = items(json.dumps(answer, indent=1))
    assert [item.fate for item in found] == [Fate.SKIPPED] * 3 + [Fate.NEW]
    assert [item.words for item in found[:3]] == [
        "the service elastic; inferterm knows anthropic",
        "the service openai; inferterm knows anthropic",
        "preconfigured by Elasticsearch: it cannot be made or changed",
    ]


def test_a_bare_body_takes_the_id_that_it_is_given() -> None:
    assert only(PLAIN, "mine").endpoint == endpoint()
    assert only(PLAIN).problems == ((2, "inference_id: is not named here; give the endpoint one"),)
    assert not only(PLAIN).named


def test_our_own_files_and_lists_keep_what_is_our_own() -> None:
    own, _ = Endpoint.parse("mine", body(local={"auth_scheme": "bearer", "note": "by hand"}))
    assert only(json.dumps(own.document(), indent=2), "mine").endpoint == own
    told = {
        "inference_id": "mine",
        "task_type": "completion",
        **own.document(),
        "key": {"state": "in keyring", "fingerprint": "0123abcd", "detail": ""},
        "shares": [],
        "health": {},
    }
    assert only(json.dumps([told])).endpoint == own


def test_elasticsearch_shows_top_k_under_another_name() -> None:
    answer = {"inference_id": "mine", **body(task_settings={"max_tokens": 1, "top_p": 40})}
    item = only(json.dumps({"endpoints": [answer]}))
    assert item.endpoint
    assert (item.endpoint.task_settings.top_k, item.endpoint.task_settings.top_p) == (40, None)


def test_what_exists_is_the_same_or_differs_and_keeps_what_is_our_own() -> None:
    there, _ = Endpoint.parse("mine", body(local={"note": "by hand"}))
    assert only(PUT, stored=(there,)).fate is Fate.SAME
    item = only(PUT.replace("1024", "7"), stored=(there,))
    assert item.fate is Fate.DIFFERS
    assert item.changes == ("task_settings.max_tokens: 1024 becomes 7",)
    assert item.endpoint
    assert item.endpoint.local.note == "by hand"
    broken = only(PUT, stored=(BrokenEndpoint("mine", "/e/mine.json", 1, "no"),))
    assert broken.problems == ((1, "inference_id: the file of the endpoint with this id is broken"),)


def test_a_kept_key_is_told_apart_by_its_fingerprint() -> None:
    paste = Paste.of(PUT.replace("<api_key>", KEY))
    there = {"mine": endpoint()}
    (item,) = plan(paste, Known(there, {"mine": fingerprint(SecretStr(KEY))}))
    assert item.fate is Fate.SAME
    (item,) = plan(paste, Known(there, {"mine": "00000000"}))
    assert (item.fate, item.changes) == (Fate.DIFFERS, ("its key",))


def test_a_key_that_comes_leaves_the_variable_behind() -> None:
    there, _ = Endpoint.parse("mine", body(local={"note": "n", "key": {"place": "environment"}}))
    (item,) = plan(Paste.of(PUT.replace("<api_key>", KEY)), Known({"mine": there}))
    assert item.endpoint
    assert (item.endpoint.local.key.place, item.endpoint.local.note) == ("keyring", "n")


def test_a_command_and_an_address_from_outside_are_pointed_at() -> None:
    item = only(json.dumps(body(local={"key": {"place": "command", "command": "rm -rf x"}})), "mine")
    assert item.notes == ("its key is what this command prints: rm -rf x",)
    settings = {"model_id": "m", "url": "https://elsewhere.example"}
    item = only(json.dumps(body(service_settings=settings)), "mine")
    assert item.notes == ("its prompts and its key go to https://elsewhere.example",)
    assert "only says where" in only(PUT.replace("claude-haiku-5-5", "<model_id>")).notes[0]


def test_a_task_type_that_is_said_twice_has_to_be_the_same() -> None:
    item = only(PUT.replace("{\n", '{"task_type": "chat_completion",\n', 1))
    assert item.problems == ((2, "task_type: the body says chat_completion, the request completion"),)
    assert "sparse_embedding" in str(only(PUT.replace("/completion", "/sparse_embedding")).problems)
