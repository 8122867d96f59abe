"""What goes out comes in again, and other programs read it as it was meant."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bodies import body, endpoint, endpoints
from tui_app.core.endpoint import Endpoint, KeySource
from tui_app.core.endpoints import sandbox_endpoint
from tui_app.core.import_items import Fate, Known
from tui_app.core.imports import Paste, plan
from tui_app.core.snippets import Form, notes, snippet

HARD = "a$b`c\\ \"'${X} $(id) !! %Y% \u202e\u2028\ud83d\ude00".encode("utf-16", "surrogatepass").decode(
    "utf-16"
)
"""A model id that every language would like to make something else of."""
variables = st.sampled_from(["", "ANTHROPIC_API_KEY", "_k9"])
forms = st.sampled_from(Form)


def travelled(before: Endpoint, variable: str = "") -> Endpoint:
    """An endpoint as it can be elsewhere: without what is inferterm's own, its key where it was sent to."""
    source = KeySource(place="environment", variable=variable) if variable else KeySource()
    return before.model_copy(update={"local": type(before.local)(key=source)})


def read(text: str, *names: str) -> list[Endpoint]:
    """The endpoints that a text makes."""
    made = plan(Paste.of(text), Known(), names)
    assert {item.fate for item in made} <= {Fate.NEW}, made
    return [item.endpoint for item in made if item.endpoint]


@given(endpoints(), forms, variables)
def test_out_and_in_again_gives_the_same_endpoint(before: Endpoint, form: Form, variable: str) -> None:
    text = snippet([before], form, variable)
    assert read(text, before.inference_id) == [travelled(before, variable)]


@given(
    st.lists(endpoints(), min_size=2, max_size=4, unique_by=lambda each: each.inference_id), forms, variables
)
def test_several_go_out_and_come_in_again(several: list[Endpoint], form: Form, variable: str) -> None:
    assert read(snippet(several, form, variable)) == [travelled(each, variable) for each in several]


@given(endpoints(), forms, variables)
def test_a_snippet_has_nothing_that_cannot_be_seen(before: Endpoint, form: Form, variable: str) -> None:
    assert snippet([before], form, variable).replace("\n", "").isprintable()


@pytest.mark.parametrize("form", Form)
def test_a_chat_completion_endpoint_keeps_its_task_type(form: Form) -> None:
    before, _ = Endpoint.parse("talk", body(task_type="chat_completion"))
    if form is Form.JSON:
        text = snippet([before, endpoint()], form)
        assert [each.task_type for each in read(text)] == ["chat_completion", "completion"]
    else:
        assert read(snippet([before], form))[0].task_type == "chat_completion"


def test_a_bare_body_of_another_task_type_says_so_itself() -> None:
    before, _ = Endpoint.parse("talk", body(task_type="chat_completion"))
    assert read(snippet([before], Form.JSON), "talk") == [before]


@given(endpoints())
def test_python_itself_reads_the_same(before: Endpoint) -> None:
    tree = ast.parse(snippet([before], Form.PYTHON))
    assert isinstance(tree.body[0], ast.Assign)
    assert isinstance(tree.body[0].value, ast.Call)
    told = {each.arg: ast.literal_eval(each.value) for each in tree.body[0].value.keywords}
    assert told.pop("inference_id") == before.inference_id
    config = told["inference_config"]
    assert config["service_settings"].pop("api_key") == "<api_key>"
    assert config == before.body()


@pytest.mark.parametrize("variable", ["", "KEY"])
@pytest.mark.system
@pytest.mark.parametrize("shell", ["bash", "sh", "zsh"])
def test_a_shell_hands_curl_the_same_body(shell: str, variable: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    before, _ = Endpoint.parse("mine", body(service_settings={"model_id": HARD}))
    stand_in = 'curl() { for each in "$@"; do printf "%s\\n" "$each" >&2; done; cat; }\n'
    done = subprocess.run(
        [shell, "-c", stand_in + snippet([before], Form.CURL, variable)],
        env={
            "KEY": "sk-1",
            "ELASTICSEARCH_URL": "http://es:9200",
            "ELASTIC_API_KEY": "ek",
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        check=True,
    )
    sent = json.loads(done.stdout)
    assert sent["service_settings"].pop("api_key") == ("sk-1" if variable else "<api_key>")
    assert sent == before.body()
    arguments = done.stderr.decode().splitlines()
    assert "http://es:9200/_inference/completion/mine" in arguments
    assert "Authorization: ApiKey ek" in arguments
    assert "sk-1" not in done.stderr.decode()


def node(program: str) -> Any:  # noqa: ANN401 - JSON
    """What a JavaScript program prints as JSON."""
    done = subprocess.run(
        ["node", "--input-type=module", "-e", program],
        capture_output=True,
        check=True,
        env={"KEY": "sk-1", "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    return json.loads(done.stdout)


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
@pytest.mark.parametrize("variable", ["", "KEY"])
def test_javascript_itself_reads_the_same(variable: str) -> None:
    before, _ = Endpoint.parse("mine", body(service_settings={"model_id": HARD}))
    client = "const client = {inference: {put: async given => JSON.stringify(given)}};\n"
    given = node(client + snippet([before], Form.JAVASCRIPT, variable))
    config = given.pop("inference_config")
    assert given == {"task_type": "completion", "inference_id": "mine"}
    assert config["service_settings"].pop("api_key") == ("sk-1" if variable else "<api_key>")
    assert config == before.body()


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_several_calls_are_one_program_of_javascript() -> None:
    client = "const client = {inference: {put: async given => JSON.stringify(given.inference_id)}};\n"
    program = client + snippet([endpoint("a"), endpoint("b")], Form.JAVASCRIPT)
    done = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, check=True)
    assert done.stdout.split() == [b'"a"', b'"b"']


def test_the_words_are_those_of_the_documentation() -> None:
    before = endpoint("anthropic_completion", model="<model_id>")
    assert snippet([before], Form.CONSOLE).startswith("PUT _inference/completion/anthropic_completion\n{\n")
    assert snippet([before], Form.PYTHON).startswith(
        'resp = client.inference.put(\n    task_type="completion",\n    inference_id='
        '"anthropic_completion",\n    inference_config={\n        "service": "anthropic",\n'
    )
    assert snippet([before], Form.PYTHON).endswith(")\nprint(resp)\n")
    javascript = snippet([before], Form.JAVASCRIPT)
    assert javascript.startswith(
        'const response = await client.inference.put({\n  task_type: "completion",\n'
    )
    assert javascript.endswith("});\nconsole.log(response);\n")


def test_a_decimal_keeps_its_point_and_javascript_is_warned_that_it_loses_it() -> None:
    before, _ = Endpoint.parse("mine", body(task_settings={"max_tokens": 1, "temperature": 1.0}))
    for form in Form:
        assert "1.0" in snippet([before], form)
    assert snippet([before], Form.JAVASCRIPT).startswith("// JavaScript sends temperature 1.0 without")
    assert notes([before], Form.JAVASCRIPT)
    assert notes([before], Form.PYTHON) == ()


def test_what_stays_here_is_said() -> None:
    assert "sandbox" in notes([sandbox_endpoint()], Form.CONSOLE)[0]
    own, _ = Endpoint.parse("mine", body(local={"auth_scheme": "bearer"}))
    assert "header" in notes([own, own], Form.JSON)[0]
    assert len(notes([own, own], Form.JSON)) == 1
