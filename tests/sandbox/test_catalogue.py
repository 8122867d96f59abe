from datetime import datetime

import httpx
import pytest

from tui_app.sandbox.models import find

KNOWN = {
    "claude-fable-5-2",
    "claude-mythos-5-2",
    "claude-haiku-5-5",
    "claude-sonnet-5-5",
    "claude-fable-5-1",
    "claude-opus-5-5",
    "claude-mythos-5-1",
    "claude-sonnet-5",
    "claude-fable-5",
    "claude-mythos-5",
    "claude-opus-5",
    "claude-opus-4-8",
    "claude-opus-4-7",
    "claude-mythos-preview",
    "claude-opus-4-6",
    "claude-sonnet-4-6",
    "claude-haiku-4-5",
    "claude-haiku-4-5-20251001",
    "claude-opus-4-5",
    "claude-opus-4-5-20251101",
    "claude-sonnet-4-5",
    "claude-sonnet-4-5-20250929",
}
"""The model ids that the anthropic SDK 2.12.0 knows."""


async def _ids(wire: httpx.AsyncClient, **query: object) -> list[str]:
    response = await wire.get("/v1/models", params={"limit": 1_000, **query})  # type: ignore[dict-item]
    return [model["id"] for model in response.json()["data"]]


async def test_every_current_model_is_listed_and_none_that_is_retired(
    wire: httpx.AsyncClient,
) -> None:
    assert set(await _ids(wire)) == KNOWN


async def test_the_list_can_be_kept_to_stages(wire: httpx.AsyncClient) -> None:
    retired = await _ids(wire, **{"lifecycle[]": "retired"})
    assert "claude-opus-4-1-20250805" in retired and not KNOWN & set(retired)
    both = await _ids(wire, **{"lifecycle[]": ["retired", "deprecated"]})
    assert {*retired, "claude-mythos-preview"} < set(both)


@pytest.mark.parametrize("limit", [1, 5, 7, 22])
async def test_pages_forwards_and_backwards_make_up_the_list(wire: httpx.AsyncClient, limit: int) -> None:
    whole = await _ids(wire)
    forwards: list[str] = []
    query: dict[str, str | int] = {"limit": limit}
    while True:
        page = (await wire.get("/v1/models", params=query)).json()
        forwards += [model["id"] for model in page["data"]]
        assert (page["first_id"], page["last_id"]) == (forwards[-len(page["data"])], forwards[-1])
        if not page["has_more"]:
            break
        query["after_id"] = page["last_id"]
    assert forwards == whole
    backwards: list[str] = []
    query = {"limit": limit, "before_id": whole[-1]}
    while True:
        page = (await wire.get("/v1/models", params=query)).json()
        backwards = [model["id"] for model in page["data"]] + backwards
        if not page["has_more"]:
            break
        query["before_id"] = page["first_id"]
    assert backwards == whole[:-1]


async def test_a_page_has_20_unless_it_is_told(wire: httpx.AsyncClient) -> None:
    page = (await wire.get("/v1/models")).json()
    assert len(page["data"]) == 20 and page["has_more"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "many"},
        {"limit": "-1"},
        {"after_id": "nobody"},
        {"before_id": "nobody"},
        {"after_id": "claude-opus-5", "before_id": "claude-opus-5"},
        {"lifecycle[]": "young"},
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(wire: httpx.AsyncClient, query: dict[str, str]) -> None:
    response = await wire.get("/v1/models", params=query)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


async def test_an_alias_is_resolved(wire: httpx.AsyncClient) -> None:
    entry = (await wire.get("/v1/models/claude-haiku-4-5")).json()
    assert (entry["id"], entry["display_name"]) == (
        "claude-haiku-4-5-20251001",
        "Claude Haiku 4.5",
    )
    assert (entry["max_input_tokens"], entry["max_tokens"]) == (200_000, 64_000)


async def test_an_entry_tells_what_the_api_tells(wire: httpx.AsyncClient) -> None:
    entry = (await wire.get("/v1/models/claude-sonnet-4-5-20250929")).json()
    assert (entry["type"], entry["lifecycle"], entry["line"]) == ("model", "deprecated", "sonnet")
    assert datetime.fromisoformat(entry["created_at"]).tzinfo
    assert entry["retires_at"] == "2026-11-30T00:00:00Z"
    capabilities = entry["capabilities"]
    assert capabilities["effort"]["supported"] is False
    assert capabilities["thinking"]["types"] == {
        "adaptive": {"supported": False},
        "between_tools": {"supported": False},
        "disabled": {"supported": True},
        "enabled": {"supported": True},
    }


async def test_an_unknown_model_is_not_found(wire: httpx.AsyncClient) -> None:
    response = await wire.get("/v1/models/claude-nobody")
    assert response.status_code == 404
    assert response.json()["error"] == {
        "type": "not_found_error",
        "message": "model: claude-nobody",
    }


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("claude-opus-4-5-20251101", "Claude Opus 4.5"),
        ("claude-sonnet-5", "Claude Sonnet 5"),
        ("claude-mythos-preview", "Claude Mythos Preview"),
    ],
)
def test_models_have_names_for_people(name: str, shown: str) -> None:
    model = find(name)
    assert model is not None and model.display_name == shown
