"""What is known of model ids: limits, prices, which settings each refuses.

Limits from LiteLLM 1.106.2's table and the anthropic SDK 2.12.0, prices in USD per million tokens,
dates of deprecation and retirement from the SDK; as of 2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from tui_app.core.conversation import Usage

_BOTH_SAMPLING = re.compile(r"(opus|sonnet|haiku)-4")
_TAKES_SAMPLING = re.compile(
    r"(opus-4-[56]|sonnet-4-[56]|haiku-4-5|(opus|sonnet|haiku)-4(-[01])?(-2\d{7})?$)"
)
_TAKES_LEAD = re.compile(r"(opus|sonnet|haiku)-4(-[015])?(-2\d{7})?$")
_NO_IMAGES = re.compile(r"claude-(2|instant|v1)")
_OLD_FAMILY = re.compile(r"claude-(3|2|instant)")


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens."""

    input: float
    output: float
    cache_read: float
    cache_write: float


@dataclass(frozen=True, slots=True)
class Model:
    """One model: tokens of context, most tokens of output, price, and how long it stays."""

    id: str
    context: int
    max_output: int
    price: Price
    deprecated: bool = False
    retires: date | None = None


_BIG, _OUT = 1_000_000, 128_000
_HAIKU_55, _HAIKU_45 = Price(0.10, 0.50, 0.01, 0.125), Price(1, 5, 0.10, 1.25)
_SONNET_55, _SONNET_5 = Price(2, 10, 0.10, 2.50), Price(2, 10, 0.20, 2.50)
_SONNET_4, _OPUS_55 = Price(3, 15, 0.30, 3.75), Price(4, 20, 0.20, 5)
_OPUS, _FABLE_51, _FABLE_5 = Price(5, 25, 0.50, 6.25), Price(10, 50, 0.25, 12.50), Price(10, 50, 1, 12.50)

MODELS: Final[tuple[Model, ...]] = (
    Model("claude-haiku-5-5", _BIG, _OUT, _HAIKU_55),
    Model("claude-sonnet-5-5", _BIG, _OUT, _SONNET_55),
    Model("claude-opus-5-5", _BIG, _OUT, _OPUS_55),
    Model("claude-fable-5-1", _BIG, _OUT, _FABLE_51),
    Model("claude-mythos-5-1", _BIG, _OUT, _FABLE_51),
    Model("claude-sonnet-5", _BIG, _OUT, _SONNET_5),
    Model("claude-opus-5", _BIG, _OUT, _OPUS),
    Model("claude-fable-5", _BIG, _OUT, _FABLE_5),
    Model("claude-mythos-5", _BIG, _OUT, _FABLE_5),
    Model("claude-opus-4-8", _BIG, _OUT, _OPUS),
    Model("claude-opus-4-7", _BIG, _OUT, _OPUS),
    Model("claude-opus-4-6", _BIG, _OUT, _OPUS),
    Model("claude-sonnet-4-6", _BIG, _OUT, _SONNET_4),
    Model("claude-haiku-4-5", 200_000, 64_000, _HAIKU_45),
    Model("claude-opus-4-5", 200_000, 64_000, _OPUS),
    Model("claude-sonnet-4-5", 200_000, 64_000, _SONNET_4, True, date(2026, 11, 30)),
    Model("claude-mythos-preview", _BIG, _OUT, _FABLE_5, True, date(2026, 6, 30)),
)
"""The bundled table, newest first: what is suggested while the service cannot be asked."""

GONE: Final = {
    "claude-opus-4-1": date(2026, 8, 5),
    "claude-opus-4": date(2026, 6, 15),
    "claude-sonnet-4": date(2026, 6, 15),
    "claude-3-haiku": date(2026, 4, 20),
    "claude-3-7-sonnet": date(2026, 2, 19),
    "claude-3-5-haiku": date(2026, 2, 19),
}
"""Models that are retired, and since when."""
_OLDER: Final = re.compile(r"claude-(3-5-sonnet|3-opus|3-sonnet|2|instant|v?1)\b")
"""Models that were retired before those."""

_BY_ID: Final = {model.id: model for model in MODELS}


def undated(model_id: str) -> str:
    """Strip the date that pins a model's version: `claude-haiku-4-5-20251001` is `claude-haiku-4-5`."""
    return re.sub(r"-20\d{6}$", "", model_id).removesuffix("-latest")


def known(model_id: str) -> Model | None:
    """What the table says of a model, dated or not; None for one that it does not know."""
    return _BY_ID.get(undated(model_id))


def retired_since(model_id: str) -> date | None:
    """The day on which a model went away, for those of which it is known."""
    base = undated(model_id).removesuffix("-0")
    return GONE.get(base)


def is_retired(model_id: str) -> bool:
    """Tell whether a model went away, whether or not the day is known."""
    return retired_since(model_id) is not None or bool(_OLDER.match(model_id))


def takes_sampling(model_id: str) -> bool:
    """Tell whether non-default `temperature`, `top_p`, `top_k` are accepted (under version 2023-06-01).

    Opus, Sonnet and Haiku up to 4.6 take them; every other `claude-…` refuses them; names that
    are not Claude's belong to other servers, which take them.
    """
    if not model_id.startswith("claude-"):
        return True
    return bool(_OLD_FAMILY.match(model_id) or _TAKES_SAMPLING.search(model_id))


def takes_lead(model_id: str) -> bool:
    """Tell whether the last turn may be the assistant's: models from 4.6 on answer that with a 400.

    Names that are not Claude's belong to other servers, which take it.
    """
    if not model_id.startswith("claude-"):
        return True
    return bool(_OLD_FAMILY.match(model_id) or _TAKES_LEAD.search(model_id))


def sees_finely(model_id: str) -> bool:
    """Tell whether images are seen in the finer of two resolutions: by Claude from 4.7 on.

    Those are the models that take no sampling. Names that are not Claude's may stand for anything.
    """
    return not takes_sampling(model_id)


def takes_both(model_id: str) -> bool:
    """Tell whether `temperature` and `top_p` may be set together; Claude 4 models refuse it."""
    return not (model_id.startswith("claude-") and _BOTH_SAMPLING.search(model_id))


def takes_images(model_id: str) -> bool | None:
    """Tell whether a model takes images: Claude from 3 on does; None for a name that is not Claude's."""
    if not model_id.startswith("claude-"):
        return None
    return not _NO_IMAGES.match(model_id)


def cost(model_id: str, usage: Usage) -> float | None:
    """Price of a request in USD, None where the price is not known."""
    model = known(model_id)
    if model is None:
        return None
    price = model.price
    millionths = (
        usage.input_tokens * price.input
        + usage.output_tokens * price.output
        + usage.cache_read_input_tokens * price.cache_read
        + usage.cache_creation_input_tokens * price.cache_write
    )
    return millionths / 1_000_000
