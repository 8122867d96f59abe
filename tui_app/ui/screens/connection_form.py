"""The form of a connection to a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from pydantic import SecretStr
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_app.core.clusters import Connection
from tui_app.core.connection_drafts import PROOFS, ROWS, read_connection, typed_of
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.ui.commands import bindings
from tui_app.ui.screens.waiting import waited
from tui_app.ui.widgets.pick import Pick


@dataclass(frozen=True, slots=True)
class Kept:
    """What the form kept: the connection, and words on how it answered and where its key lies."""

    connection: Connection
    words: str


class ConnectionFormScreen(ModalScreen[Kept | None]):
    """Makes or changes a connection; it is kept after the cluster answered, or when told to keep it so."""

    HELP = """
    A connection to a cluster: its URL, the API key, and for a certificate of its own the fingerprint that
    proves it. Tab goes on, ctrl+s keeps it, esc leaves.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("fields"),
        *bindings("dialogue"),
        Binding("down", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
    ]

    def __init__(
        self, inference: Inference, connection: Connection | None = None, taken: frozenset[str] = frozenset()
    ) -> None:
        super().__init__()
        self._inference, self._old, self._taken = inference, connection, taken
        self._typed: dict[str, str] = typed_of(connection)
        self._unproven: Connection | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = f"Connection {self._old.name}" if self._old else "Connect to a cluster"
            for row in ROWS:
                with Horizontal(id=f"row-{row.name}", classes="connection-row"):
                    yield Static(row.label, classes="label")
                    if row.name == "proof":
                        yield Pick(PROOFS, self._typed["proof"])
                    else:
                        locked = row.name == "name" and self._old is not None
                        yield Input(
                            self._typed[row.name],
                            placeholder=self._hint(row.name, row.hint),
                            password=row.name == "key",
                            disabled=locked,
                            compact=True,
                            id=row.name,
                        )
                yield Static(id=f"problem-{row.name}", classes="problem")
            yield Static(id="connection-status")
            yield Static(_KEYS)

    def _hint(self, name: str, hint: str) -> str:
        return "kept; paste to replace" if name == "key" and self._old is not None else hint

    def on_mount(self) -> None:
        self._arrange()
        self.query_one("#url" if self._old else "#name", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id:
            self._typed[event.input.id] = event.value
            self.query_one(f"#problem-{event.input.id}", Static).display = False

    def on_pick_changed(self, event: Pick.Changed) -> None:
        self._typed["proof"] = event.value
        self._arrange()

    def on_input_submitted(self) -> None:
        self.action_save()

    def _arrange(self) -> None:
        """Show the fields that the chosen proof needs."""
        for name in ("ca_certificate", "fingerprint"):
            self.query_one(f"#row-{name}").display = self._typed["proof"] == name
        self._show_problems({})

    @work(group="save", exclusive=True)
    async def action_save(self) -> None:
        """Try the connection, then keep it; tried in vain, a second time keeps it as it is."""
        found, problems = read_connection(self._typed, self._taken)
        self._show_problems(problems)
        self._say("", "")
        if found is None:
            self.query_one(f"#{next(iter(problems))}", Input).focus()
            return
        key = SecretStr(self._typed["key"].strip()) if self._typed["key"].strip() else None
        try:
            words = await waited(
                self.app, lambda: self._tried(found, key), f"Asking {found.base_url} who it is"
            )
        except InfertermError as error:
            if self._unproven != found:
                self._unproven = found
                self._say(f"✗ {error}\n{error.advice}\nctrl+s again keeps it as it is", "$text-error")
                return
            words = f"kept, although it did not answer: {error}"
        try:
            self.dismiss(Kept(found, f"{words}; {await self._keep(found, key)}"))
        except InfertermError as error:
            self._say(f"✗ {error}\n{error.advice}", "$text-error")

    async def _tried(self, connection: Connection, key: SecretStr | None) -> str:
        cluster = await self._inference.remote.connections.open(connection, key)
        try:
            info = await cluster.info()
        finally:
            await cluster.aclose()
        return f"{info.name or 'the cluster'} answers, Elasticsearch {info.version}"

    async def _keep(self, connection: Connection, key: SecretStr | None) -> str:
        remote = self._inference.remote
        await remote.connections.keep(connection)
        await remote.forget(connection.name)
        if key is None:
            variable = connection.key_variable
            return f"its key is read from {variable}" if variable else "its key stays where it was"
        if await remote.connections.keep_key(connection, key):
            return "its key is in the keyring"
        return "the keyring takes no key: it holds for this run"

    def _show_problems(self, problems: Mapping[str, str]) -> None:
        for row in ROWS:
            line = self.query_one(f"#problem-{row.name}", Static)
            words = problems.get(row.name, "")
            line.update(Content.styled(f"✗ {words}", "$text-error"))
            line.display = bool(words)

    def _say(self, words: str, style: str) -> None:
        self.query_one("#connection-status", Static).update(Content.styled(words.strip(), style))

    def action_leave(self) -> None:
        """Keep nothing."""
        self.dismiss(None)


_KEYS: Final = Content.styled(
    "enter or ctrl+s tries and keeps it, esc leaves everything as it is", "$text-muted"
)
