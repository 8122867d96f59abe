"""The processes of a measurement: forked from one server, begun at one moment, killed at will."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from types import TracebackType
from typing import Any, TypeVar

from tui_app.adapters.clock import SystemClock

T = TypeVar("T")

PATIENCE_S = 120.0
"""How long a process may take to get ready, or to end once its time is over."""

HEAD_START_S = 0.1
"""How long after the word is given all begin."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.benchmarks.quota.contest"])


@dataclass(frozen=True, slots=True)
class Member:
    """One process, and the pipe to it."""

    process: ForkServerProcess
    pipe: Connection

    def hear(self, kind: type[T], seconds: float = PATIENCE_S) -> T:
        """Wait for the next thing that it says; raises TimeoutError, and EOFError if it died."""
        if not self.pipe.poll(seconds):
            raise TimeoutError(f"{self.process.name} says nothing")
        said = self.pipe.recv()
        assert isinstance(said, kind)
        return said

    def kill(self) -> None:
        """End it with SIGKILL, wherever it is."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Crew:
    """Processes that run `work(job, pipe)`; they say "ready" first and are told when to begin.

    Leaving the context kills those that are left.
    """

    def __init__(self) -> None:
        self.members: list[Member] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for member in self.members:
            member.kill()

    def hire(self, work: Callable[[Any, Connection], None], job: object) -> Member:
        """Start a process; it may not be ready yet."""
        ours, its = _context.Pipe()
        process = _context.Process(target=work, args=(job, its))
        process.start()
        its.close()
        member = Member(process, ours)
        self.members.append(member)
        return member

    def dismiss(self, member: Member) -> None:
        """Kill one of them."""
        member.kill()
        self.members.remove(member)

    def begin(self) -> float:
        """Wait until all are ready and let them begin; the clock's time at which they do."""
        for member in self.members:
            member.hear(str)
        at = SystemClock().now() + HEAD_START_S
        for member in self.members:
            member.pipe.send(at)
        return at

    def results(self, kind: type[T], seconds: float) -> list[T]:
        """Wait for what each says when its `seconds` are over."""
        return [member.hear(kind, seconds + PATIENCE_S) for member in self.members]
