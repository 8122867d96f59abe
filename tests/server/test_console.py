"""The documented Console text: as Console sends it, and as our own importer reads it."""

from __future__ import annotations

from tests.server.bench import Bench
from tests.server.documentation import CONSOLE, MODEL, filled
from tui_app.core.elastic_bodies import told
from tui_app.core.import_items import Fate, Known
from tui_app.core.imports import Paste, carry_out, plan
from tui_app.sandbox.settings import DEFAULT_KEY

DOCUMENTED = filled(CONSOLE, DEFAULT_KEY)


async def test_console_makes_the_endpoint_that_the_importer_reads(sandboxed: Bench) -> None:
    line, _, body = DOCUMENTED.partition("\n")
    method, path = line.split()
    headers = {"content-type": "application/json", "kbn-xsrf": "true"}
    response = await sandboxed.client.request(method, f"/{path}", content=body, headers=headers)
    assert response.status_code == 200, response.text
    assert response.json()["service_settings"]["model_id"] == MODEL
    (item,) = plan(Paste.of(DOCUMENTED), Known())
    assert item.fate is Fate.NEW and item.endpoint is not None
    assert told(item.endpoint) == response.json()


async def test_what_is_imported_answers_over_http(sandboxed: Bench) -> None:
    (item,) = plan(Paste.of(DOCUMENTED), Known())
    assert item.endpoint is not None
    await carry_out(sandboxed.inference.endpoints, item, item.endpoint, item.key)
    response = await sandboxed.send("POST", "/_inference/anthropic_completion", {"input": "hello"})
    assert response.json()["completion"][0]["result"].startswith("**Sandbox")
