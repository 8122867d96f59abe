"""How to connect to the server: the lines to paste for curl, Python and JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui_app.core.served import Serving

REQUEST_TIMEOUT_S: Final = 150
"""The Python client gives up after 10 s unless told otherwise; this is longer than the server's own 120 s."""


@dataclass(frozen=True, slots=True)
class Paste:
    """Lines for one kind of client."""

    name: str
    lines: tuple[str, ...]


def pastes(serving: Serving) -> tuple[Paste, ...]:
    """For each kind of client, lines that list all endpoints; the key stands in them."""
    key = serving.key.get_secret_value() if serving.key else None
    header = f' -H "Authorization: ApiKey {key}"' if key else ""
    python = f', api_key="{key}"' if key else ""
    script = f", auth: {{ apiKey: '{key}' }}" if key else ""
    return (
        Paste("curl", (f"curl{header} '{serving.url}/_inference?pretty'",)),
        Paste(
            "Python",
            (
                "from elasticsearch import Elasticsearch",
                f'client = Elasticsearch("{serving.url}"{python}, request_timeout={REQUEST_TIMEOUT_S})',
                "print(client.inference.get())",
            ),
        ),
        Paste(
            "JavaScript",
            (
                "import { Client } from '@elastic/elasticsearch'",
                f"const client = new Client({{ node: '{serving.url}'{script} }})",
                "console.log(await client.inference.get())",
            ),
        ),
    )
