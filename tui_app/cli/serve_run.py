"""Serving the `_inference` API until a signal ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_app.cli.exits import complain, one_line
from tui_app.cli.stopping import say_serving, stop_signals
from tui_app.cli.streams import write_line
from tui_app.core.connecting import pastes
from tui_app.core.served import ServeOptions, Serving

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


async def serve_inference(bench: Workbench, options: ServeOptions) -> None:
    """Print how to connect, and serve. Raises PortTaken, InvalidRequest."""
    stopped = stop_signals()
    serving = await bench.server.start(options)
    try:
        _announce(serving)
        await stopped.wait()
    finally:
        await bench.server.stop()


def _announce(serving: Serving) -> None:
    write_line(serving.url)
    if serving.key is not None:
        write_line(serving.key.get_secret_value())
    for paste in pastes(serving):
        write_line()
        write_line(f"{paste.name}:")
        for line in paste.lines:
            write_line(f"  {line}")
    for note in serving.notes:
        complain(f"note: {one_line(note)}")
    if serving.key is None:
        complain("note: no key is asked for; every program on this machine may use your endpoints")
    say_serving()
