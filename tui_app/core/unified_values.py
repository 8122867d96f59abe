"""Values of a request's body, as leniently and as strictly as Elasticsearch's object parser takes them.

Null is refused wherever it stands, numbers may be written as text, and one element may stand for
an array of it.
"""

from __future__ import annotations

import json
import math
import re
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast
from pydantic_core import PydanticCustomError

from tui_app.core.characters import mended
from tui_app.core.fields import INT64_MAX
from tui_app.core.unified_refusals import UNFIT, token_of

T = TypeVar("T")
MOST: Final = 100_000
"""Elements of one array: as many messages as the Messages API takes."""
_WHOLE: Final = re.compile(r"[+-]?\d{1,30}", re.ASCII)


class Parsed(BaseModel):
    """An object of a body: frozen, without unknown fields."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )


def unfit(words: str) -> PydanticCustomError:
    """The error of a value of a right type that cannot be parsed, because of `words`."""
    # Braces in a template would be taken for names of a context.
    return PydanticCustomError(UNFIT, "{words}", {"words": words})


def _given(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    if value is None:
        raise PydanticCustomError("null", "null")
    return value


def _number(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    value = _given(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise unfit(f"For input string: [{str(value)[:40]}]")
    return number


def _whole(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    value = _given(value)
    is_text = isinstance(value, str)
    if _WHOLE.fullmatch(value.strip()) if is_text else isinstance(value, float) and value.is_integer():
        value = int(value)
    elif isinstance(value, float | str):
        raise unfit(f"[{str(value)[:40]}] cannot be converted to Long without data loss")
    if isinstance(value, int) and not -INT64_MAX - 1 <= value <= INT64_MAX:
        raise unfit("Value is out of range for a long")
    return value


def _truth(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    return (
        {"true": True, "false": False}.get(_given(value), value) if isinstance(value, str) else _given(value)
    )


def _texts(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    values = (value,) if isinstance(value, str) else _few(value)
    if not isinstance(values, tuple):
        return values
    return tuple(map(_text, values))


def _text(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    """An element of an array of texts."""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, str):
        return value
    raise unfit(f"Can't get text on a {token_of(value)}")


def _objects(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    return (value,) if isinstance(value, dict) else _few(value)


def _few(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    """An array as a tuple, if it is one."""
    if not isinstance(value, list | tuple):
        return _given(value)
    if len(value) > MOST:
        raise unfit(f"at most {MOST} elements are taken, as by the Messages API")
    return tuple(value)


def _words(value: Any) -> Any:  # noqa: ANN401 - the JSON door
    """Text without halves of characters, which no request could carry."""
    value = _given(value)
    return mended(value) if isinstance(value, str) else value


Given: Final = BeforeValidator(_given)
"""For what may be absent and must not be null."""
Text = Annotated[str, BeforeValidator(_words)]
OptionalText = Annotated[str | None, BeforeValidator(_words)]
OptionalNumber = Annotated[float | None, BeforeValidator(_number)]
OptionalWhole = Annotated[int | None, BeforeValidator(_whole)]
OptionalTruth = Annotated[bool | None, BeforeValidator(_truth)]
Texts = Annotated[tuple[Text, ...], FailFast(), BeforeValidator(_texts)]
Objects = Annotated[tuple[T, ...], FailFast(), BeforeValidator(_objects)]
