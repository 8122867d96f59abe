"""Texts as they stand in documentation become endpoints; keys in them are seen by nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.core.bodies import body, endpoint
from tui_app.core.endpoint import Endpoint
from tui_app.core.import_items import Fate, Item, Known
from tui_app.core.imports import Paste, plan
from tui_app.core.keys import fingerprint
from tui_app.core.storage import BrokenEndpoint

KEY = "sk-ant-api03-AbCdEf0123456789_-xyz"
PLAIN = """
{
  "service": "anthropic",
  "service_settings": {"api_key": "<api_key>", "model_id": "claude-haiku-5-5"},
  "task_settings": {"max_tokens": 1024}
}
"""
PUT = f"PUT _inference/completion/mine{PLAIN}"


def items(text: str, *names: str, stored: tuple[Endpoint | BrokenEndpoint, ...] = ()) -> tuple[Item, ...]:
    """What a text would make."""
    return plan(Paste.of(text), Known({each.inference_id: each for each in stored}), names)


def only(text: str, *names: str, stored: tuple[Endpoint | BrokenEndpoint, ...] = ()) -> Item:
    """The one thing that is found in a text."""
    (item,) = items(text, *names, stored=stored)
    return item


DOCUMENTED = {
    "console": PUT,
    "console with comments": """# create it
PUT _inference/completion/mine // the endpoint
{
  // who answers
  "service": "anthropic", # always
  "service_settings": {
    "api_key": \"\"\"<api_key>\"\"\", /* from
       the vendor */
    "model_id": "claude-haiku-5-5",
  },
  "task_settings": { "max_tokens": 1024, },
}""",
    "console on one line": f"PUT _inference/completion/mine {' '.join(PLAIN.split())}",
    "console through kibana": f"PUT kbn:/_inference/completion/mine{PLAIN}",
    "console with a url": f"PUT https://es.example:9200/_inference/completion/mine?timeout=30s{PLAIN}",
    "task type in the body": PUT.replace("/completion/", "/").replace(
        "{\n", '{"task_type": "completion",', 1
    ),
    "curl": f"""$ curl -X PUT "localhost:9200/_inference/completion/mine?pretty" \\
  -H 'Content-Type: application/json' -d'{PLAIN}'""",
    "curl as docs have it now": f"""curl \\
 --request PUT 'http://api.example.com/_inference/completion/mine' \\
 --header "Authorization: ApiKey $ELASTIC_API_KEY" \\
 --header "Content-Type: application/json" \\
 --data '{json.dumps(json.loads(PLAIN))}'""",
    "curl with double quotes": 'curl -sXPUT -u "elastic:$PASS" $URL/_inference/completion/mine --json '
    + json.dumps(json.dumps(json.loads(PLAIN))),
    "curl from a here-document": f"curl -XPUT $U/_inference/completion/mine -d @- <<'EOF' | jq .{PLAIN}EOF\n",
    "python": """from elasticsearch import Elasticsearch
client = Elasticsearch("http://localhost:9200")
resp = client.inference.put(
    task_type="completion",
    inference_id='mine',
    inference_config={  # the body
        "service": "anthropic",
        "service_settings": dict(api_key="<api_key>", model_id="claude-"  "haiku-5-5"),
        "task_settings": {"max_tokens": 1_024},
    },
)
print(resp)""",
    "python, flattened": 'resp = client.inference.put( task_type="completion", inference_id="mine", '
    f"inference_config={' '.join(PLAIN.split())}, ) print(resp)",
    "python with names": """
settings = {"model_id": "claude-haiku-5-5"}
config = {"service": "anthropic", "service_settings": settings, "task_settings": {"max_tokens": 1024}}
await client.inference.put(inference_id="mine", inference_config=config)
""",
    "python, put_anthropic": 'client.inference.put_anthropic(task_type="completion", '
    'anthropic_inference_id="mine", service="anthropic", service_settings={"model_id": "claude-haiku-5-5", '
    '"api_key": "<api_key>"}, task_settings={"max_tokens": 1024})',
    "javascript": """const response = await client.inference.put({
  task_type: "completion",
  inference_id: 'mine',
  inference_config: {
    service: `anthropic`, // backticks
    service_settings: { api_key: "<api_key>", model_id: "claude-haiku-5-5" },
    task_settings: { max_tokens: 1024 },
  },
});
console.log(response);""",
    "javascript with names": """
const service_settings = { model_id: "claude-haiku-5-5" };
const body = { service: "anthropic", service_settings, task_settings: { max_tokens: 1024 } };
client.inference.put({ inference_id: "mine", inference_config: body });
""",
    "markdown": f"Do this:\n\n```console\n{PUT}\n```\n\nand you're done. Isn't it nice?",
    "an answer": '# GET _inference/_all\nGET _inference/_all\n{"endpoints": [{"inference_id": "mine", '
    '"task_type": "completion", "service": "anthropic", "service_settings": {"model_id": "claude-haiku-5-5", '
    '"rate_limit": {"requests_per_minute": 50}}, "task_settings": {"max_tokens": 1024}}]}',
    "numbers of notes": PUT.replace('"anthropic",', '"anthropic", <1>').replace("}\n", "} <2>\n", 1),
    "typescript": 'await client.inference.put({inference_id: "mine", inference_config: {service: "anthropic",'
    " service_settings: {api_key: apiKey, model_id: 'claude-haiku-5-5'},\n"
    "task_settings: {max_tokens: 1024}}});",
    "python, key from anywhere": 'client.inference.put(inference_id="mine", inference_config={"service": '
    '"anthropic", "service_settings": {"api_key": getpass("Key: "), "model_id": "claude-haiku-5-5"}, '
    '"task_settings": {"max_tokens": 1024}})',
    "windows line ends": PUT.replace("\n", "\r\n"),
    "a mark at its begin": f"\ufeff{PUT}",
}


@pytest.mark.parametrize("text", DOCUMENTED.values(), ids=DOCUMENTED)
def test_what_documentation_shows_is_taken_as_it_stands(text: str) -> None:
    item = only(text)
    assert item.problems == ()
    assert item.fate is Fate.NEW
    assert item.endpoint == endpoint()
    assert item.key is None


def test_several_in_one_paste_are_taken_in_their_order() -> None:
    found = items("\n".join(text.replace("mine", f"mine-{n}") for n, text in enumerate(DOCUMENTED.values())))
    assert [item.inference_id for item in found] == [f"mine-{n}" for n in range(len(DOCUMENTED))]


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


def test_requests_that_make_nothing_are_skipped_with_words() -> None:
    text = "GET _search\n{}\nDELETE _inference/x\nPUT _inference/x/_update\n{}\nPOST _inference/x\n{}\n"
    assert [item.words for item in items(text)] == [
        "this request is not about an inference endpoint",
        "a DELETE makes no endpoint",
        "an _update has only a part of an endpoint",
        "a POST makes no endpoint",
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


def test_each_problem_stands_at_its_line() -> None:
    text = """PUT _inference/completion/Not-Good
{
  "service": "anthropic",
  "service_settings": {
    "modle_id": "x"
  },
  "task_settings": {
    "max_tokens": 0
  }
}
PUT _inference/completion/next
{
  "service": "anthropic"
  "task_settings": {}
}
"""
    first, second = items(text)
    assert [line for line, _ in first.problems] == [1, 4, 5, 8]
    assert "must be greater than 0" in first.problems[-1][1]
    assert second.problems == ((14, "',' is expected in this object"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            'curl -XPUT u/_inference/x -d \'{\n"service": 1,\n"task_settings": {"max_tokens": 0}}\'',
            3,
        ),
        (
            'x\ncurl -XPUT u/_inference/x \\\n -d "{\n\\"task_settings\\": {\\"max_tokens\\": 0}}"',
            4,
        ),
        ('curl -XPUT u/_inference/x --json @- <<E\n{\n"task_settings": {"max_tokens": 0}}\nE', 3),
        (
            "c.inference.put(inference_id='x',\n body={\n 'é': 'é', 'task_settings': {'max_tokens': 0}})",
            3,
        ),
        ("c.inference.put({inference_id: 'x',\n inference_config: {\n  task_settings: {max_tokens: 0}}})", 3),
    ],
)
def test_the_line_is_that_of_the_paste_in_every_language(text: str, line: int) -> None:
    found = [each for item in items(text) for each in item.problems]
    assert [at for at, words in found if "max_tokens" in words] == [line]


REFERENCES: dict[str, tuple[str, str]] = {
    "console": ('"<api_key>"', '"${MY_KEY}"'),
    "curl": ('"<api_key>"', '"$MY_KEY"'),
    "curl as docs have it now": ('"<api_key>"', '"\'"$MY_KEY"\'"'),
    "curl from a here-document": ('"<api_key>"', '"${MY_KEY}"'),
    "python": ('"<api_key>"', 'os.environ["MY_KEY"]'),
    "python, flattened": ('"<api_key>"', "os.environ.get('MY_KEY')"),
    "python, put_anthropic": ('"<api_key>"', "os.getenv('MY_KEY', '')"),
    "javascript": ('"<api_key>"', "process.env.MY_KEY"),
    "typescript": ("apiKey", "process.env.MY_KEY!"),
    "javascript with names": (
        'model_id: "claude',
        "api_key: import.meta.env['MY_KEY'] ?? '', model_id: \"claude",
    ),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_to_the_environment_stays_one(name: str) -> None:
    item = only(DOCUMENTED[name].replace(*REFERENCES[name]))
    assert item.endpoint, item.problems
    assert (item.endpoint.local.key.place, item.endpoint.local.key.variable) == ("environment", "MY_KEY")
    assert item.key is None


@pytest.mark.parametrize("name", [name for name, text in DOCUMENTED.items() if "<api_key>" in text])
@pytest.mark.parametrize("key", [KEY, "short-1", "ab'c"])
def test_a_real_key_is_taken_out_before_anybody_sees_the_text(name: str, key: str) -> None:
    if "'" in key and ("curl" in name or "put_anthropic" in name):
        key = "s p a c e d"
    paste = Paste.of(DOCUMENTED[name].replace("<api_key>", key))
    assert key not in paste.text
    (item,) = plan(paste, Known())
    assert item.key is not None
    assert item.key.get_secret_value() == key
    assert item.endpoint == endpoint()
    assert key not in repr(item) + repr(paste) + str(item.problems)
    assert Paste.of(paste.text, paste.hidden) == paste


@pytest.mark.parametrize(
    "text",
    [
        f'{{"service": "anthropic", "service_settings": {{"api_key": "{KEY}", }} oh no',
        f"Use {KEY} and you are done",
        f'PUT _inference/completion/x\n{{"service_settings": {{"model_id": "{KEY}"}}}}',
        f"curl -H 'x-api-key: {KEY}' https://api.anthropic.com/v1/messages",
        f"curl -H 'Authorization: ApiKey {KEY}' -XPUT u/_inference/completion/x -d '{{}}'",
        f"curl -u elastic:{KEY} https://elastic:{KEY}@es.example/_inference/x",
        f"export ANTHROPIC_API_KEY={KEY}",
        f"client = Elasticsearch(url, api_key='{KEY}')",
        f"api_key: {KEY}, 'password': '{KEY}'",
        f'{{"api_key": {KEY}}}',
    ],
)
def test_a_key_anywhere_is_seen_nowhere(text: str) -> None:
    paste = Paste.of(text)
    found = plan(paste, Known())
    assert KEY not in paste.text + repr(found) + "".join(str(item.problems) for item in found)
    assert KEY in [key.get_secret_value() for key in paste.hidden]


def test_a_key_in_the_wrong_place_is_a_problem() -> None:
    item = only(PUT.replace("claude-haiku-5-5", KEY))
    assert item.problems == (
        (
            4,
            "service_settings.model_id: holds what looks like an API key; a key belongs under "
            "service_settings.api_key",
        ),
    )


@pytest.mark.parametrize(
    "placeholder", ["<api_key>", "YOUR_API_KEY", "xxxxx", "sk-ant-...", "***", "{{api_key}}", "api-key"]
)
def test_placeholders_are_no_keys(placeholder: str) -> None:
    paste = Paste.of(PUT.replace("<api_key>", placeholder))
    assert paste.hidden == ()
    assert plan(paste, Known())[0].endpoint == endpoint()


def test_a_part_of_a_hidden_key_is_no_key() -> None:
    paste = Paste.of(PUT.replace("<api_key>", KEY))
    (item,) = plan(Paste.of(paste.text.replace("•••hidden", "x•••hidden"), paste.hidden), Known())
    assert "paste the key whole" in item.problems[0][1]


def test_an_empty_key_is_a_problem() -> None:
    assert only(PUT.replace("<api_key>", "")).problems == (
        (4, "service_settings.api_key: must not be empty"),
    )


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


def test_values_of_variables_are_not_guessed() -> None:
    item = only(DOCUMENTED["javascript"].replace('"claude-haiku-5-5"', "process.env.MODEL"))
    assert item.problems == (
        (6, "service_settings.model_id: is read from a variable, whose value is not known here"),
    )
    item = only(DOCUMENTED["python"].replace('"claude-"  "haiku-5-5"', "pick(1)"))
    assert item.problems == ((8, "the value of this expression is not known here"),)


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


def test_text_that_has_nothing_to_do_with_it_is_said_to_be_that() -> None:
    item = only("\n\nHello, world!")
    assert item.problems == (
        (3, "there is no request, no call of a client and no JSON here that makes an endpoint"),
    )
    assert items("") == items(" \n") == ()


WORDS = (
    *(
        "PUT _inference/x\n",
        "PUT ",
        "curl ",
        "curl -d '",
        "-d @-",
        "<<E\n",
        "E\n",
        ".inference.put(",
        "\n",
        " ",
    ),
    *("{}[]()\"'`$\\,:#*/;|.-=<>"),
    *(
        '"""',
        "'''",
        "/*",
        "*/",
        "//",
        "$'",
        "${",
        "\\u",
        "\\ud83d",
        "\\x",
        "\\\n",
        "dict(",
        "a=",
        "const a=a",
    ),
    *(
        "a",
        "1",
        "1e9999",
        "-",
        "nan",
        "true",
        "é",
        "\0",
        "\ud800",
        "\u2028",
        "process.env.X",
        "os.environ['X']",
    ),
    *('"service": "anthropic"', '"service_settings": {', '"api_key": "', KEY),
)


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
@example("const a={b:a}\n.inference.put({a})")
@example("a = a\n.inference.put(a=a)")
@example(".inference.put(a=" + "[" * 5000)
@example(".inference.put(a=" + "-" * 5000 + "1)")
@example('{"a":' * 5000)
@example("curl -d $'\\U99999999' _inference/x")
def test_nothing_that_is_pasted_breaks_it_or_shows_a_key(text: str) -> None:
    paste = Paste.of(text)
    found = plan(paste, Known(), ["x"])
    assert KEY not in paste.text + repr(found)
    lines = text.count("\n") + 1
    assert all(1 <= line <= lines for item in found for line, _ in item.problems)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    plan(Paste.of(text), Known())


LONG: dict[str, str] = {
    "braces": "{" * 10**6,
    "open strings": '{"a": "\n' * 10**5,
    "open comments": "{/*\n" * 10**5,
    "open quotations": "curl '\n" * 10**5,
    "open calls": ".inference.put(\n" * 10**5,
    "here-documents": "".join(f"curl <<A{n}\n" for n in range(10**5)),
    "keys": 'api_key="' * 10**5,
    "many keys": "\n".join(f'api_key="k-{n}-y"' for n in range(5 * 10**4)),
    "one large string": json.dumps(body(extra="x" * 10**6)),
    "many": json.dumps([{"inference_id": f"e{n}", **body()} for n in range(10**4)]),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_megabyte_of_anything_is_read_once(text: str) -> None:
    assert plan(Paste.of(text), Known())


def test_more_than_anybody_means_is_cut_with_words() -> None:
    found: tuple[Any, ...] = items(LONG["many"])
    assert len(found) == 501
    assert found[-1].problems[0][1] == "more than 500 are too many at once; take the rest apart"
