"""How long a silence may be: the caller's own bound, else as long as a model may think unseen."""

from __future__ import annotations

from tui_app.core.patience import SILENCE_S, Patience


def test_a_model_may_think_unseen_for_longer_than_a_connection_may_say_nothing() -> None:
    assert Patience().silence_s > SILENCE_S


def test_a_caller_who_waits_for_so_long_waits_for_no_longer_silence() -> None:
    assert Patience(900.0).silence_s == 900.0
    assert Patience(5.0, only_to_begin=True).silence_s == Patience().silence_s
