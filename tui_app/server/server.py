"""The `_inference` API inside the event loop that is running: switched on, switched off."""

from __future__ import annotations

import asyncio
import importlib
import secrets
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from tui_app.core.endpoint import KeySource
from tui_app.core.errors import InvalidRequest, KeyStoreFailed
from tui_app.core.inference import Inference
from tui_app.core.keys import OwnKeys
from tui_app.core.served import ON_LOOPBACK, ServedRequest, ServeOptions, Server, Serving
from tui_app.server.journal import Journal

if TYPE_CHECKING:
    from tui_app.server.serving import GuestServer

_KEY: Final = "server"
"""The name under which the keyring holds the server's key."""


class InferenceServer(Server):
    """Fulfils the port `Server`; what it needs for that is imported when it is first switched on."""

    def __init__(self, inference: Inference, keys: OwnKeys) -> None:
        self._inference, self._keys = inference, keys
        self._journal = Journal()
        self._guest: GuestServer | None = None
        self._task: asyncio.Task[None] | None = None
        self._serving: Serving | None = None
        self._run_key: SecretStr | None = None
        self._switching = asyncio.Lock()

    @property
    def serving(self) -> Serving | None:
        """Where it listens, None while it does not."""
        return self._serving

    async def start(self, options: ServeOptions = ON_LOOPBACK) -> Serving:
        """Listen; does nothing more where it does already. Raises PortTaken, InvalidRequest."""
        async with self._switching:
            if self._serving is None:
                self._serving = await self._start(options)
                self._journal.announce()
            return self._serving

    async def stop(self) -> None:
        """Free the port, cut what is open, give back places in the queue."""
        async with self._switching:
            guest, task = self._guest, self._task
            self._guest = self._task = self._serving = None
            if guest is None or task is None:
                return
            guest.leave()
            await asyncio.wait({task})
            self._journal.announce()
            if not task.cancelled() and (error := task.exception()):
                raise error

    def requests(self) -> Sequence[ServedRequest]:
        """The latest requests, oldest first."""
        return self._journal.requests()

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` at every change; returns what ends it."""
        return self._journal.subscribe(changed)

    async def _start(self, options: ServeOptions) -> Serving:
        from tui_app.server.access import Access, is_loopback
        from tui_app.server.listening import listen, url_of

        if not options.auth and not is_loopback(options.host):
            raise InvalidRequest(
                f"{options.host} is reached from other machines, and without a key everybody there could "
                "use your API keys",
                "Leave out --no-auth, or listen on 127.0.0.1.",
            )
        listener = await listen(options)
        try:
            await asyncio.to_thread(importlib.import_module, "tui_app.server.serving")
            key, place, notes = await self._key(options)
            port = listener.getsockname()[1]
            if not is_loopback(options.host):
                notes = (*notes, _RISK)
            self._guest = self._made(Access(key, options.host, port), place)
            self._task = asyncio.create_task(self._guest.serve([listener]), name="server")
            await self._ready(self._guest, self._task)
        except BaseException:
            listener.close()
            raise
        return Serving(url_of(listener), key, notes)

    def _made(self, access: Any, place: KeySource) -> GuestServer:  # noqa: ANN401 - imported lazily
        from starlette.middleware.errors import ServerErrorMiddleware

        from tui_app.server.app import App, failed
        from tui_app.server.chats import probe
        from tui_app.server.endpoints import Endpoints
        from tui_app.server.inferences import Inferences
        from tui_app.server.root import root
        from tui_app.server.routes import Handlers, Routes
        from tui_app.server.services import services
        from tui_app.server.serving import GuestServer

        endpoints = Endpoints(self._inference, place, probe)
        inferences = Inferences(self._inference)
        handlers = Handlers(
            root=root,
            list=endpoints.list,
            show=endpoints.show,
            put=endpoints.put,
            update=endpoints.update,
            delete=endpoints.delete,
            infer=inferences.answer,
            stream=inferences.stream,
            services=services,
        )
        app = App(self._inference, Routes(handlers), access, self._journal, self._cut)
        return GuestServer(ServerErrorMiddleware(app, failed))

    def _cut(self, scope: Any) -> None:  # noqa: ANN401 - ASGI's
        if self._guest:
            self._guest.cut(scope)

    async def _ready(self, guest: GuestServer, task: asyncio.Task[None]) -> None:
        ready = asyncio.create_task(guest.ready.wait())
        try:
            await asyncio.wait({ready, task}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            guest.leave()
            await asyncio.wait({task})
            raise
        finally:
            ready.cancel()
        if task.done():
            await task

    async def _key(self, options: ServeOptions) -> tuple[SecretStr | None, KeySource, tuple[str, ...]]:
        """The key to ask for, where the keys of endpoints go that arrive, and what to say of both."""
        try:
            kept = await self._keys.own(_KEY)
            if kept is None and options.auth:
                kept = _new_key()
                await self._keys.keep_own(_KEY, kept)
        except KeyStoreFailed as error:
            self._run_key = self._run_key or _new_key()
            own = "This server's API key and keys" if options.auth else "Keys"
            note = f"{own} of endpoints that arrive are kept for this run only: {error}"
            return self._run_key if options.auth else None, KeySource(place="run"), (note,)
        return kept if options.auth else None, KeySource(), ()


_RISK: Final = (
    "Other machines can reach this server, and what passes is not encrypted: whoever sees it can use the "
    "key, and with it your endpoints at your cost."
)


def _new_key() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))
