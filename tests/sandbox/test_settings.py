import pytest

from tui_app.sandbox.settings import DEFAULT_KEY, SandboxSettings


def test_the_key_looks_like_none_of_anthropics_and_stays_out_of_reprs() -> None:
    assert DEFAULT_KEY.startswith("sandbox-")
    assert DEFAULT_KEY not in repr(SandboxSettings())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key", ""),
        ("requests_per_minute", 0),
        ("input_tokens_per_minute", 0),
        ("output_tokens_per_minute", -1),
        ("tokens_per_second", -1.0),
        ("tokens_per_second", float("nan")),
        ("first_token_delay", float("inf")),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        SandboxSettings(**{name: value})  # type: ignore[arg-type]
