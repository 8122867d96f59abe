"""The endpoints of a cluster beside ours: what differs, and what moves from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_app.core.cluster_words import details, standing
from tui_app.core.clusters import Connection
from tui_app.core.counts import counted
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.remote import Pair
from tui_app.ui.cluster_actions import ClusterActions
from tui_app.ui.commands import bindings
from tui_app.ui.widgets.key_bar import KeyBar
from tui_app.ui.widgets.lines import Lines
from tui_app.ui.widgets.title_bar import TitleBar

_ID: Final = 0.4
"""The share of a line that the id gets."""
_WELCOME: Final = (
    "No cluster is connected yet.\n\n"
    "Where one machine is not enough, an Elasticsearch cluster runs the endpoints and inferterm stays "
    "its terminal: endpoints are compared, pushed, pulled and chatted with from here.\n\n"
    "n connects to one: its URL, an API key, and what proves that it is that cluster."
)


class ClustersScreen(ClusterActions):
    """Shows one connection at a time, our endpoints and the cluster's side by side."""

    CSS_PATH = "../clusters.tcss"
    HELP = """
    The list has the endpoints of both sides by id, with what differs. Pushing makes the cluster's
    endpoint what ours is, with its key; pulling makes ours what stands there. What is deleted in a
    cluster cannot be brought back, so that asks first and names who uses it.

    Enter chats with the cluster's endpoint: the cluster answers, and keeps its own limit.
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("clusters")]

    connections: reactive[Sequence[Connection]] = reactive((), init=False)
    pairs: reactive[Sequence[Pair]] = reactive((), init=False)

    lines = getters.query_one(Lines)
    state = getters.query_one("#cluster-state", Static)

    def __init__(self, inference: Inference) -> None:
        super().__init__()
        self.inference = inference
        self._shown = ""

    def compose(self) -> ComposeResult:
        yield TitleBar("clusters")
        yield Static(id="cluster-state")
        yield Static(id="clusters-head")
        yield Lines(markup=False, compact=True)
        yield Static(id="cluster-details")
        yield KeyBar()

    def on_mount(self) -> None:
        self.lines.focus()
        self.read()

    @property
    def connection(self) -> Connection | None:
        """The connection that is shown."""
        named = (each for each in self.connections if each.name == self._shown)
        return next(named, self.connections[0] if self.connections else None)

    @property
    def selected(self) -> Pair | None:
        """The pair under the cursor."""
        option = self.lines.highlighted_option if self.query(Lines) else None  # keys come before it is made
        return next((each for each in self.pairs if option and each.inference_id == option.id), None)

    def show(self, name: str) -> None:
        """Show another connection."""
        self._shown, self.pairs = name, ()
        self.read()

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Read connections and endpoints anew."""
        try:
            self.connections = tuple(await self.inference.remote.connections.all())
        except InfertermError as error:
            self.connections = ()
            self._say(f"✗ {error}\n{error.advice}", "$text-error")
            return
        connection = self.connection
        if connection is None:
            self.pairs = ()
            self._say(_WELCOME, "")
            return
        self._say(f"○ asking {connection.base_url} …", "$text-muted")
        try:
            self.pairs = await self.inference.remote.compare(connection.name)
        except InfertermError as error:
            self.pairs = ()
            self._say(f"✗ {error}\n{error.advice}", "$text-error")
            return
        found = sum(pair.theirs is not None for pair in self.pairs)
        self._say(f"✓ {connection.base_url} answers, {counted(found, 'endpoint')}", "$text-muted")

    def watch_connections(self) -> None:
        self._head()

    def watch_pairs(self) -> None:
        marked = self.lines.highlighted_option
        self.lines.clear_options()
        known = self.lines.scrollable_content_region.width
        if self.pairs and not known and self.is_current:
            # The list was hidden; how wide it is shows when it is not.
            self.call_after_refresh(self.watch_pairs)
        width = known or self.size.width
        self.lines.add_options(Option(_line(pair, width), id=pair.inference_id) for pair in self.pairs)
        ids = [pair.inference_id for pair in self.pairs]
        if ids:
            self.lines.highlighted = ids.index(marked.id) if marked and marked.id in ids else 0
        head = Content.styled("Endpoint".ljust(int(width * _ID)) + "  here and there", "$text-muted")
        self.query_one("#clusters-head", Static).update(head if ids else "")
        self.set_class(not ids, "-empty")
        self._detail()

    def on_resize(self) -> None:
        self.watch_pairs()

    def on_option_list_option_highlighted(self) -> None:
        self._detail()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()

    def _head(self) -> None:
        shown = self.connection
        names = [
            Content.styled(each.name, "bold" if each is shown else "$text-muted") for each in self.connections
        ]
        bar = self.query_one(TitleBar)
        bar.about = shown.name if shown else ""
        bar.aside = Content("  ").join(names) if len(names) > 1 else Content("")
        self.refresh_bindings()

    def _detail(self) -> None:
        pair = self.selected
        words = Content("")
        if pair is not None:
            lines = Content("\n").join(map(Content, details(pair)))
            words = Content.assemble((pair.inference_id, "bold"), "\n", lines)
        self.query_one("#cluster-details", Static).update(words)
        self.refresh_bindings()

    def _say(self, words: str, style: str) -> None:
        self.state.update(Content.styled(words.strip(), style))
        self._head()


def _line(pair: Pair, width: int) -> Content:
    room = int(width * _ID)
    words = standing(pair)
    name = Content(pair.inference_id).truncate(room, ellipsis=True, pad=True)
    style = "$text-warning" if words.startswith("!") else "$text-muted"
    return Content.assemble(name, "  ", (words, style)).truncate(width, ellipsis=True)
