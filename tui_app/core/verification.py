"""Verifying an endpoint: a ladder of steps, from the key to one real answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import SecretStr

from tui_app.core.desk import Desk
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, ServiceRefused
from tui_app.core.events import Opened, Queued, Retrying, Sent, Stopping, TextDelta, ThinkingDelta
from tui_app.core.quota import Source
from tui_app.core.replies import now
from tui_app.core.requests import Request
from tui_app.core.service import MessagesApi
from tui_app.core.targets import Route, Targets

PROBE: Final = "how big"
"""The input with which Elasticsearch 9.5 validates an endpoint."""

_ABOUT_PARAMETERS: Final = frozenset({400, 413, 422})
"""Statuses of a refused probe that speak of what was asked, and not of service, quota or account."""


class Step(StrEnum):
    """The rungs of the ladder, in order."""

    KEY = "key present"
    HOST = "host reachable"
    ACCEPTED = "key accepted"
    MODEL = "model known"
    PARAMETERS = "parameters accepted"
    PROBE = "probe answered"


class StepState(StrEnum):
    """How a rung stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """One change on the ladder: `detail` says what was seen, `advice` what to do when it failed.

    `seconds` is the time to connect (HOST) or to the first token (PROBE).
    """

    step: Step
    state: StepState
    detail: str = ""
    advice: str = ""
    seconds: float | None = None
    error: InfertermError | None = None


class Verification:
    """Climbs the ladder for one endpoint; the probe is one request and counts as one."""

    def __init__(self, targets: Targets, api: MessagesApi, desk: Desk) -> None:
        self._targets, self._api, self._desk = targets, api, desk

    async def climb(self, endpoint: Endpoint, key: SecretStr | None = None) -> AsyncGenerator[Report, None]:
        """Report each step as it runs and passes; ends after PROBE passed or the first step failed.

        `key` stands in for the kept one, so that a new key is tried before it is kept.
        """
        step = Step.KEY
        try:
            yield Report(step, StepState.RUNNING)
            route = await self._targets.route(endpoint, key)
            yield Report(step, StepState.PASSED, f"fingerprint {route.group.key}")
            yield Report(step := Step.HOST, StepState.RUNNING, route.target.base_url)
            seconds = await self._api.reach(route.target.base_url)
            yield Report(step, StepState.PASSED, route.target.base_url, seconds=seconds)
            async with aclosing(self._model(route)) as reports:
                async for report in reports:
                    step = report.step
                    yield report
            async with aclosing(self._probe(route)) as reports:
                async for report in reports:
                    step = report.step
                    yield report
        except InfertermError as error:
            if (blamed := _blamed(step, error)) is not step:
                yield Report(step, StepState.PENDING)
            yield Report(blamed, StepState.FAILED, str(error), error.advice, error=error)

    async def _model(self, route: Route) -> AsyncGenerator[Report, None]:
        """Ask the service's list of models, which costs nothing; many other servers have none."""
        yield Report(Step.ACCEPTED, StepState.RUNNING)
        try:
            model = await self._api.model(route.target, route.endpoint.model)
        except ServiceRefused as error:
            if error.refusal.status in {401, 403}:
                raise
            listed = await self._lists_models(route)
            if listed and error.refusal.status == 404:
                yield Report(Step.ACCEPTED, StepState.PASSED)
                yield Report(Step.MODEL, StepState.RUNNING)
                raise
            for step in (Step.ACCEPTED, Step.MODEL):
                yield Report(step, StepState.SKIPPED, "no list of models here; the probe tells")
            return
        yield Report(Step.ACCEPTED, StepState.PASSED)
        yield Report(Step.MODEL, StepState.PASSED, model.display_name or model.id)

    async def _lists_models(self, route: Route) -> bool:
        try:
            return bool(await self._api.models(route.target))
        except ServiceRefused as error:
            if error.refusal.status in {401, 403}:
                raise
            return False

    async def _probe(self, route: Route) -> AsyncGenerator[Report, None]:
        """Send one real request with the endpoint's own settings; leave as soon as it answers."""
        step = Step.PARAMETERS
        yield Report(step, StepState.RUNNING)
        reply = self._desk.ask(route, Request.of_prompt(PROBE), Source.VERIFY)
        sent_at = 0.0
        async with aclosing(reply.events()) as events:
            async for event in events:
                match event:
                    case Queued(position, expected, reason):
                        why = reason or f"place {position} in the queue"
                        yield Report(step, StepState.WAITING, f"starts in {expected:.0f} s: {why}")
                    case Retrying(reason, delay, attempt, attempts):
                        detail = f"{reason}; attempt {attempt} of {attempts} in {delay:.1f} s"
                        yield Report(step, StepState.WAITING, detail)
                    case Sent():
                        sent_at = now()
                        yield Report(step, StepState.RUNNING)
                    case Opened():
                        yield Report(step, StepState.PASSED)
                        yield Report(step := Step.PROBE, StepState.RUNNING)
                    case TextDelta() | ThinkingDelta() | Stopping():
                        took = now() - sent_at
                        yield Report(
                            Step.PROBE, StepState.PASSED, f"first token after {took:.2f} s", seconds=took
                        )
                        return
                    case _:
                        pass


def _blamed(step: Step, error: InfertermError) -> Step:
    """The rung that a refusal of the probe is really about."""
    status = error.refusal.status if isinstance(error, ServiceRefused) else None
    if status in {401, 403}:
        return Step.ACCEPTED
    if step is not Step.PARAMETERS or status in _ABOUT_PARAMETERS:
        return step
    return Step.MODEL if status == 404 else Step.PROBE
