"""A person's mark of a row, by digits."""

from __future__ import annotations


class Marking:
    """The actions of the digits."""

    def put_mark(self, mark: int | None) -> object:
        """Mark what is at hand with 1 to 5, or take its mark away."""
        raise NotImplementedError

    def action_mark1(self) -> None:
        """Mark it with 1."""
        self.put_mark(1)

    def action_mark2(self) -> None:
        """Mark it with 2."""
        self.put_mark(2)

    def action_mark3(self) -> None:
        """Mark it with 3."""
        self.put_mark(3)

    def action_mark4(self) -> None:
        """Mark it with 4."""
        self.put_mark(4)

    def action_mark5(self) -> None:
        """Mark it with 5."""
        self.put_mark(5)

    def action_unmark(self) -> None:
        """Take its mark away."""
        self.put_mark(None)
