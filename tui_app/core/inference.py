"""Inference: the only thing that a front end talks to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, suppress

from pydantic import SecretStr

from tui_app.core.budgets import Budgets
from tui_app.core.chats import Chats
from tui_app.core.clusters import Connections
from tui_app.core.comparisons import Comparisons
from tui_app.core.desk import Desk
from tui_app.core.endpoint import ANTHROPIC_URL, Endpoint
from tui_app.core.endpoints import Endpoints
from tui_app.core.errors import InfertermError
from tui_app.core.keys import Keys
from tui_app.core.lines import Line
from tui_app.core.models import MODELS
from tui_app.core.office import Office
from tui_app.core.patience import Patience
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source
from tui_app.core.receipt_books import MemoryReceipts, ReceiptBook
from tui_app.core.remote import Remote
from tui_app.core.replies import Reply
from tui_app.core.requests import Asking
from tui_app.core.scales import Scales
from tui_app.core.service import MessagesApi, Sandbox, ServiceModel
from tui_app.core.storage import EndpointStore, HealthBook, History
from tui_app.core.targets import Targets
from tui_app.core.totals import Totals
from tui_app.core.variations import MemorySetups, SetupStore
from tui_app.core.verification import Report, Step, StepState, Verification
from tui_app.core.vision import Vision


class Inference:
    """Endpoints, keys, chats and quota of one user, in one process.

    `endpoints`, `keys`, `chats`, `comparisons`, `queue`, `budgets` and `totals` are the parts; what
    needs several of them is here.
    """

    def __init__(
        self,
        *,
        store: EndpointStore,
        keys: Keys,
        health: HealthBook,
        history: History,
        api: MessagesApi,
        sandbox: Sandbox,
        queue: RequestQueue,
        connections: Connections,
        setups: SetupStore | None = None,
        default_url: str = ANTHROPIC_URL,
        receipts: ReceiptBook | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.keys, self.queue = keys, queue
        self._api, self._sandbox, self._clock = api, sandbox, clock
        self._targets = Targets(keys, sandbox, default_url)
        self.endpoints = Endpoints(store, keys, health, self._targets)
        self.totals = Totals(receipts or MemoryReceipts(), self.endpoints.sandboxes, clock)
        self._desk = Desk(queue, api, self.totals.note, clock)
        self.vision = Vision(self._targets, api)
        self._office = Office(
            self.endpoints, self._targets, self._desk, history, vision=self.vision, clock=clock
        )
        self.remote = Remote(connections, self.endpoints, keys)
        self.endpoints.linked, self._targets.cluster = self.remote.linked, self.remote.cluster
        self.chats = Chats(self._office)
        self.scales = Scales(self._targets, api, self.vision)
        self.comparisons = Comparisons(self._office, self.chats, setups or MemorySetups())
        self.budgets = Budgets(self.endpoints, queue)
        self.endpoints.limit_changed, self._desk.begins_to_wait = self._heed_limit, self._follow_limits
        self._following: asyncio.Task[None] | None = None

    def _heed_limit(self, inference_id: str, limit: int) -> None:
        self.queue.change_limit(inference_id, limit)
        self.budgets.forget()

    def _follow_limits(self) -> None:
        """Look at the files from now on: somebody waits for a limit that may be changed there."""
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self.endpoints.follow_limits())

    async def ask(
        self, inference_id: str, request: Asking, source: Source, patience: Patience = Patience()
    ) -> Reply:
        """A reply outside of any chat. Raises as `Endpoints.get`; KeyMissing, KeyStoreFailed."""
        return await self.ask_of(await self.endpoints.get(inference_id), request, source, patience)

    async def ask_of(
        self,
        endpoint: Endpoint,
        request: Asking,
        source: Source,
        patience: Patience = Patience(),
        key: SecretStr | None = None,
    ) -> Reply:
        """A reply of an endpoint that need not be kept, or not just so; `key` stands in for the kept one.

        Raises KeyMissing, KeyStoreFailed.
        """
        return self._desk.ask(await self._targets.route(endpoint, key), request, source, patience)

    async def line(self, endpoint: Endpoint) -> Line:
        """A way to ask an endpoint many times. Raises KeyMissing, KeyStoreFailed."""
        return Line(self._desk, await self._targets.route(endpoint))

    def url(self, endpoint: Endpoint) -> str:
        """Where an endpoint's requests go, without `/v1/messages`."""
        return endpoint.base_url(self._targets.default)

    async def note_success(self, inference_id: str) -> None:
        """Remember that the service takes an endpoint's key. Raises StoreFailed."""
        await self._office.succeeded(inference_id)

    async def note_failure(self, inference_id: str, error: InfertermError) -> None:
        """Remember what went wrong with an endpoint."""
        await self._office.failed(inference_id, error)

    async def verify(self, endpoint: Endpoint, key: SecretStr | None = None) -> AsyncGenerator[Report, None]:
        """Climb the ladder for an endpoint, kept or not yet.

        The outcome is remembered of an endpoint that is kept just so, with the key that it has.
        """
        async with aclosing(Verification(self._targets, self._api, self._desk).climb(endpoint, key)) as steps:
            async for report in steps:
                if key is None:
                    await self._remember(endpoint, report)
                yield report

    async def _remember(self, endpoint: Endpoint, report: Report) -> None:
        """Remember how the ladder ended; where that cannot be kept, the ladder tells it all the same."""
        passed = report.step is Step.PROBE and report.state is StepState.PASSED
        if not passed and not (report.state is StepState.FAILED and report.error):
            return
        with suppress(InfertermError):
            if endpoint not in await self.endpoints.stored():
                return
            if report.error:
                await self._office.failed(endpoint.inference_id, report.error)
            else:
                await self.note_verified(endpoint.inference_id, report.seconds)

    async def note_verified(self, inference_id: str, latency_s: float | None) -> None:
        """Remember that an endpoint was verified just now."""
        await self.endpoints.note(
            inference_id, verified_at=self._clock(), verified_latency_s=latency_s, key_refused=False
        )

    async def models(self, endpoint: Endpoint, key: SecretStr | None = None) -> Sequence[ServiceModel]:
        """The models to suggest: the service's own list, or the bundled table where it cannot be asked."""
        try:
            route = await self._targets.route(endpoint, key)
            return await self._api.models(route.target) or BUNDLED
        except InfertermError:
            return BUNDLED

    async def aclose(self) -> None:
        """Stop replies (keeping what came), withdraw from the queue, close connections and the sandbox."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.totals.aclose)
            stack.push_async_callback(self._sandbox.aclose)
            stack.push_async_callback(self._api.aclose)
            stack.push_async_callback(self.remote.aclose)
            stack.push_async_callback(self.queue.aclose)
            stack.push_async_callback(self.chats.aclose)
            stack.push_async_callback(self.comparisons.aclose)
            if self._following is not None:
                self._following.cancel()
                await asyncio.wait([self._following])


BUNDLED = tuple(
    ServiceModel(
        model.id,
        max_input_tokens=model.context,
        max_tokens=model.max_output,
        retires_at=model.retires.isoformat() if model.retires else "",
    )
    for model in MODELS
)
"""The bundled table in the words of the service's list."""
