import httpx
import pytest

from tests.sandbox.wire import NEWER, client, refused, request
from tui_app.sandbox.models import MODELS

NEW, OLD, OLDER = "claude-sonnet-5", "claude-sonnet-4-6", "claude-haiku-4-5"
THINKING = {"type": "enabled", "budget_tokens": 1_024}
TOOL = {"name": "look_up", "input_schema": {"type": "object", "properties": {}}}


async def _message(wire: httpx.AsyncClient, **settings: object) -> str:
    status, kind, message = await refused(wire, request(**settings))
    assert (status, kind) == (400, "invalid_request_error")
    return message


async def _is_fine(wire: httpx.AsyncClient, **settings: object) -> None:
    response = await wire.post("/v1/messages", json=request(**settings))
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("name", ["nonsense", "claude-opus-4-1-20250805", "claude-3-haiku-20240307"])
async def test_unknown_and_retired_models_are_not_found(wire: httpx.AsyncClient, name: str) -> None:
    assert await refused(wire, request(model=name)) == (404, "not_found_error", f"model: {name}")


@pytest.mark.parametrize(
    "name",
    [name for model in MODELS if model.lifecycle != "retired" for name in (model.id, *model.aliases)],
)
@pytest.mark.parametrize("headers", [{}, NEWER])
async def test_every_other_model_answers(name: str, headers: dict[str, str]) -> None:
    async with client() as wire:
        response = await wire.post("/v1/messages", json=request(model=name), headers=headers)
    message = response.json()
    assert response.status_code == 200
    assert message["model"].startswith(name) or name.startswith(message["model"])
    assert any(block["type"] == "text" and "andbox" in block["text"] for block in message["content"])


@pytest.mark.parametrize(
    ("name", "value", "default"),
    [("temperature", 0.7, 1), ("top_p", 0.9, 1), ("top_k", 40, None)],
)
async def test_newer_models_refuse_sampling_that_is_not_the_default(
    wire: httpx.AsyncClient, name: str, value: float, default: float | None
) -> None:
    said = await _message(wire, model=NEW, **{name: value})
    assert said == f"`{name}` is deprecated for this model."
    await _is_fine(wire, model=NEW, **{name: default})
    await _is_fine(wire, model=OLDER, **{name: value})


@pytest.mark.parametrize("model", [OLD, OLDER])
async def test_temperature_and_top_p_exclude_each_other(wire: httpx.AsyncClient, model: str) -> None:
    said = await _message(wire, model=model, temperature=1, top_p=1)
    assert said.startswith("`temperature` and `top_p` cannot both be specified for this model.")


@pytest.mark.parametrize(
    ("settings", "start"),
    [
        ({"temperature": 0.5}, "`temperature` may only be set to 1 when thinking is enabled"),
        ({"top_k": 3}, "`top_k` must be unset when thinking is enabled"),
        ({"top_p": 0.9}, "`top_p` must be greater than or equal to 0.95 or unset"),
    ],
)
@pytest.mark.parametrize("thinking", [THINKING, {"type": "adaptive"}])
async def test_sampling_is_bound_while_thinking(
    wire: httpx.AsyncClient,
    settings: dict[str, object],
    start: str,
    thinking: dict[str, object],
) -> None:
    sent = {"model": OLD, "max_tokens": 2_000, "thinking": thinking}
    assert (await _message(wire, **sent, **settings)).startswith(start)
    await _is_fine(wire, **sent, top_p=0.95)
    await _is_fine(wire, **sent, temperature=1)


@pytest.mark.parametrize(
    ("model", "kind", "is_taken"),
    [
        (OLDER, "enabled", True),
        (OLDER, "adaptive", False),
        (OLDER, "disabled", True),
        (OLD, "enabled", True),
        (OLD, "adaptive", True),
        (NEW, "enabled", False),
        (NEW, "adaptive", True),
        (NEW, "disabled", True),
        (NEW, "between_tools", True),
        ("claude-opus-5-5", "disabled", False),
        ("claude-fable-5-1", "adaptive", True),
    ],
)
async def test_each_model_takes_its_own_kinds_of_thinking(
    wire: httpx.AsyncClient, model: str, kind: str, is_taken: bool
) -> None:
    thinking = THINKING if kind == "enabled" else {"type": kind}
    sent = {"model": model, "max_tokens": 2_000, "thinking": thinking}
    if is_taken:
        await _is_fine(wire, **sent)
    else:
        said = await _message(wire, **sent)
        assert said.startswith(f'"thinking.type.{kind}" is not supported for this model')


async def test_the_budget_of_thinking_is_below_max_tokens(wire: httpx.AsyncClient) -> None:
    said = await _message(wire, max_tokens=1_024, thinking=THINKING)
    assert said == "`max_tokens` must be greater than `thinking.budget_tokens`."


async def test_max_tokens_is_bound_by_the_model(wire: httpx.AsyncClient) -> None:
    assert await _message(wire, max_tokens=64_001) == (
        "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for "
        "claude-haiku-4-5-20251001"
    )


async def test_a_prompt_longer_than_the_context_is_refused(wire: httpx.AsyncClient) -> None:
    prompt = [{"role": "user", "content": "word, " * 101_000}]
    said = await _message(wire, messages=prompt)
    assert said.startswith("prompt is too long: ") and said.endswith(" tokens > 200000 maximum")


async def test_stop_sequences_have_something_to_see(wire: httpx.AsyncClient) -> None:
    said = await _message(wire, stop_sequences=["end", " \n"])
    assert said == "stop_sequences: each stop sequence must contain non-whitespace"


async def test_effort_is_what_the_model_knows(wire: httpx.AsyncClient) -> None:
    effort = {"output_config": {"effort": "xhigh"}}
    assert await _message(wire, **effort) == "This model does not support the effort parameter."
    assert "'xhigh'" in await _message(wire, model=OLD, **effort)
    await _is_fine(wire, model=NEW, **effort)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"tools": [TOOL, TOOL]}, "tools: Tool names must be unique."),
        (
            {"tool_choice": {"type": "any"}},
            "tool_choice: may only be specified while providing tools.",
        ),
        (
            {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "other"}},
            "Tool 'other' not found in provided tools",
        ),
        (
            {
                "tools": [TOOL],
                "tool_choice": {"type": "any"},
                "thinking": THINKING,
                "max_tokens": 2_000,
            },
            "Thinking may not be enabled when tool_choice forces tool use.",
        ),
    ],
)
async def test_tools_and_their_choice_go_together(
    wire: httpx.AsyncClient, settings: dict[str, object], said: str
) -> None:
    assert await _message(wire, **settings) == said
