"""Entries of a list of models, read with tolerance."""

from __future__ import annotations

from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.service import ServiceModel


def model_of(entry: JsonValue) -> ServiceModel | None:
    """One entry, or None for what has no id; all but the id may be missing, null or of another type."""
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str) or not entry["id"]:
        return None
    return ServiceModel(
        id=_text(entry, "id"),
        display_name=_text(entry, "display_name"),
        max_input_tokens=_figure(entry, "max_input_tokens"),
        max_tokens=_figure(entry, "max_tokens"),
        lifecycle=_text(entry, "lifecycle"),
        retires_at=_text(entry, "retires_at"),
        image_input=_capability(entry, "image_input"),
    )


def models_of(page: JsonValue) -> list[ServiceModel] | None:
    """The entries of one page, or None for what is no page."""
    entries = page.get("data") if isinstance(page, dict) else None
    if not isinstance(entries, list):
        return None
    return [model for entry in entries if (model := model_of(entry))]


def next_page(page: JsonValue, before: str | None) -> str | None:
    """The id after which the next page begins; None at the end, and when a server goes in circles."""
    if not isinstance(page, dict) or page.get("has_more") is not True:
        return None
    last = page.get("last_id")
    return last if isinstance(last, str) and last and last != before else None


def _capability(entry: JsonObject, name: str) -> bool | None:
    capabilities = entry.get("capabilities")
    leaf = capabilities.get(name) if isinstance(capabilities, dict) else None
    told = leaf.get("supported") if isinstance(leaf, dict) else None
    return told if isinstance(told, bool) else None


def _text(entry: JsonObject, name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _figure(entry: JsonObject, name: str) -> int | None:
    value = entry.get(name)
    whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return int(value) if whole and isinstance(value, int) else None
