"""How well the quota is used and kept, beside other limiters, in one run of some minutes.

    .venv/bin/python -m pip install -e '.[bench]'
    .venv/bin/python -m tests.benchmarks.quota [--rounds 5] [--seconds 4] [--picture FILE]
    .venv/bin/python -m tests.benchmarks.quota --real      # 50 in 60 s for three minutes, in real time

A limit of 200 is scaled down to a window of one second; all processes together always want to start
400. Each round lets the limiters compete in another order. What is told:

utilisation: the share of the allowed starts that happened. A slot allows one start each window, and
gave one each window and its mean lateness: window / (window + mean lateness). What lay idle at the
end of the round counts as late; more than was allowed is more than 100 %. The comparison asks all for
N in a window, so ours adds no margin for the journey there; where it does (the services that count
otherwise, real time), the share is of what the limit allows with it.
over the limit: starts that are the (N + 1)th within a window, by brute force over a log of all starts.
fairness: Jain's index over the processes, of the whole round and from the third window on. The first
quota lies free before all have asked, so who comes a millisecond earlier has more of it, and again
each time that those slots are free again; of short rounds that is a large part, so that the whole
round is held against the bound from --seconds 30 on.
late: how long a slot lay free before it was used (median / 99th percentile).
CPU: of all that a process does, by start, from the moment at which all began.

aiolimiter is held against the one process of a contest, where both do the same work: let requests
wait and go in their turn. Far from the limit, where nothing waits, it adds two numbers of its own,
while ours writes the start down where it outlives the process; so what that costs beside it is told
among the single acts, with a ledger on disk and in memory, and held to no bound.

A start of the comparison is over at once, so its stamp is that moment; one that lasts is stamped
5 ms after leave, which is nothing of a minute and half a percent of a second.
Everything runs on the clock that cannot be set; the wall clock that is set is one put in the place of
time.time within the processes. A peer is used as its documentation says, see `limiters`.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.benchmarks.quota.findings import Findings, once, one_round
from tests.benchmarks.quota.real import real
from tests.benchmarks.quota.report import errors, report

PICTURE = Path("screenshots", "quota-benchmark.svg")


def say(what: str) -> None:
    """Tell on standard error what is going on."""
    print(f"  {what}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.quota")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each contest lasts")
    parser.add_argument("--real", action="store_true", help="50 in 60 s instead, in real time")
    parser.add_argument("--picture", type=Path, default=PICTURE, help="where the picture goes")
    return parser.parse_args()


def main() -> None:
    """Measure, print the tables, draw the picture."""
    asked = arguments()
    if asked.real:
        print("\n".join(real()))
        return
    began, found = time.monotonic(), Findings(asked.seconds)
    for number in range(asked.rounds):
        say(f"round {number + 1} of {asked.rounds}")
        one_round(found, say)
    once(found, say)
    print("\n".join([*report(found), *errors(found)]))
    minutes = (time.monotonic() - began) / 60
    print(f"{asked.rounds} rounds of {asked.seconds:g} s each; {minutes:.1f} minutes.")
    from tests.benchmarks.quota.picture import draw

    draw(found, asked.picture)


if __name__ == "__main__":
    main()
