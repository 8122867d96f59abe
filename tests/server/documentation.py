"""The three examples of Elasticsearch's page on its `anthropic` service, word for word."""

from __future__ import annotations

from typing import Final

PYTHON: Final = """\
resp = client.inference.put(
    task_type="completion",
    inference_id="anthropic_completion",
    inference_config={
        "service": "anthropic",
        "service_settings": {
            "api_key": "<api_key>",
            "model_id": "<model_id>"
        },
        "task_settings": {
            "max_tokens": 1024
        }
    },
)
print(resp)
"""
JAVASCRIPT: Final = """\
const response = await client.inference.put({
  task_type: "completion",
  inference_id: "anthropic_completion",
  inference_config: {
    service: "anthropic",
    service_settings: {
      api_key: "<api_key>",
      model_id: "<model_id>",
    },
    task_settings: {
      max_tokens: 1024,
    },
  },
});
console.log(response);
"""
CONSOLE: Final = """\
PUT _inference/completion/anthropic_completion
{
    "service": "anthropic",
    "service_settings": {
        "api_key": "<api_key>",
        "model_id": "<model_id>"
    },
    "task_settings": {
        "max_tokens": 1024
    }
}
"""
MODEL: Final = "claude-haiku-4-5"
MADE: Final = {
    "inference_id": "anthropic_completion",
    "task_type": "completion",
    "service": "anthropic",
    "service_settings": {"model_id": MODEL, "rate_limit": {"requests_per_minute": 50}},
    "task_settings": {"max_tokens": 1024},
}
"""The endpoint that the examples make, as the answer tells it."""


def filled(example: str, key: str) -> str:
    """An example with a key and a model where its page has placeholders."""
    return example.replace("<api_key>", key).replace("<model_id>", MODEL)
