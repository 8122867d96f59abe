from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.adapters.certificates import certificate
from tests.adapters.raw_server import RawServer, Say, answer, chunked, raw_server
from tui_app.adapters.cluster_client import ElasticCluster
from tui_app.adapters.cluster_trust import trust
from tui_app.core.clusters import ClusterUsage, Connection
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import ConnectionLost, Loss, ServiceRefused
from tui_app.core.events import TextDelta
from tui_app.core.jsons import JsonObject

KEY = SecretStr("es-key")
JSON = {
    "content-type": "application/vnd.elasticsearch+json;compatible-with=9",
    "x-elastic-product": "Elasticsearch",
}
BODY: JsonObject = {
    "service": "anthropic",
    "service_settings": {"model_id": "claude-x"},
    "task_settings": {"max_tokens": 10, "temperature": 1.0},
}
ENDPOINT, _ = Endpoint.parse("summaries", BODY)
ASKED: JsonObject = {
    "messages": [{"role": "user", "content": "hello"}],
    "model": "claude-x",
    "max_tokens": 10,
}


def told(body: object, status: int = 200) -> Say:
    return answer(status, JSON, json.dumps(body))


@asynccontextmanager
async def cluster(say: Say) -> AsyncIterator[tuple[ElasticCluster, RawServer]]:
    async with raw_server(say) as server:
        found = ElasticCluster(Connection(name="prod", url=server.url), KEY, None)
        try:
            yield found, server
        finally:
            await found.aclose()


async def nothing() -> None:
    """No quota stands in the way."""


async def test_the_cluster_tells_its_name_and_version() -> None:
    async with cluster(told({"cluster_name": "es", "version": {"number": "9.5.0"}})) as (found, server):
        info = await found.info()
    assert (info.name, info.version) == ("es", "9.5.0")
    assert server.header("authorization") == ["ApiKey es-key"]


async def test_endpoints_come_sorted_and_with_what_is_not_ours() -> None:
    items = [
        {"inference_id": "z", "task_type": "completion", **BODY},
        {"inference_id": ".elser-2", "task_type": "sparse_embedding", "service": "elasticsearch"},
    ]
    async with cluster(told({"endpoints": items})) as (found, _):
        listed = await found.endpoints()
    assert [each.inference_id for each in listed] == [".elser-2", "z"]
    assert [each.endpoint is None for each in listed] == [True, False]


async def test_a_put_carries_the_key_and_decimal_points() -> None:
    async with cluster(told({"inference_id": "summaries"})) as (found, server):
        await found.put(ENDPOINT, SecretStr("sk-ant-1"))
    assert server.path == "PUT /_inference/completion/summaries"
    assert b'"api_key":"sk-ant-1"' in server.requests[-1]
    assert b'"temperature":1.0' in server.requests[-1]


async def test_an_update_carries_what_can_be_changed_and_the_key() -> None:
    async with cluster(told({"inference_id": "summaries"})) as (found, server):
        await found.update(ENDPOINT, SecretStr("sk-ant-1"))
    assert server.path == "PUT /_inference/completion/summaries/_update"
    assert server.body == {
        "service_settings": {"api_key": "sk-ant-1", "rate_limit": {"requests_per_minute": 50}},
        "task_settings": {"max_tokens": 10, "temperature": 1.0},
    }


async def test_usage_is_asked_for_without_deleting() -> None:
    body = {"acknowledged": False, "pipelines": ["p"], "indexes": ["i"], "error_message": "used by p"}
    async with cluster(told(body)) as (found, server):
        assert await found.usage("completion", "summaries") == ClusterUsage(("p",), ("i",), "used by p")
    assert server.path == "DELETE /_inference/completion/summaries?dry_run=true"


async def test_a_deletion_that_is_refused_says_why() -> None:
    body = {"error": {"type": "status_exception", "reason": "referenced by pipelines: [p]"}, "status": 409}
    async with cluster(told(body, 409)) as (found, server):
        with pytest.raises(ServiceRefused, match="referenced by pipelines") as caught:
            await found.delete("completion", "summaries", force=False)
    assert caught.value.refusal.status == 409
    assert len(server.requests) == 1


async def test_a_busy_cluster_is_asked_once() -> None:
    async with cluster(told({"error": {"type": "x", "reason": "slow down"}}, 429)) as (found, server):
        with pytest.raises(ServiceRefused, match="slow down"):
            await found.endpoints()
    assert len(server.requests) == 1


async def test_something_else_than_elasticsearch_is_named_so() -> None:
    async with cluster(answer(200, {"content-type": "text/html"}, "<h1>hello</h1>")) as (found, _):
        with pytest.raises(ConnectionLost) as caught:
            await found.info()
    assert caught.value.loss is Loss.NOT_THE_API


async def test_nobody_there_is_said_plainly() -> None:
    async with raw_server(told({})) as server:
        url = server.url
    found = ElasticCluster(Connection(name="prod", url=url), KEY, None)
    with pytest.raises(ConnectionLost, match="Nothing answers at"):
        await found.info()
    await found.aclose()


async def test_a_stream_comes_piece_by_piece_through_its_marks() -> None:
    lines = [
        '\ufeffevent: message\ndata: {"completion":[{"delta":"Hel"}]}\n\n',
        '\ufeffevent: message\ndata: {"completion":[{"delta":"lo"}]}\n\n',
        "\ufeffevent: message\ndata: [DONE]\n\n",
    ]
    async with cluster(chunked(*(line.encode() for line in lines))) as (found, server):
        events = [event async for event in found.stream(ENDPOINT, ASKED, before_send=nothing)]
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["Hel", "lo"]
    assert server.path == "POST /_inference/completion/summaries/_stream?timeout=600s"
    assert server.body == {"input": "hello", "task_settings": {"max_tokens": 10}}


async def test_a_chat_completion_endpoint_is_sent_the_messages() -> None:
    chat = ENDPOINT.model_copy(update={"task_type": "chat_completion"})
    done = b"event: message\ndata: [DONE]\n\n"
    async with cluster(chunked(done)) as (found, server):
        asked = {**ASKED, "system": "be brief"}
        _ = [event async for event in found.stream(chat, asked, before_send=nothing)]
    assert server.body == {
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}],
        "max_completion_tokens": 10,
    }


async def test_a_stream_without_its_end_is_a_cut_answer() -> None:
    line = b'event: message\ndata: {"completion":[{"delta":"Hel"}]}\n\n'
    async with cluster(chunked(line)) as (found, _):
        with pytest.raises(ConnectionLost) as caught:
            _ = [event async for event in found.stream(ENDPOINT, ASKED, before_send=nothing)]
    assert caught.value.loss is Loss.CUT


async def test_a_refused_stream_tells_the_reason() -> None:
    body = (
        '\ufeffevent: error\ndata: {"error":{"type":"status_exception","reason":"no key"},"status":401}\n\n'
    )
    say = answer(401, {"content-type": "text/event-stream"}, body)
    async with cluster(say) as (found, _):
        with pytest.raises(ServiceRefused, match="no key"):
            _ = [event async for event in found.stream(ENDPOINT, ASKED, before_send=nothing)]


class TestTrust:
    """A real server with a certificate that no system knows."""

    async def info(self, tmp_path: Path, **proof: str) -> str:
        shown = certificate(tmp_path)
        async with raw_server(told({"cluster_name": "es", "version": {}}), shown.server) as server:
            connection = Connection(name="prod", url=server.url, **proof)
            found = ElasticCluster(connection, KEY, await _in_thread(connection))
            try:
                return (await found.info()).name
            finally:
                await found.aclose()

    async def test_an_unknown_certificate_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConnectionLost) as caught:
            await self.info(tmp_path)
        assert caught.value.loss is Loss.TLS
        assert "its certificate is not trusted: self-signed certificate" in str(caught.value)
        assert "or its fingerprint" in caught.value.advice

    async def test_a_server_without_tls_is_said_to_be_one(self) -> None:
        def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            found = ElasticCluster(Connection(name="prod", url=url), KEY, None)
            with pytest.raises(ConnectionLost, match="no secure connection") as caught:
                await found.info()
            await found.aclose()
        assert "speaks https at all" in caught.value.advice

    async def test_its_authority_is_trusted(self, tmp_path: Path) -> None:
        file = certificate(tmp_path).file
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(file, tmp_path / "key.pem")
        async with raw_server(told({"cluster_name": "es", "version": {}}), shown) as server:
            connection = Connection(name="prod", url=server.url, ca_certificate=str(file))
            found = ElasticCluster(connection, KEY, await _in_thread(connection))
            assert (await found.info()).name == "es"
            await found.aclose()

    async def test_a_fingerprint_is_enough(self, tmp_path: Path) -> None:
        shown = certificate(tmp_path)
        der = ssl.PEM_cert_to_DER_cert(shown.file.read_text())
        async with raw_server(told({"cluster_name": "es", "version": {}}), shown.server) as server:
            connection = Connection(
                name="prod", url=server.url, fingerprint=hashlib.sha256(der).hexdigest().upper()
            )
            found = ElasticCluster(connection, KEY, await _in_thread(connection))
            assert (await found.info()).name == "es"
            await found.aclose()

    async def test_another_fingerprint_is_not(self, tmp_path: Path) -> None:
        with pytest.raises(ConnectionLost, match="no certificate with that fingerprint"):
            await self.info(tmp_path, fingerprint="ab" * 32)

    def test_a_file_without_certificates_is_named(self, tmp_path: Path) -> None:
        connection = Connection(name="prod", url="https://es:9200", ca_certificate=str(tmp_path / "none.pem"))
        with pytest.raises(ConnectionLost, match=r"none\.pem"):
            trust(connection)


async def _in_thread(connection: Connection) -> ssl.SSLContext | None:
    import asyncio

    return await asyncio.to_thread(trust, connection)
