"""The options that set one request: system prompt and sampling."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import click

from tui_app.cli.numbers import CHOICES, COUNT, PROBABILITY, TEMPERATURE
from tui_app.cli.variables import sound

T = TypeVar("T")

_OPTIONS = (
    click.option("--system", default="", metavar="TEXT", help="The system prompt of each request."),
    click.option("--max-tokens", type=COUNT, metavar="N", help="The most tokens an answer may have."),
    click.option("--temperature", type=TEMPERATURE, metavar="X", help="Randomness; newer models refuse it."),
    click.option("--top-p", type=PROBABILITY, metavar="X", help="Nucleus sampling; not with --temperature."),
    click.option("--top-k", type=CHOICES, metavar="N", help="Only the N likeliest options for each token."),
)


def request_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command these options; it is called with `settings`, the Settings that they make."""

    @wraps(command)
    def with_settings(
        *,
        system: str,
        max_tokens: int | None,
        temperature: float | None,
        top_p: float | None,
        top_k: int | None,
        **others: object,
    ) -> T:
        from tui_app.core.conversation import Settings

        settings = Settings(sound(system), max_tokens, temperature, top_p, top_k)
        return command(settings=settings, **others)

    for option in reversed(_OPTIONS):
        with_settings = option(with_settings)
    return with_settings
