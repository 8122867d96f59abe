"""What was asked of the sandbox lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload


@dataclass(frozen=True, slots=True)
class Asked:
    """One well-formed request for a message: when (Unix seconds), of which model, and what."""

    time: float
    model: str
    prompt: str
    stream: bool


class Journal(Sequence[Asked]):
    """The last requests, oldest first; never more than `limit` of them."""

    def __init__(self, limit: int = 1_000) -> None:
        self._asked: deque[Asked] = deque(maxlen=limit)

    def note(self, asked: Asked) -> None:
        """Add a request; the oldest goes when there is no room."""
        self._asked.append(asked)

    @overload
    def __getitem__(self, index: int) -> Asked: ...
    @overload
    def __getitem__(self, index: slice) -> list[Asked]: ...
    def __getitem__(self, index: int | slice) -> Asked | list[Asked]:
        return list(self._asked)[index]

    def __len__(self) -> int:
        return len(self._asked)

    def __iter__(self) -> Iterator[Asked]:
        return iter(tuple(self._asked))
