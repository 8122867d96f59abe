"""Nobody gets in who does not belong."""

from __future__ import annotations

import base64
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from tests.server.bench import ANY_PORT, Bench, serving
from tui_app.core.elastic_errors import Refused
from tui_app.core.served import ServeOptions
from tui_app.server.access import Access

PATHS = ("/", "/_inference", "/_inference/completion/x", "/_nothing", "/_inference/x/_stream")


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "header",
    [None, "", "ApiKey", "ApiKey wrong", "Bearer wrong", basic("elastic", "wrong"), "Basic !!!", "X y"],
)
async def test_without_the_key_there_is_nothing_on_any_path(bench: Bench, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    async with httpx.AsyncClient(base_url=bench.serving.url, headers=headers) as stranger:
        for path in PATHS:
            response = await stranger.get(path)
            assert response.status_code == 401
            assert response.json()["error"]["type"] == "security_exception"
            assert response.json()["status"] == 401
            challenges = response.headers.get_list("www-authenticate")
            assert [challenge.split()[0] for challenge in challenges] == ["Basic", "Bearer", "ApiKey"]
            assert response.json()["error"]["header"]["WWW-Authenticate"] == challenges
            assert response.headers["x-elastic-product"] == "Elasticsearch"


async def test_the_key_is_taken_as_every_client_sends_it(bench: Bench) -> None:
    pair = base64.b64encode(f"id:{bench.key}".encode()).decode()
    for header in (
        f"ApiKey {bench.key}",
        f"apikey {bench.key}",
        f"APIKEY {pair}",
        f"Bearer {bench.key}",
        f"bearer {bench.key}",
        basic("anybody", bench.key),
        basic("", bench.key).replace("Basic", "bASIC"),
    ):
        response = await bench.client.get("/", headers={"authorization": header})
        assert response.status_code == 200, header.partition(" ")[0]


async def test_a_key_in_the_query_is_refused(bench: Bench) -> None:
    async with httpx.AsyncClient(base_url=bench.serving.url) as stranger:
        for name in ("api_key", "apikey", "key", "authorization"):
            assert (await stranger.get(f"/_inference?{name}={bench.key}")).status_code == 401
            known = await bench.client.get(f"/_inference?{name}={bench.key}")
            assert known.status_code == 400
            assert bench.key not in known.text


@pytest.mark.parametrize(
    "origin",
    ["null", "https://evil.example", "http://evil.example:{port}", "http://127.0.0.1:1", "", "file://"],
)
async def test_a_web_page_is_not_answered(bench: Bench, origin: str) -> None:
    response = await bench.client.get("/", headers={"origin": origin.format(port=bench.port)})
    assert response.status_code == 403
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:{port}", "http://localhost:{port}", "http://[::1]:{port}"]
)
async def test_its_own_origin_is_no_foreign_one(bench: Bench, origin: str) -> None:
    response = await bench.client.get("/", headers={"origin": origin.format(port=bench.port)})
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


async def test_a_request_that_a_browser_calls_foreign_is_not_answered(bench: Bench) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("none", 200), ("same-origin", 200)):
        assert (await bench.client.get("/", headers={"sec-fetch-site": site})).status_code == status


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "", "localhost.evil.example:{port}",
             "127.0.0.1@evil.example", "a b", "localhost:x", "[::1", "127.0.0.1:{port}/", "127.0.0.1.nip.io"],
)  # fmt: skip
async def test_a_name_that_was_bound_to_this_address_is_refused(bench: Bench, host: str) -> None:
    answer = await bench.raw(bench.head("GET /", Host=host.format(port=bench.port)))
    assert answer.startswith(b"HTTP/1.1 4"), answer


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "LOCALHOST:{port}", "127.0.0.1:{port}", "[::1]:{port}", "127.0.0.1"]
)
async def test_this_machines_own_names_are_taken(bench: Bench, host: str) -> None:
    answer = await bench.raw(bench.head("GET /", Host=host.format(port=bench.port)))
    assert answer.startswith(b"HTTP/1.1 200"), answer


async def test_a_request_without_a_host_is_refused(bench: Bench) -> None:
    key = f"Authorization: ApiKey {bench.key}\r\n".encode()
    assert (await bench.raw(b"GET / HTTP/1.1\r\n" + key + b"\r\n")).startswith(b"HTTP/1.1 400")
    assert (await bench.raw(b"GET / HTTP/1.0\r\n" + key + b"\r\n")).startswith(b"HTTP/1.1 403")


async def test_no_page_is_told_what_it_may_send(bench: Bench) -> None:
    response = await bench.client.options("/_inference", headers={"origin": "https://evil.example"})
    assert response.status_code == 403
    response = await bench.client.options("/_inference")
    assert (response.status_code, response.headers["allow"]) == (200, "GET")
    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_without_access_control_hosts_and_origins_are_still_looked_at(tmp_path: Path) -> None:
    async with serving(tmp_path, options=ServeOptions(port=0, auth=False)) as bench:
        assert bench.serving.key is None
        assert (await bench.client.get("/")).status_code == 200
        assert (await bench.client.get("/", headers={"origin": "null"})).status_code == 403
        assert (await bench.client.get("/", headers={"host": "evil.example"})).status_code == 403


async def test_the_key_stays_the_same_where_it_can_be_kept(bench: Bench) -> None:
    key = bench.key
    await bench.server.stop()
    serving = await bench.server.start(ANY_PORT)
    assert serving.key is not None and serving.key.get_secret_value() == key
    assert not serving.notes


@pytest.mark.parametrize(("host", "allowed"), [("0.0.0.0", True), ("127.0.0.1", False)])
def test_addresses_are_names_of_a_server_that_other_machines_reach(host: str, allowed: bool) -> None:
    access = Access(SecretStr("k"), host, 9250)
    headers = {"host": "192.168.1.7:9250", "authorization": "ApiKey k"}
    if allowed:
        access.check(headers, "/")
        headers["host"] = "evil.example:9250"
    with pytest.raises(Refused):
        access.check(headers, "/")
