"""What a person chose for the whole app."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class AppSettings(BaseModel):
    """Settings of the app, apart from all endpoints; a new one has the defaults.

    `theme` is a theme's name; `verify_on_save` tries a new or changed endpoint out before it is
    kept; `pacing` is a `quota.Pacing`; `without_ledger` is what happens while the ledger that all
    processes share cannot be used: requests are refused, or each process keeps a limit of its own;
    `last_endpoint` is the id that was used last, or empty.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    theme: str = "inferterm-dark"
    verify_on_save: bool = True
    pacing: Literal["burst", "even"] = "burst"
    without_ledger: Literal["refuse", "own-limit"] = "refuse"
    last_endpoint: str = ""
