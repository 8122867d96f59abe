import httpx
import pytest

from tests.sandbox.wire import HEADERS, refused, request
from tui_app.sandbox.access import LARGEST_BODY
from tui_app.sandbox.settings import DEFAULT_KEY

BEARER = {"authorization": f"Bearer {DEFAULT_KEY}"}


async def _status(wire: httpx.AsyncClient, headers: dict[str, str]) -> int:
    wire.headers.pop("x-api-key", None)
    return (await wire.post("/v1/messages", json=request(), headers=headers)).status_code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-api-key": DEFAULT_KEY}, 200),
        (BEARER, 200),
        ({"authorization": f"bearer  {DEFAULT_KEY}"}, 200),
        ({**BEARER, "x-api-key": "another"}, 401),
        ({"authorization": "Bearer another", "x-api-key": DEFAULT_KEY}, 200),
        ({"x-api-key": "another"}, 401),
        ({"x-api-key": ""}, 401),
        ({"x-api-key": DEFAULT_KEY + "x"}, 401),
        ({"authorization": "Bearer another"}, 401),
        ({"authorization": f"Basic {DEFAULT_KEY}"}, 401),
        ({}, 401),
    ],
)
async def test_only_the_key_is_let_in(wire: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    assert await _status(wire, headers) == status


async def test_a_wrong_key_is_not_repeated(wire: httpx.AsyncClient) -> None:
    wrong = {"x-api-key": "sk-ant-mistake"}
    response = await wire.post("/v1/messages", json=request(), headers=wrong)
    assert response.json()["error"] == {
        "type": "authentication_error",
        "message": "invalid x-api-key",
    }
    assert "mistake" not in response.text + str(response.headers)


@pytest.mark.parametrize("path", ["/v1/messages/count_tokens", "/v1/models", "/v1/models/x"])
async def test_every_route_asks_for_the_key(wire: httpx.AsyncClient, path: str) -> None:
    del wire.headers["x-api-key"]
    method = "POST" if path.endswith("tokens") else "GET"
    assert (await wire.request(method, path)).status_code == 401


async def test_the_version_has_to_be_named(wire: httpx.AsyncClient) -> None:
    del wire.headers["anthropic-version"]
    assert await refused(wire, request()) == (
        400,
        "invalid_request_error",
        "anthropic-version: header is required",
    )


@pytest.mark.parametrize("version", ["2023-01-01", "", "2023-06-01, 2023-06-01"])
async def test_an_unknown_or_doubled_version_is_refused(wire: httpx.AsyncClient, version: str) -> None:
    status, _, message = await refused(wire, request(), headers={"anthropic-version": version})
    assert (status, message) == (400, f'anthropic-version: "{version}" is not a valid version')


async def test_a_version_sent_twice_is_refused(wire: httpx.AsyncClient) -> None:
    twice = [*HEADERS.items(), ("anthropic-version", "2023-06-01")]
    del wire.headers["anthropic-version"]
    assert (await refused(wire, request(), headers=twice))[0] == 400


async def test_a_body_over_32_mb_gets_an_answer_nevertheless(
    socket_wire: httpx.AsyncClient,
) -> None:
    response = await socket_wire.post("/v1/messages", content=b" " * (LARGEST_BODY + 1))
    assert response.status_code == 413
    assert response.json()["error"]["type"] == "request_too_large"
    assert (await socket_wire.post("/v1/messages", json=request())).status_code == 200
