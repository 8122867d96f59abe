"""`GET`, `PUT`, `DELETE` and `_update` of endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pydantic import SecretStr

from tui_app.core.elastic_bodies import check_new_id, check_update, read_put, read_update, told
from tui_app.core.elastic_errors import Refused, not_verified
from tui_app.core.elastic_tasks import ANY, check_named
from tui_app.core.endpoint import Endpoint, KeySource
from tui_app.core.errors import EndpointExists
from tui_app.core.inference import Inference
from tui_app.core.patience import Patience
from tui_app.core.quota import Source
from tui_app.core.requests import Asking
from tui_app.core.retries import elastic_retry_delay
from tui_app.server.answers import Answer
from tui_app.server.call import Call
from tui_app.server.flow import TIMEOUT, Flow
from tui_app.server.parameters import duration, truth
from tui_app.server.writing import Writing

_ALL: Final = ("_all", "*")


class Endpoints:
    """Endpoints of this user, for other programs.

    `key_place` is where keys are kept that arrive, `probe` what an endpoint is tried out with.
    """

    def __init__(
        self, inference: Inference, key_place: KeySource, probe: Callable[[Endpoint], Asking]
    ) -> None:
        self._inference, self._key_place, self._probe = inference, key_place, probe
        self._writing = Writing()

    async def list(self, call: Call) -> Answer:
        """All endpoints that can be read, by id; of one task type, if the path names one."""
        task = call.task_type
        call.check_parameters()
        stored = await self._inference.endpoints.stored()
        whole = [each for each in stored if isinstance(each, Endpoint)]
        return Answer({"endpoints": [told(each) for each in whole if task in {ANY, each.task_type}]})

    async def show(self, call: Call) -> Answer:
        """One endpoint, or all of a task type."""
        if call.inference_id in _ALL:
            return await self.list(call)
        task = call.task_type
        call.check_parameters()
        endpoint = await self._inference.endpoints.get(call.inference_id)
        check_named(task, endpoint)
        return Answer({"endpoints": [told(endpoint)]})

    async def put(self, call: Call) -> Answer:
        """Keep a new endpoint with its key, after one real request with it."""
        task = call.task_type
        duration(call.parameters, "timeout", TIMEOUT)
        call.check_parameters("timeout")
        check_new_id(call.inference_id)
        body = await call.json()
        call.entry.note(inference_id=call.inference_id)
        parsed, key = read_put(call.inference_id, task, body.value)
        local = parsed.local.model_copy(update={"key": self._key_place})
        endpoint = parsed.model_copy(update={"local": local})
        taken = {each.inference_id for each in await self._inference.endpoints.stored()}
        if endpoint.inference_id in taken:
            raise EndpointExists(endpoint.inference_id)
        await self._try_out(call, endpoint, key)
        await self._writing.do(endpoint.inference_id, self._inference.endpoints.create(endpoint, key))
        return Answer(told(endpoint))

    async def update(self, call: Call) -> Answer:
        """Change key, rate limit or task settings, after one real request if anything changes."""
        task = call.task_type
        duration(call.parameters, "timeout", TIMEOUT)
        call.check_parameters("timeout")
        check_new_id(call.inference_id)
        body = await call.json()
        check_update(body.value)
        current = await self._inference.endpoints.get(call.inference_id)
        call.entry.note(inference_id=current.inference_id)
        changed, key = read_update(current, task, body.value)
        if key is not None and current.local.key.place in {"environment", "command"}:
            local = changed.local.model_copy(update={"key": self._key_place})
            changed = changed.model_copy(update={"local": local})
        if changed != current or key is not None:
            await self._try_out(call, changed, key)
            change = self._inference.endpoints.change(changed, key, expected=current)
            await self._writing.do(changed.inference_id, change)
        return Answer(told(changed))

    async def delete(self, call: Call) -> Answer:
        """Forget an endpoint and its key; with `dry_run`, tell what would be."""
        task = call.task_type
        dry_run, _ = truth(call.parameters, "dry_run"), truth(call.parameters, "force")
        call.check_parameters("dry_run", "force")
        endpoint = await self._inference.endpoints.get(call.inference_id)
        check_named(task, endpoint)
        call.entry.note(inference_id=endpoint.inference_id)
        if dry_run:
            return Answer({"acknowledged": False, "pipelines": [], "indexes": [], "error_message": ""})
        deletion = self._inference.endpoints.delete(endpoint.inference_id, with_key=True)
        await self._writing.do(endpoint.inference_id, deletion)
        return Answer({"acknowledged": True, "pipelines": [], "indexes": []})

    async def _try_out(self, call: Call, endpoint: Endpoint, key: SecretStr | None) -> None:
        """Ask the service something small, with everything as it is to be kept. Raises Refused."""
        limit = duration(call.parameters, "timeout", TIMEOUT)
        patience = Patience(limit.seconds, elastic_retry_delay)
        asking = self._probe(endpoint)
        reply = await self._inference.ask_of(endpoint, asking, Source.VERIFY, patience, key)
        flow = Flow(call, reply, endpoint, self._inference.url(endpoint), limit)
        try:
            await flow.whole()
        except Refused as refused:
            if refused.error.status == 408:
                raise
            raise Refused(not_verified(refused.error)) from None
