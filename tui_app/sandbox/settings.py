"""What can be set about the sandbox."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

DEFAULT_KEY: Final = "sandbox-key-this-is-no-secret"
"""The key of the embedded sandbox: the same everywhere, and visibly good for nothing else."""


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Key, limits and pace of one sandbox.

    The limits are per minute, refilled continuously; their defaults are Anthropic's Start tier.
    `tokens_per_second` is the pace of a stream (0 sends as fast as it can), `first_token_delay`
    the seconds before its first text. Raises ValueError for a value that makes no sense.
    """

    key: str = field(default=DEFAULT_KEY, repr=False)
    requests_per_minute: int = 1_000
    input_tokens_per_minute: int = 2_000_000
    output_tokens_per_minute: int = 400_000
    tokens_per_second: float = 120.0
    first_token_delay: float = 0.15

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("key must not be empty")
        for name in ("requests", "input_tokens", "output_tokens"):
            if getattr(self, f"{name}_per_minute") < 1:
                raise ValueError(f"{name}_per_minute must be at least 1")
        for name in ("tokens_per_second", "first_token_delay"):
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0:
                raise ValueError(f"{name} must be 0 or more")
