"""A first look at a person's files, in a few milliseconds; the real reading follows at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tui_app.core.first_sight import FirstSight, Glance

MOST_BYTES: Final = 65_536


def first_sight(config: Path) -> FirstSight:
    """Look at the settings and endpoints below the configuration folder; what is wrong is passed over."""
    theme = _look(config / "settings.json", "theme")
    files = sorted((config / "endpoints").glob("[!.]*.json"))
    return FirstSight(theme, tuple(map(_glance, files)))


def _glance(file: Path) -> Glance:
    rate = _look(file, "service_settings", "rate_limit", "requests_per_minute")
    return Glance(file.stem, _look(file, "service_settings", "model_id"), rate)


def _look(file: Path, *path: str) -> str:
    try:
        with file.open("rb") as opened:
            value: object = json.loads(opened.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return ""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return str(value) if isinstance(value, str | int) else ""
