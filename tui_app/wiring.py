"""Builds the one Inference from real adapters; the only place that knows them all.

What it knows is imported when it is built: the first screen does not wait for it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_app import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from tui_app.adapters.attached_files import AttachedFiles
    from tui_app.adapters.clipboard import SystemClipboard
    from tui_app.adapters.database import Database
    from tui_app.adapters.endpoint_files import EndpointFiles
    from tui_app.adapters.folders import Folders
    from tui_app.adapters.keys import KeyChain
    from tui_app.adapters.settings_file import SettingsFile
    from tui_app.adapters.standby_ledger import StandbyLedger
    from tui_app.core.batches import Batches
    from tui_app.core.inference import Inference
    from tui_app.core.prompts import Prompts
    from tui_app.core.served import Server
    from tui_app.core.settings import AppSettings
    from tui_app.sandbox.server import SandboxServer
    from tui_app.ui.equipment import Equipment


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything of one process: what front ends talk to, and where its files lie.

    `chosen` are the settings as they were read, `complaint` is what was wrong with their file.
    """

    inference: Inference
    prompts: Prompts
    batches: Batches
    server: Server
    folders: Folders
    settings: SettingsFile
    files: EndpointFiles
    database: Database
    batch_database: Database
    ledger: StandbyLedger
    chosen: AppSettings
    complaint: str
    clipboard: SystemClipboard
    attached: AttachedFiles

    def obey(self, settings: AppSettings) -> None:
        """Let settings hold that have changed, also for requests that wait already."""
        from tui_app.core.quota import Pacing

        self.ledger.own_limit = settings.without_ledger == "own-limit"
        self.inference.queue.pacing = Pacing(settings.pacing)

    async def close_files(self) -> None:
        """Let go of the databases, once nobody writes there any more."""
        await self.database.aclose()
        await self.batch_database.aclose()

    async def aclose(self) -> None:
        """Let go of everything; answers on their way are kept as they are."""
        await self.server.stop()
        await self.batches.aclose()
        await self.inference.aclose()
        await self.close_files()


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the rest of a workbench stands on: folders, settings, keys, databases, the ledger."""

    folders: Folders
    settings: SettingsFile
    chosen: AppSettings
    complaint: str
    keys: KeyChain
    files: EndpointFiles
    database: Database
    batch_database: Database
    ledger: StandbyLedger


def build(environ: Mapping[str, str] = os.environ) -> Workbench:
    """Put the parts together; nothing is opened, read or connected before it is needed."""
    from tui_app.adapters.attached_files import AttachedFiles
    from tui_app.adapters.batch_store import BatchTable
    from tui_app.adapters.clipboard import SystemClipboard
    from tui_app.adapters.prompt_files import PromptFiles
    from tui_app.adapters.prompt_versions import VersionTable
    from tui_app.core.batches import Batches
    from tui_app.core.prompts import Prompts
    from tui_app.server.server import InferenceServer

    ground = _ground(environ)
    inference = _inference(ground, environ)
    return Workbench(
        inference=inference,
        prompts=Prompts(PromptFiles(ground.folders.prompts), VersionTable(ground.batch_database)),
        batches=Batches(inference, BatchTable(ground.batch_database)),
        server=InferenceServer(inference, ground.keys),
        folders=ground.folders,
        settings=ground.settings,
        files=ground.files,
        database=ground.database,
        batch_database=ground.batch_database,
        ledger=ground.ledger,
        chosen=ground.chosen,
        complaint=ground.complaint,
        clipboard=SystemClipboard(environ),
        attached=AttachedFiles(),
    )


def _ground(environ: Mapping[str, str]) -> _Ground:
    """The files of this user. Raises StoreFailed where there is no telling where a home folder is."""
    from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
    from tui_app.adapters.database import Database
    from tui_app.adapters.endpoint_files import EndpointFiles
    from tui_app.adapters.folders import Folders
    from tui_app.adapters.keys import KeyChain
    from tui_app.adapters.ledger import SqliteLedger
    from tui_app.adapters.settings_file import SettingsFile
    from tui_app.adapters.standby_ledger import StandbyLedger

    folders = Folders.of_user()
    settings = SettingsFile(folders.config)
    chosen, trouble = settings.load()
    return _Ground(
        folders=folders,
        settings=settings,
        chosen=chosen,
        complaint=f"{trouble}. {trouble.advice}" if trouble else "",
        keys=KeyChain(environ, folders.vault),
        files=EndpointFiles(folders.endpoints),
        database=Database(folders.state / "inferterm.db"),
        batch_database=Database(folders.state / "batches.db", migrations=BATCH_MIGRATIONS),
        ledger=StandbyLedger(SqliteLedger(folders.state), own_limit=chosen.without_ledger == "own-limit"),
    )


def _inference(ground: _Ground, environ: Mapping[str, str]) -> Inference:
    """The one Inference, on what lies there."""
    from tui_app.adapters.clock import SystemClock
    from tui_app.adapters.connection_file import ConnectionFile
    from tui_app.adapters.embedded_sandbox import EmbeddedSandbox
    from tui_app.adapters.health_book import HealthTable
    from tui_app.adapters.history import ConversationHistory
    from tui_app.adapters.messages_api import HttpMessagesApi
    from tui_app.adapters.receipt_table import ReceiptTable
    from tui_app.adapters.routed_messages import RoutedMessages
    from tui_app.adapters.setup_file import SetupFile
    from tui_app.core.endpoint import ANTHROPIC_URL
    from tui_app.core.inference import Inference
    from tui_app.core.queue import RequestQueue
    from tui_app.core.quota import Pacing

    return Inference(
        store=ground.files,
        keys=ground.keys,
        health=HealthTable(ground.database),
        history=ConversationHistory(ground.database),
        api=RoutedMessages(HttpMessagesApi(__version__)),
        sandbox=EmbeddedSandbox(),
        queue=RequestQueue(ground.ledger, SystemClock(), pacing=Pacing(ground.chosen.pacing)),
        default_url=environ.get("ANTHROPIC_BASE_URL", "").strip() or ANTHROPIC_URL,
        connections=ConnectionFile(ground.folders.config, ground.keys, environ),
        setups=SetupFile(ground.folders.state),
        receipts=ReceiptTable(ground.database, ground.batch_database),
    )


@asynccontextmanager
async def workbench(environ: Mapping[str, str] = os.environ) -> AsyncGenerator[Workbench, None]:
    """A workbench for one command, closed at its end."""
    bench = build(environ)
    try:
        yield bench
    finally:
        await bench.aclose()


def open_app(endpoint: str | None = None) -> int:
    """Run the app, on the chat of `endpoint` if one is named; returns the exit code.

    Raises StoreFailed where there is no telling where a home folder is.
    """
    # Textual would write what is pressed and pasted to the file of this name, and keys are.
    os.environ.pop("TEXTUAL_LOG", None)
    from tui_app.adapters.first_sight import first_sight
    from tui_app.adapters.folders import Folders
    from tui_app.ui.app import InfertermApp
    from tui_app.ui.equipment import Opening

    opening = Opening(first_sight(Folders.of_user().config), _equipment)
    app = InfertermApp(opening, endpoint=endpoint)
    app.run()
    return app.return_code or 0


def _equipment() -> Equipment:
    from tui_app.adapters.personal_files import ConfigFolder
    from tui_app.core.preferences import Preferences
    from tui_app.ui.equipment import Equipment
    from tui_app.ui.screens import endpoint_list as _  # noqa: F401 - loaded here, off the event loop

    bench = build()
    personal = ConfigFolder(bench.folders.config)

    preferences = Preferences(bench.settings, bench.chosen, bench.obey)
    return Equipment(
        bench.inference,
        preferences,
        complaints=tuple(filter(None, (bench.complaint,))),
        files=_files(bench),
        aclose=bench.close_files,
        server=bench.server,
        prompts=bench.prompts,
        batches=bench.batches,
        own=personal.read(),
        personal=personal,
        clipboard=bench.clipboard,
        attached=bench.attached,
    )


def _files(bench: Workbench) -> tuple[tuple[str, str], ...]:
    """Where a person's files lie, each with what is in it."""
    folders = bench.folders
    return (
        ("endpoints", str(folders.endpoints)),
        ("prompts", str(folders.prompts)),
        ("settings", str(bench.settings.path)),
        ("keys", str(folders.config / "keymap.json")),
        ("themes", str(folders.config / "themes")),
        ("conversations", str(bench.database.path)),
        ("batches", str(bench.batch_database.path)),
        ("quota's ledger", bench.ledger.path),
        ("vault", str(folders.vault)),
    )


def endpoints_folder() -> Path:
    """Where the endpoint files lie, told without loading what reads them. Raises StoreFailed."""
    from tui_app.adapters.folders import Folders

    return Folders.of_user().endpoints


def prompts_folder() -> Path:
    """Where the prompt files lie, told without loading what reads them. Raises StoreFailed."""
    from tui_app.adapters.folders import Folders

    return Folders.of_user().prompts


def sandbox_server(
    port: int = 0, requests_per_minute: int | None = None, tokens_per_second: float | None = None
) -> AbstractAsyncContextManager[SandboxServer]:
    """A sandbox on its own, for any client on this machine. Raises OSError when the port is taken."""
    from tui_app.sandbox.server import running_sandbox
    from tui_app.sandbox.settings import SandboxSettings

    chosen = {"requests_per_minute": requests_per_minute, "tokens_per_second": tokens_per_second}
    settings = SandboxSettings(**{k: v for k, v in chosen.items() if v is not None})  # type: ignore[arg-type]
    return running_sandbox(settings, port)
