"""Settings as text for people and as JSON for scripts, and changing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_app.cli.streams import write_json, write_line
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest
from tui_app.core.fields import DEFAULT_REQUESTS_PER_MINUTE
from tui_app.core.settings import SETTING, SETTINGS, Setting

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


async def print_settings(bench: Workbench, name: str | None, *, as_json: bool) -> None:
    """Print all settings, or the value of one and what each of its options does. Raises InvalidRequest."""
    if as_json:
        values = bench.chosen.model_dump(mode="json")
        write_json(values if name is None else values[_known(name).name])
    elif name is None:
        for setting in SETTINGS:
            write_line(f"{setting.name}: {bench.chosen.text(setting.name)}")
    else:
        setting = _known(name)
        write_line(f"{name}: {bench.chosen.text(name)}")
        write_line(setting.help)
        limit = await _limit(bench)
        for option in setting.options:
            write_line(": ".join(filter(None, (f"  {option.value}", option.about(limit)))))


async def change_setting(bench: Workbench, name: str, text: str) -> None:
    """Let a setting have the value that was typed. Raises InvalidRequest, StoreFailed."""
    setting = _known(name)
    value = setting.read(text)
    if value is None:
        options = ", ".join(option.value for option in setting.options)
        raise InvalidRequest(f"{name} cannot be {text!r}.", f"It is one of {options}.")
    await bench.settings.change(**{name: value})


def _known(name: str) -> Setting:
    if name not in SETTING:
        raise InvalidRequest(f"there is no setting {name!r}.", f"There are {', '.join(SETTING)}.")
    return SETTING[name]


async def _limit(bench: Workbench) -> int:
    """A limit for the examples: that of the person's first endpoint."""
    limits = [each.limit for each in await bench.inference.endpoints.stored() if isinstance(each, Endpoint)]
    return limits[0] if limits else DEFAULT_REQUESTS_PER_MINUTE
