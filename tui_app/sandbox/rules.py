"""Which settings go with which model, and with one another."""

from __future__ import annotations

from tui_app.sandbox.errors import ApiError
from tui_app.sandbox.models import Model, Thinks, find
from tui_app.sandbox.requests import (
    AdaptiveThinking,
    CountRequest,
    MessageRequest,
    Sampling,
    ThinkingByBudget,
)
from tui_app.sandbox.tokens import count_input
from tui_app.sandbox.tools import NamedChoice


def model_of(request: CountRequest) -> Model:
    """Find the model that a request names; raises ApiError 404 when it is unknown or retired."""
    model = find(request.model)
    if model is None or model.lifecycle == "retired":
        raise ApiError(404, f"model: {request.model}")
    return model


def check_settings(request: CountRequest, model: Model) -> None:
    """Raise ApiError 400 when this model refuses the settings of a request."""
    _check_thinking(request, model)
    _check_effort(request, model)
    _check_tools(request)
    if isinstance(request, MessageRequest):
        _check_output(request, model)
        _check_sampling(request, model)
    tokens = count_input(request)
    if tokens > model.context:
        raise ApiError(400, f"prompt is too long: {tokens} tokens > {model.context} maximum")


def _check_output(request: MessageRequest, model: Model) -> None:
    if request.max_tokens > model.max_output:
        raise ApiError(
            400,
            f"max_tokens: {request.max_tokens} > {model.max_output}, which is the maximum allowed "
            f"number of output tokens for {model.id}",
        )
    for sequence in request.stop_sequences or ():
        if not sequence.strip():
            raise ApiError(400, "stop_sequences: each stop sequence must contain non-whitespace")
    thinking = request.thinking
    if isinstance(thinking, ThinkingByBudget) and thinking.budget_tokens >= request.max_tokens:
        raise ApiError(400, "`max_tokens` must be greater than `thinking.budget_tokens`.")


def _check_sampling(request: MessageRequest, model: Model) -> None:
    sampling = request.sampling
    if not model.takes_sampling:
        for name, is_default in (
            ("temperature", sampling.temperature in (None, 1)),
            ("top_p", sampling.top_p in (None, 1)),
            ("top_k", sampling.top_k is None),
        ):
            if not is_default:
                raise ApiError(400, f"`{name}` is deprecated for this model.")
        return
    if sampling.temperature is not None and sampling.top_p is not None:
        raise ApiError(
            400,
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        )
    if isinstance(request.thinking, ThinkingByBudget | AdaptiveThinking):
        _check_sampling_while_thinking(sampling)


def _check_sampling_while_thinking(sampling: Sampling) -> None:
    if sampling.temperature not in (None, 1):
        raise ApiError(
            400,
            "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
        )
    if sampling.top_k is not None:
        raise ApiError(400, "`top_k` must be unset when thinking is enabled or in adaptive mode.")
    if sampling.top_p is not None and sampling.top_p < 0.95:
        raise ApiError(
            400,
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or "
            "in adaptive mode.",
        )


def _check_thinking(request: CountRequest, model: Model) -> None:
    thinking, thinks = request.thinking, model.thinks
    if thinking is None:
        return
    refused = {
        "enabled": thinks in (Thinks.ADAPTIVE, Thinks.ALWAYS),
        "adaptive": thinks is Thinks.BY_BUDGET,
        "disabled": thinks is Thinks.ALWAYS,
        "between_tools": thinks is not Thinks.ADAPTIVE,
    }[thinking.type]
    if not refused:
        return
    if thinking.type == "enabled":
        raise ApiError(
            400,
            '"thinking.type.enabled" is not supported for this model. Use '
            '"thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
        )
    raise ApiError(400, f'"thinking.type.{thinking.type}" is not supported for this model.')


def _check_effort(request: CountRequest, model: Model) -> None:
    effort = request.output_config.effort if request.output_config else None
    if effort is None or effort in model.efforts:
        return
    if not model.efforts:
        raise ApiError(400, "This model does not support the effort parameter.")
    raise ApiError(
        400, f"This model does not support effort level '{effort}'. Supported levels: "
        f"{', '.join(model.efforts)}."
    )  # fmt: skip


def _check_tools(request: CountRequest) -> None:
    names = [tool.name for tool in request.tools or () if tool.name]
    if len(names) != len(set(names)):
        raise ApiError(400, "tools: Tool names must be unique.")
    choice = request.tool_choice
    if choice is None or choice.type in ("auto", "none"):
        return
    if not request.tools:
        raise ApiError(400, "tool_choice: may only be specified while providing tools.")
    if isinstance(choice, NamedChoice) and choice.name not in names:
        raise ApiError(400, f"Tool '{choice.name}' not found in provided tools")
    if isinstance(request.thinking, ThinkingByBudget):
        raise ApiError(400, "Thinking may not be enabled when tool_choice forces tool use.")
