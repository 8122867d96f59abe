"""How a command ends: its exit code, and what went wrong in words on standard error, one line each."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

import click

from tui_app.cli.streams import InputFailed, OutputFailed, output_failed, say
from tui_app.core.characters import mended

if TYPE_CHECKING:
    from tui_app.core.errors import InfertermError

NAME = "inferterm"
_LINE_MAX = 1000
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Why standard output may take no more of a help text, which is click's to print."""


class Exit(IntEnum):
    """Exit codes; those of `ask` are a contract."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    NO_KEY = 3
    REFUSED = 4
    NETWORK = 5
    TOO_LONG = 75
    INTERRUPTED = 130
    READER_LEFT = 141


CODES_HELP = (
    "Exit codes: 0 done, 1 the disk or the quota's ledger failed, 2 bad input, 3 no key, 4 refused by the "
    "service, 5 network, 75 it would have to wait too long (or the queue is full), 130 stopped with Ctrl-C."
)


class Failed(click.ClickException):
    """A command that failed, in words: a line for each problem."""

    def __init__(self, lines: Sequence[str], code: int) -> None:
        super().__init__("; ".join(lines))
        self.lines, self.code = tuple(lines), code


def failed(error: InfertermError) -> Failed:
    """How an error ends a command: one line for each problem, what is wrong and then what to do."""
    from tui_app.core.errors import InvalidEndpoint

    if isinstance(error, InvalidEndpoint):
        return Failed([one_line(str(problem)) for problem in error.problems], Exit.BAD_INPUT)
    code = code_of(error)
    how = "`inferterm key set --help` shows how." if code is Exit.NO_KEY else ""
    return Failed([sentences(sentences(str(error), error.advice), how)], code)


def code_of(error: InfertermError) -> Exit:
    """The exit code that an error ends a command with."""
    from tui_app.core import errors
    from tui_app.core.served import PortTaken

    match error:
        case errors.KeyMissing() | errors.KeyStoreFailed():
            code = Exit.NO_KEY
        case errors.ServiceRefused():
            code = Exit.REFUSED
        case errors.ConnectionLost():
            code = Exit.NETWORK
        case errors.WaitTooLong() | errors.QueueFull() | errors.BatchBusy():
            code = Exit.TOO_LONG
        case errors.QuotaError() | errors.StoreFailed() | PortTaken():
            code = Exit.FAILED
        case _:
            code = Exit.BAD_INPUT
    return code


def sentences(message: str, advice: str) -> str:
    """Message and advice on one line, with a stop between them."""
    message, advice = one_line(message), one_line(advice)
    if not advice:
        return message
    return f"{message} {advice}" if message[-1:] in ".!?…" else f"{message}. {advice}"


def one_line(text: str) -> str:
    """The text on one line, without control characters, cut where nobody reads on."""
    from tui_app.core.text import one_line as shortened

    return shortened(text, limit=_LINE_MAX)


def complain(line: str) -> None:
    """Say one problem on standard error."""
    say(f"{NAME}: {mended(line)}")


def run(command: click.Command, args: Sequence[str] | None, obj: object = None) -> int:
    """Run a command and return its exit code; what a person can act on is said, and not raised."""
    try:
        result = command.main(args, prog_name=NAME, standalone_mode=False, obj=obj)
    except (click.ClickException, InputFailed, OutputFailed) as error:
        lines, code = _verdict(error)
        for line in lines:
            complain(line)
        return code
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except OSError as error:
        if error.errno not in _FULL:
            raise
        complain(f"standard output takes no more: {output_failed(error).reason}")
        return Exit.FAILED
    return result if isinstance(result, int) else Exit.DONE


def _verdict(error: click.ClickException | InputFailed | OutputFailed) -> tuple[Sequence[str], int]:
    """What is said, and the exit code."""
    match error:
        case Failed(lines=lines, code=code):
            return lines, code
        case OutputFailed(reason=None):
            return [], Exit.READER_LEFT
        case OutputFailed():
            return [f"standard output takes no more: {error}"], Exit.FAILED
        case InputFailed():
            return [str(error)], Exit.BAD_INPUT
        case _:
            return [_usage_words(error)], Exit.BAD_INPUT


def _usage_words(error: click.ClickException) -> str:
    """The error's words; what was given too much may be a key and is not quoted."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return f"`{error.ctx.command_path}` needs a command. `{error.ctx.command_path} --help` names them."
    message = re.sub(r"unexpected extra (arguments?) \(.*\)", r"unexpected extra \1", error.format_message())
    message = re.sub(r"sk-[\w-]{8,}", "***", one_line(message))
    return sentences(message, f"`{context.command_path} --help` tells more." if context else "")
