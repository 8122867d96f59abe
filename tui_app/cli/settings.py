"""`inferterm settings`: what holds for all endpoints, told and changed."""

from __future__ import annotations

import click

from tui_app.cli.session import with_workbench

_EPILOG = """\b
Examples:
  inferterm settings
  inferterm settings pacing even
  inferterm settings without_ledger own-limit
"""


def setting_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names that begin so."""
    from tui_app.core.settings import SETTINGS

    return [setting.name for setting in SETTINGS if setting.name.startswith(incomplete)]


def setting_values(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The values of the named setting that begin so."""
    from tui_app.core.settings import SETTING

    setting = SETTING.get(context.params.get("name") or "")
    options = setting.options if setting else ()
    return [option.value for option in options if option.value.startswith(incomplete)]


@click.command(short_help="Tell or change what holds for all endpoints.", epilog=_EPILOG)
@click.argument("name", required=False, shell_complete=setting_names)
@click.argument("value", required=False, shell_complete=setting_values)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
def settings(name: str | None, value: str | None, as_json: bool) -> None:
    """Tell all settings, or the one NAME, or let NAME be VALUE.

    They lie in settings.json, and hold for every inferterm that starts from now on; an app that runs
    takes them over.
    """
    from tui_app.cli.choices import change_setting, print_settings

    if name is not None and value is not None:
        with_workbench(lambda bench: change_setting(bench, name, value))
    else:
        with_workbench(lambda bench: print_settings(bench, name, as_json=as_json))
