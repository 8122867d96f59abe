"""A server that listens nowhere: the port `tui_app.core.served.Server` for tests of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import SecretStr

from tui_app.core.served import ON_LOOPBACK, PortTaken, ServedRequest, ServeOptions, Server, Serving


class FakeServer(Server):
    """Serves at once, unless the port of `taken` is asked for; `put` makes a request appear."""

    def __init__(self) -> None:
        self.taken: set[int] = set()
        self.log: dict[int, ServedRequest] = {}
        self._serving: Serving | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def serving(self) -> Serving | None:
        """Where it would listen."""
        return self._serving

    async def start(self, options: ServeOptions = ON_LOOPBACK) -> Serving:
        """Serve. Raises PortTaken."""
        if options.port in self.taken:
            raise PortTaken(
                f"port {options.port} is taken by [/another] inferterm", "Stop that one.", by_us=True
            )
        port = options.port or 12345
        self._serving = Serving(f"http://127.0.0.1:{port}", SecretStr("server-secret-key"), ("a note",))
        self._announce()
        return self._serving

    async def stop(self) -> None:
        """Serve no more."""
        self._serving = None
        self._announce()

    def requests(self) -> Sequence[ServedRequest]:
        """What `put` made."""
        return tuple(self.log.values())

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` at every change."""
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    def put(self, request: ServedRequest) -> None:
        """Let a request appear, or change."""
        self.log[request.id] = request
        self._announce()

    def _announce(self) -> None:
        for changed in tuple(self._listeners):
            changed()
