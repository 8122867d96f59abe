"""Answers on standard output, as they come or as one JSON object; all talk on standard error."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Protocol

from tui_app.cli.exits import complain, one_line, sentences
from tui_app.cli.streams import AnswerStream, OutputFailed, closed, write_json
from tui_app.cli.vault import open_vault_for
from tui_app.core.conversation import Answer, Conversation, Outcome, Settings
from tui_app.core.durations import span
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import ConnectionLost, InfertermError, ServiceRefused, StoreFailed, WaitTooLong
from tui_app.core.events import Event, Queued, Retrying, Sent
from tui_app.core.patience import Patience
from tui_app.core.preparing import check_sendable
from tui_app.core.prompted import refuses_lead
from tui_app.core.quota import Source
from tui_app.core.replies import Reply
from tui_app.core.requests import Request
from tui_app.core.spoken import WORTH_SAYING_S, text_of
from tui_app.core.user_messages import UserMessage

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


class AnswerPrinter(Protocol):
    """Prints one answer; `end` comes once, however it ended, and `error` says how if not well."""

    def take(self, event: Event) -> None:
        """Print what is to be printed at once."""

    def end(self, endpoint: Endpoint, answer: Answer, error: str = "") -> None:
        """Print the rest."""


class TextPrinter:
    """Prints the text of an answer piece by piece."""

    def __init__(self) -> None:
        self._stream = AnswerStream()

    def take(self, event: Event) -> None:
        """Print text."""
        if text := text_of(event):
            self._stream.write(text)

    def end(self, endpoint: Endpoint, answer: Answer, error: str = "") -> None:
        """Print what the stream still holds."""
        if answer.text:
            self._stream.end()


class JsonPrinter:
    """Prints one object at the end, if anything came."""

    def take(self, event: Event) -> None:
        """Print nothing yet."""

    def end(self, endpoint: Endpoint, answer: Answer, error: str = "") -> None:
        """Print the object."""
        if error and not answer.blocks:
            return
        timing = {name: getattr(answer.timing, name) for name in ("queued_s", "first_token_s", "total_s")}
        value: dict[str, object] = {
            "inference_id": endpoint.inference_id,
            "model": answer.model or endpoint.model,
            "text": answer.text,
            "stop_reason": answer.stop_reason,
            "usage": asdict(answer.usage),
            "request_id": answer.request_id,
            "timing": {name: value and round(value, 4) for name, value in timing.items()},
        }
        write_json(value | ({"error": error} if error else {}), indent=None)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of whom; `timeout` is in seconds.

    `template` names a kept prompt that is asked with `values` in place of `prompt`; `files` are paths
    of what goes along.
    """

    inference_id: str
    prompt: str
    settings: Settings = Settings()
    timeout: float | None = None
    as_json: bool = False
    template: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()


async def ask_and_print(bench: Workbench, question: Question) -> None:
    """Ask and print. Raises what the reply raises, after all that came was printed; OutputFailed."""
    attachments = tuple([await bench.attached.read(path) for path in question.files])
    kept = await bench.prompts.get(question.template) if question.template is not None else None
    if kept is None:
        request = Request.of_prompt(UserMessage(question.prompt, (), attachments), question.settings)
    else:
        request = kept.request(question.values, question.settings).with_attached(attachments)
    if closed(sys.stdout):
        raise OutputFailed("it is closed, so nothing was asked")
    endpoint = await bench.inference.endpoints.get(question.inference_id)
    await open_vault_for(bench, endpoint)
    if kept is not None and (doubt := refuses_lead(kept.template, endpoint.model)):
        complain(f"note: {doubt}")
    if attachments:
        alone = Conversation(0, endpoint.inference_id, "", 0.0, 0.0)
        await check_sendable(bench.inference.vision, endpoint, alone, UserMessage("", (), attachments))
    reply = await _begin(bench, question.inference_id, request, Patience(question.timeout))
    printer: AnswerPrinter = JsonPrinter() if question.as_json else TextPrinter()
    try:
        await _print_events(reply, printer, Waits(lambda: bench.ledger.alone))
    except InfertermError as error:
        printer.end(endpoint, reply.answer(Outcome.FAILED), one_line(str(error)))
        await _remember(bench, question.inference_id, error)
        raise
    except asyncio.CancelledError:
        printer.end(endpoint, reply.answer(Outcome.STOPPED), "stopped with Ctrl-C")
        raise
    answer = reply.answer(Outcome.COMPLETE)
    printer.end(endpoint, answer)
    await _remember(bench, question.inference_id)
    if note := note_of(answer):
        complain(note)


async def _begin(bench: Workbench, inference_id: str, request: Request, patience: Patience) -> Reply:
    """Find the key and hand the request in; a key store's window may be left unanswered."""
    try:
        async with asyncio.timeout(patience.total_s):
            return await bench.inference.ask(inference_id, request, Source.ASK, patience)
    except TimeoutError:
        raise WaitTooLong(
            f"the key was not there within {patience.total_s:g} s",
            advice="A window may be asking for the keyring's password. Answer it, or wait longer.",
        ) from None


async def _print_events(reply: Reply, printer: AnswerPrinter, waits: Waits) -> None:
    async with aclosing(reply.events()) as events:
        async for event in events:
            waits.take(event)
            printer.take(event)


async def _remember(bench: Workbench, inference_id: str, error: InfertermError | None = None) -> None:
    """Leave word for the app's list of how it went; where that fails too, both are said.

    Not where the request could not be written down for the same reason, which is told of it.
    """
    try:
        if error is None:
            await bench.inference.note_success(inference_id)
        elif isinstance(error, ServiceRefused | ConnectionLost):
            await bench.inference.note_failure(inference_id, error)
    except StoreFailed as another:
        totals = bench.inference.totals
        await totals.aclose()
        if str(another) not in totals.trouble:
            complain(f"note: {sentences(str(another), another.advice)}")


class Waits:
    """Says once for each attempt that it waits for the quota, and each retry.

    `alone` tells why only this process is counted, empty where all are; that is said once.
    """

    def __init__(self, alone: Callable[[], str] = str) -> None:
        self._said, self._alone_said = False, False
        self._alone = alone

    def take(self, event: Event) -> None:
        """Say what is worth saying of an event."""
        if isinstance(event, Queued | Sent) and not self._alone_said and (why := self._alone()):
            self._alone_said = True
            complain(f"note: under this process's own limit, others are not counted: {one_line(why)}")
        match event:
            case Queued(position, expected, reason) if not self._said and expected >= WORTH_SAYING_S:
                self._said = True
                why = one_line(reason) or f"the endpoint's rate limit, place {position} in the queue"
                complain(f"waiting about {span(expected)}: {why}")
            case Retrying(reason, delay, attempt, attempts, queued):
                self._said = queued
                head = ", first in the queue" if queued else ""
                complain(f"attempt {attempt} of {attempts} in {delay:.1f} s{head}: {one_line(reason)}")


def note_of(answer: Answer) -> str:
    """What a reader of a whole answer should know about how it ended; nothing when it ended of itself."""
    match answer.stop_reason:
        case "max_tokens":
            return (
                f"the answer was cut after {answer.usage.output_tokens} tokens. --max-tokens N allows more."
            )
        case "refusal":
            details = answer.stop_details or {}
            why = one_line(str(details.get("explanation") or details.get("category") or ""))
            return sentences("the model refused to answer", why)
        case "tool_use":
            return "the model asks for a tool, and `ask` runs none"
        case "model_context_window_exceeded":
            return "the answer was cut: prompt and answer fill the model's context"
        case "pause_turn":
            return "the model paused its turn; ask again for the rest"
        case _:
            return "" if answer.text else "the answer holds no text"
