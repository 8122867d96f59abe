"""What an image weighs: a token for each patch of 28 by 28 pixels of what a model sees of it.

Sizes from the Messages API's documentation of vision and its coordinates, as of October 2026.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

_PATCH: Final = 28


class _Sight(NamedTuple):
    """The longest side in pixels, and the most tokens, of what is seen; a larger image is made smaller."""

    side: int
    tokens: int


_COARSE, _FINE = _Sight(1_568, 1_568), _Sight(2_576, 4_784)


def visual_tokens(width: int, height: int, *, fine: bool) -> int:
    """The tokens of an image of that many pixels; as many as there can be where they are not known.

    `fine` is for models that see images finely.
    """
    most = _FINE if fine else _COARSE
    if not width or not height:
        return most.tokens
    long, short = max(width, height), min(width, height)

    def patches(side: int) -> int:
        """What is left in proportion where the longer side has so many pixels."""
        return -(-side // _PATCH) * -(-max(1, round(short * side / long)) // _PATCH)

    sides = range(1, min(long, most.side) + 1)
    return patches(bisect_right(sides, most.tokens, key=patches))
