"""Texts for tests of imports, as they stand in documentation, and what they would make."""

from __future__ import annotations

import json

from tui_app.core.endpoint import Endpoint
from tui_app.core.import_items import Item, Known
from tui_app.core.imports import Paste, plan
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
