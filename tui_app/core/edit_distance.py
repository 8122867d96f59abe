"""How far two texts are from each other."""

from __future__ import annotations


def edit_distance(one: str, other: str) -> int:
    """How many characters have to be put in, taken out or replaced (Levenshtein).

    Myers' bit vectors (Journal of the ACM 46, 1999) in Hyyrö's form, one bit for each character of `one`.
    """
    if not one or not other:
        return len(one) + len(other)
    places: dict[str, int] = {}
    for i, char in enumerate(one):
        places[char] = places.get(char, 0) | 1 << i
    whole, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, distance = whole, 0, len(one)
    for char in other:
        same = places.get(char, 0)
        diagonal = same | down
        across = (((same & up) + up) ^ up) | same
        more, less = down | (whole & ~(across | up)), up & across
        distance += bool(more & last) - bool(less & last)
        more, less = (more << 1 | 1) & whole, less << 1 & whole
        up, down = less | (whole & ~(diagonal | more)), more & diagonal
    return distance
