"""Numbers of options, refused where they make no sense to any server."""

from __future__ import annotations

import math
from typing import Any, Final

import click

COUNT: Final = click.IntRange(1, 2**31 - 1)
"""A whole number above 0; Elasticsearch's integers end there."""
CHOICES: Final = click.IntRange(0, 2**31 - 1)
"""A whole number, 0 included."""


class _Finite(click.FloatRange):
    """A range of numbers that knows neither `nan` nor `inf`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's own type
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is no number that can be counted with", param, ctx)
        return float(number)


SECONDS: Final = _Finite(0, min_open=True)
"""Any stretch of time above 0."""
TEMPERATURE: Final = _Finite(0, 2)
"""Anthropic's models take at most 1, other servers up to 2."""
PROBABILITY: Final = _Finite(0, 1)
PACE: Final = _Finite(0)
"""Any number from 0 up."""
