"""Exit codes and words of everything that can go wrong."""

from __future__ import annotations

import pytest

from tui_app.cli.exits import Exit, code_of, failed, sentences
from tui_app.core import errors
from tui_app.core.errors import InfertermError, KeyTrouble, Loss, Refusal
from tui_app.core.problems import Fault, Problem

CODES: dict[type[InfertermError], tuple[InfertermError, Exit]] = {
    type(error): (error, code)
    for error, code in (
        (errors.InvalidEndpoint([]), Exit.BAD_INPUT),
        (errors.EndpointNotFound("a"), Exit.BAD_INPUT),
        (errors.EndpointExists("a"), Exit.BAD_INPUT),
        (errors.EndpointChanged("a"), Exit.BAD_INPUT),
        (errors.BrokenEndpointFile("a.json", 1, "no"), Exit.BAD_INPUT),
        (errors.InvalidRequest("no"), Exit.BAD_INPUT),
        (errors.GivenBack(), Exit.BAD_INPUT),
        (errors.StoreFailed("no"), Exit.FAILED),
        (errors.KeyMissing("no"), Exit.NO_KEY),
        (errors.KeyStoreFailed(KeyTrouble.LOCKED, "no"), Exit.NO_KEY),
        (errors.ServiceRefused(Refusal(400, "invalid_request_error", "no")), Exit.REFUSED),
        (errors.ConnectionLost(Loss.CUT, "no"), Exit.NETWORK),
        (errors.WaitTooLong("no"), Exit.TOO_LONG),
        (errors.BatchBusy("no"), Exit.TOO_LONG),
        (errors.QueueFull("no"), Exit.TOO_LONG),
        (errors.QuotaError("no"), Exit.FAILED),
        (errors.TakenOut(), Exit.FAILED),
        (errors.LedgerFailed("no"), Exit.FAILED),
        (errors.LedgerBusy("no"), Exit.FAILED),
    )
}


def kinds(root: type[InfertermError]) -> set[type[InfertermError]]:
    """All classes of the tree of errors."""
    return {kind for child in root.__subclasses__() for kind in {child, *kinds(child)}}


def test_every_error_has_an_exit_code() -> None:
    here = {kind for kind in kinds(InfertermError) if kind.__module__ == errors.__name__}
    assert set(CODES) == here


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_an_error_ends_a_command_with_its_code(kind: type[InfertermError]) -> None:
    error, code = CODES[kind]
    assert code_of(error) is code


def test_every_problem_has_a_line_of_its_own() -> None:
    problems = [Problem(path, Fault.MISSING, "is\nrequired") for path in ("a", "b.c")]
    ended = failed(errors.InvalidEndpoint(problems))
    assert (ended.lines, ended.code) == (("a: is required", "b.c: is required"), 2)


@pytest.mark.parametrize(
    ("message", "advice", "line"),
    [
        ("It broke", "Mend it.", "It broke. Mend it."),
        ("It broke.", "Mend it.", "It broke. Mend it."),
        ("It\u2028broke", "", "It broke"),
        ("Who?\n", "You.\x1b[2J", "Who? You."),
    ],
)
def test_what_is_wrong_and_what_to_do_stand_on_one_line(message: str, advice: str, line: str) -> None:
    assert sentences(message, advice) == line
