"""Settings of one chat in lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from tui_app.core.cautions import cautions
from tui_app.core.conversation import SAMPLING, Settings
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest
from tui_app.core.overrides import effective, read_settings
from tui_app.core.text import one_line

_UNSET: Final = "-"
_SYSTEM: Final = "system"


def setting_lines(endpoint: Endpoint, settings: Settings) -> Iterator[str]:
    """Each setting: the chat's own, or the endpoint's; then what the service will make of them."""
    yield f"{_SYSTEM}: {settings.system.strip() or 'none is sent'}"
    for name in SAMPLING:
        value, own = getattr(settings, name), getattr(endpoint.task_settings, name)
        if name in settings.without:
            yield f"{name}: not sent in this chat"
        elif value is not None:
            yield f"{name}: {value}, of this chat"
        else:
            yield f"{name}: {'none is sent' if own is None else f'{own}, of the endpoint'}"
    for caution in cautions(effective(endpoint, settings), date.today()):
        yield f"note: {caution.message}"


def changed_setting(endpoint: Endpoint, settings: Settings, typed: str) -> Settings:
    """The settings with one changed, as `NAME VALUE` says; `-` unsets it.

    Raises InvalidRequest, and InvalidEndpoint for a value that it cannot have.
    """
    name, _, value = typed.partition(" ")
    value = "" if value.strip() in {"", _UNSET} else value.strip()
    if name == _SYSTEM:
        return read_settings(endpoint, value, _typed(settings), settings.without)
    if name not in SAMPLING:
        known = ", ".join((_SYSTEM, *SAMPLING))
        raise InvalidRequest(f"there is no setting {one_line(name)}", f"There are {known}.")
    without = tuple(each for each in settings.without if each != name)
    return read_settings(endpoint, settings.system, {**_typed(settings), name: value}, without)


def _typed(settings: Settings) -> dict[str, str]:
    values = {name: getattr(settings, name) for name in SAMPLING}
    return {name: "" if value is None else str(value) for name, value in values.items()}
