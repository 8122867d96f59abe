"""The command line on memory and a scripted service, inside the test's own process."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from tests.core.bodies import endpoint
from tests.fakes_history import MemoryHistory
from tests.fakes_service import FakeMessagesApi
from tests.fakes_storage import FakeConnections, MemoryEndpoints, MemoryHealth
from tui_app.adapters.attached_files import AttachedFiles
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.keys import KeyChain
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.adapters.settings_file import SettingsFile
from tui_app.adapters.standby_ledger import StandbyLedger
from tui_app.cli.exits import run
from tui_app.cli.main import inferterm
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import KeyStoreFailed, KeyTrouble
from tui_app.core.inference import Inference
from tui_app.core.queue import RequestQueue
from tui_app.core.receipt_books import MemoryReceipts
from tui_app.core.storage import BrokenEndpoint

KEY = "sk-ant-test-0123456789-command-line"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def complaints(self) -> list[str]:
        """The lines on standard error without the program's name."""
        return [line.removeprefix("inferterm: ") for line in self.err.splitlines()]


class NoSandbox:
    """A sandbox that is only an address; requests to it are the scripted service's."""

    async def start(self) -> tuple[str, SecretStr]:
        """Give the address."""
        return "http://127.0.0.1:1", SecretStr("sandbox-key")

    async def aclose(self) -> None:
        """Nothing to stop."""


class MemoryKeyring:
    """A backend of keyring: what it holds, by inference id."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.is_there = True

    def load(self) -> MemoryKeyring:
        """Give itself, as keyring's choice."""
        if not self.is_there:
            raise KeyStoreFailed(KeyTrouble.ABSENT, "there is none")
        return self

    def get_password(self, service: str, username: str) -> str | None:
        """Give a key."""
        return self.keys.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a key."""
        self.keys[username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a key."""
        del self.keys[username]


@dataclass
class CommandLine:
    """Runs commands on `store`, `keyring`, `environ`, `health` and `api`, which stay from one to the next."""

    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    home: Path
    store: MemoryEndpoints = field(default_factory=MemoryEndpoints)
    keyring: MemoryKeyring = field(default_factory=MemoryKeyring)
    environ: dict[str, str] = field(default_factory=dict)
    complaint: str = ""
    ledger: Path = MEMORY
    own_limit: bool = False
    health: MemoryHealth = field(default_factory=MemoryHealth)
    api: FakeMessagesApi = field(default_factory=FakeMessagesApi)
    history: MemoryHistory = field(default_factory=MemoryHistory)
    receipts: MemoryReceipts = field(default_factory=MemoryReceipts)

    def __post_init__(self) -> None:
        names = (f"{MemoryKeyring.__module__}.{MemoryKeyring.__qualname__}",)
        self.patch.setattr("tui_app.adapters.keyring_place._SILENT", names)

    @property
    def vault(self) -> Path:
        """Where the encrypted vault lies."""
        return self.home / "vault.json"

    def given(self, *entries: Endpoint | BrokenEndpoint, key: str | None = KEY) -> None:
        """Let these endpoints exist, each with `key` in the keyring if there is one."""
        for entry in entries or (endpoint(),):
            self.store.put(entry)
            if key is not None:
                self.keyring.keys[entry.inference_id] = key

    def type_at_terminal(self, *lines: str) -> None:
        """Let standard input and error be a terminal at which these lines are typed, hidden or not."""
        typed = iter(lines)
        self.patch.setattr("click.termui.hidden_prompt_func", lambda prompt: next(typed))
        self.patch.setattr("click.termui.visible_prompt_func", lambda prompt="": next(typed))
        self.patch.setattr("tui_app.cli.streams._isatty", lambda stream: stream is not sys.stdout)

    async def wired(self, *args: str, given: str | bytes | None = "") -> Ended:
        """Run a command on the real parts, in the test's home, while the test's event loop goes on."""
        return await asyncio.to_thread(self._run, args, given, None)

    def __call__(self, *args: str, given: str | bytes | None = "") -> Ended:
        """Run a command on memory with this standard input, closed if it is None."""
        return self._run(args, given, self._opened)

    def _run(self, args: Sequence[str], given: str | bytes | None, opener: object) -> Ended:
        data = given.encode() if isinstance(given, str) else given
        stdin = None if data is None else io.TextIOWrapper(io.BytesIO(data))
        self.capsys.readouterr()
        self.patch.setattr(sys, "stdin", stdin)
        code = run(inferterm, args, opener)
        printed = self.capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[SimpleNamespace, None]:
        ledger = StandbyLedger(SqliteLedger(self.ledger), own_limit=self.own_limit)
        inference = Inference(
            store=self.store,
            keys=KeyChain(self.environ, self.vault, load=self.keyring.load, vault_cost=2**14),
            health=self.health,
            history=self.history,
            api=self.api,
            sandbox=NoSandbox(),
            connections=FakeConnections(),
            queue=RequestQueue(ledger, SystemClock()),
            receipts=self.receipts,
        )
        folders = SimpleNamespace(
            config=self.home,
            endpoints=self.home / "endpoints",
            state=self.home / "state",
            vault=self.vault,
        )
        try:
            settings = SettingsFile(self.home)
            chosen, _ = settings.load()
            parts = {"inference": inference, "folders": folders, "ledger": ledger}
            parts |= {"settings": settings, "chosen": chosen}
            yield SimpleNamespace(**parts, complaint=self.complaint, attached=AttachedFiles())
        finally:
            await inference.aclose()
