"""What headers say of limits and waits, read with tolerance: what cannot be read is missing."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from tui_app.core.service import ServerLimit

_FAR: Final = 366 * 86_400.0
"""No wait is longer, in seconds: a bound for nonsense."""
_EPOCH_S: Final = 1e9
_EPOCH_MS: Final = 1e12
"""A plain number from here on is a point in time, below `_EPOCH_S` a duration."""

_FORMS: Final = (
    re.compile(r"anthropic-(?:ratelimit-)?(?P<name>.+)-(?P<figure>limit|remaining|reset)"),
    re.compile(r"llm_provider-anthropic-(?:ratelimit-)?(?P<name>.+)-(?P<figure>limit|remaining|reset)"),
    re.compile(r"(?:llm_provider-)?x-ratelimit-(?P<figure>limit|remaining|reset)(?:-(?P<name>.+))?"),
)
"""Anthropic's own names first, then under LiteLLM's prefix, then OpenAI's, the figure before the name."""

_NUMBER = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*(?:[;,].*)?")
_DURATION = re.compile(r"\s*(?:\d+(?:\.\d+)?(?:ms|[smhd])\s*)+", re.IGNORECASE)
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])", re.IGNORECASE)
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def server_limits(headers: Mapping[str, str], now: float) -> tuple[ServerLimit, ...]:
    """List the limits that `headers` (names in lower case) tell of, the most trusted form of each.

    `now` is wall-clock seconds, for a server that sends no `date`.
    """
    now = _moment(headers.get("date", "")) or now
    found: dict[str, ServerLimit] = {}
    for form in _FORMS:
        figures: dict[str, dict[str, str]] = {}
        for header, value in headers.items():
            if match := form.fullmatch(header):
                figures.setdefault(match["name"] or "requests", {})[match["figure"]] = value
        for name, told in figures.items():
            limit = _limit(name, told, now)
            if limit and name not in found:
                found[name] = limit
    return tuple(found.values())


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait before the next attempt, from `retry-after-ms` or `retry-after`; None if not said."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return _clamped(milliseconds / 1000)
    return _seconds(headers.get("retry-after", ""), _moment(headers.get("date", "")) or now)


def should_retry(headers: Mapping[str, str]) -> bool | None:
    """What `x-should-retry` says, if it says true or false."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


def _limit(name: str, told: Mapping[str, str], now: float) -> ServerLimit | None:
    limit = _number(told.get("limit", ""))
    remaining = _number(told.get("remaining", ""))
    reset = _seconds(told.get("reset", ""), now)
    if limit is not None and limit < 0:
        limit = None
    if remaining is not None:
        remaining = max(0.0, remaining if limit is None else min(remaining, limit))
    if limit is None and remaining is None and reset is None:
        return None
    whole = [None if figure is None else int(figure) for figure in (limit, remaining)]
    return ServerLimit(name, whole[0], whole[1], reset)


def _seconds(text: str, now: float) -> float | None:
    """Seconds from `now`, out of a number, a duration such as `6m0s`, or a point in time."""
    number = _number(text)
    if number is None and _DURATION.fullmatch(text):
        number = sum(float(amount) * _UNIT_S[unit.lower()] for amount, unit in _PART.findall(text))
    elif number is None:
        moment = _moment(text)
        number = None if moment is None else moment - now
    elif number >= _EPOCH_S:
        number = (number / 1000 if number >= _EPOCH_MS else number) - now
    return None if number is None else _clamped(number)


def _number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    number = float(match[1]) if match else math.nan
    return number if math.isfinite(number) else None


def _moment(text: str) -> float | None:
    """Epoch seconds of an RFC 3339 time or an HTTP date; without a zone it is UTC."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _clamped(seconds: float) -> float:
    return min(max(0.0, seconds), _FAR)
