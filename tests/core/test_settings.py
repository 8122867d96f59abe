"""The table of settings and the settings themselves say the same."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tui_app.core.settings import SETTING, SETTINGS, AppSettings, Setting


def test_all_that_a_person_chooses_is_in_the_table() -> None:
    assert set(SETTING) == set(AppSettings.model_fields)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_option_is_one_that_can_be_kept_and_the_default_is_among_them(setting: Setting) -> None:
    for option in setting.options:
        kept = AppSettings.model_validate({setting.name: setting.read(option.value)})
        assert kept.text(setting.name) == option.value
    assert AppSettings().text(setting.name) in {option.value for option in setting.options}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_what_is_no_option_is_not_read(setting: Setting) -> None:
    assert setting.read("  ") is None
    assert setting.read("odd") == ("odd" if setting.free else None)
    if not setting.free:
        with pytest.raises(ValidationError):
            AppSettings.model_validate({setting.name: "odd"})


@pytest.mark.parametrize("name", ["pacing", "without_ledger"])
def test_what_is_hard_to_guess_is_explained(name: str) -> None:
    assert all(len(option.about(50)) > 40 for option in SETTING[name].options)
    assert any("50" in option.about(50) for option in SETTING[name].options)
