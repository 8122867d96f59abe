"""Every command of the user interface, declared once: keys, footer, palette and help all read this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `id` is `place.action` and runs `action_<action>` of that place.

    `key` may name several, parted by commas. `title` is for the footer and the palette, `help`
    for the help screen. `footer` is False for what the footer need not say. `priority` commands
    work while a field takes the keys.
    """

    id: str
    key: str
    title: str
    help: str
    footer: bool = True
    priority: bool = False
    shown_key: str | None = None

    @property
    def place(self) -> str:
        """Where it belongs: a screen, or `app`."""
        return self.id.partition(".")[0]

    @property
    def action(self) -> str:
        """The name of the action, with its place where that is the app."""
        name = self.id.partition(".")[2]
        if self.place == "turn":
            return f"ask('{name}')"
        return f"app.{name}" if self.place == "app" else name

    def binding(self) -> Binding:
        """The binding that runs it."""
        return Binding(
            self.key,
            self.action,
            self.title,
            show=self.footer,
            key_display=self.shown_key,
            priority=self.priority,
            tooltip=self.help,
            id=self.id,
        )


_ENTER = "enter"

COMMANDS: Final[tuple[Command, ...]] = (
    Command("app.help", "f1,question_mark", "help", "What can be done here, and with which keys.", False),
    Command(
        "app.command_palette", "ctrl+p,f2", "commands", "Search all commands by name.", False, priority=True
    ),
    Command(
        "app.settings",
        "f10,comma",
        "settings",
        "Choose theme, pacing and what holds for all endpoints.",
        False,
    ),
    Command("app.theme", "f9", "light or dark", "Change between the light and the dark theme.", False),
    Command(
        "app.quota",
        "f11,ctrl+y",
        "quota",
        "See all budgets: what is left, who started what, who waits.",
        False,
        priority=True,
    ),
    Command(
        "app.server",
        "ctrl+e",
        "server",
        "Switch the server for other programs on or off, and see its requests.",
        False,
    ),
    Command(
        "app.jump",
        "ctrl+right_square_bracket,ctrl+underscore",
        "jump",
        "Show a letter over every field, list and button; typing one goes there.",
        False,
        priority=True,
        shown_key="^]",
    ),
    Command(
        "app.keep_copy",
        "ctrl+circumflex_accent",
        "copy to a file",
        "Write to a file what was copied last.",
        False,
        shown_key="^^",
    ),
    Command("app.quit", "ctrl+q", "quit", "Close inferterm; everything is kept.", False, priority=True),
    Command("endpoints.chat", _ENTER, "chat", "Open the chat of the endpoint.", shown_key="enter"),
    Command("endpoints.new", "n", "new", "Create an endpoint in a form."),
    Command("endpoints.edit", "e", "edit", "Change the endpoint in a form."),
    Command("endpoints.verify", "v", "verify", "Try the endpoint step by step, up to one real answer."),
    Command("endpoints.key", "k", "key", "Paste, replace or delete its key, or say where it lies."),
    Command("endpoints.clone", "c", "clone", "Create another endpoint from this one."),
    Command("endpoints.delete", "d,delete", "delete", "Delete the endpoint, and its key if you say so."),
    Command("endpoints.filter", "slash", "filter", "Show only endpoints whose id, model or note match."),
    Command("endpoints.sandbox", "s", "sandbox", "Chat with the built-in sandbox: no key, no network."),
    Command("endpoints.rename", "r", "rename", "Why an id cannot change, and what to do instead.", False),
    Command("endpoints.conversations", "o", "old chats", "List the conversations that are kept."),
    Command("endpoints.export", "x", "export", "See, copy or save what makes the endpoint elsewhere."),
    Command("endpoints.import", "i", "import", "Make endpoints from what is pasted from elsewhere."),
    Command("endpoints.batches", "b", "batches", "Ask the rows of files; see what came.", False),
    Command("endpoints.prompts", "p", "prompts", "See, edit and ask the prompts that are kept.", False),
    Command("endpoints.clusters", "g", "clusters", "Compare with a cluster; push, pull, chat.", False),
    Command("endpoints.side_by_side", "a", "side by side", "Ask several endpoints or variations at once."),
    Command("form.save", "ctrl+s", "save", "Keep the endpoint, verified first if so chosen."),
    Command("form.verify", "f5,ctrl+t", "verify", "Try what stands in the form; nothing is kept."),
    Command("form.more", "f6,ctrl+o", "more settings", "Show or hide the settings for later.", priority=True),
    Command("form.export", "f7", "export", "See, copy or save what makes the endpoint elsewhere.", False),
    Command("form.leave", "escape", "leave", "Leave the form; asks first if something was typed."),
    Command("export.copy", "c,f8", "copy", "Copy the text, and hear which way it went."),
    Command(
        "export.save", "s,ctrl+s", "save to a file", "Write the text to a file; asks before overwriting."
    ),
    Command("export.next", "f,f6", "next client", "Show the text for the next client."),
    Command("export.key", "k", "key", "Change between a placeholder for the key and a variable."),
    Command("export.leave", "escape", "back", "Back to where you came from."),
    Command("import.make", "ctrl+s", "import", "Make the endpoints that are listed."),
    Command("import.replace", "f6,ctrl+o", "leave or change", "Say what becomes of those that differ."),
    Command("import.clear", "f7,ctrl+l", "clear", "Empty the text, with the keys that were in it."),
    Command("import.leave", "escape", "leave", "Leave; asks first if something could be made."),
    Command("turn.earlier", "left,h", "earlier version", "Show the version before this one."),
    Command("turn.later", "right,l", "later version", "Show the version after this one."),
    Command("turn.edit", "e,enter", "change", "Change the prompt and ask it; both versions are kept."),
    Command("turn.again", "r", "ask again", "Ask the prompt again; both answers are kept."),
    Command("turn.inspect", "i", "inspect", "See request and answer as they went over the wire."),
    Command("turn.fork", "f", "fork", "Begin a new chat with all that was said up to here."),
    Command("turn.move", "m", "move", "Go on with another endpoint."),
    Command("turn.copy", "c", "copy", "Copy this answer, or one of its code blocks."),
    Command("turn.delete", "d,delete", "delete", "Delete this turn; what follows stays."),
    Command("turn.unfold", "t,space", "thinking", "Unfold what is folded in this turn, or fold it.", False),
    Command("turn.up", "up,k", "turn before", "Go to the turn before.", False),
    Command("turn.down", "down,j", "turn after", "Go to the turn after, then to the prompt.", False),
    Command("turn.leave", "escape", "to the prompt", "Back to the prompt."),
    Command("prompt.send", _ENTER, "send", "Send the prompt.", shown_key="enter"),
    Command("prompt.newline", "ctrl+j,shift+enter,alt+enter", "new line", "Begin a new line in the prompt."),
    Command(
        "reply.stop", "escape", "stop", "Stop the answer and keep what came; take back a waiting prompt."
    ),
    Command(
        "prompt.editor", "ctrl+g", "editor", "Write the prompt in your own editor (VISUAL or EDITOR).", False
    ),
    Command("reply.go_on", "f4", "go on", "Let a cut answer continue, or skip a wait."),
    Command("reply.again", "f5,ctrl+r", "ask again", "Send the last prompt again."),
    Command(
        "reply.raise_limit", "f12,ctrl+l", "raise the limit", "Allow longer answers, then ask on.", False
    ),
    Command("reply.without", "ctrl+f", "without it", "Ask again without the refused settings.", False),
    Command("reply.copy", "f8", "copy", "Copy the answer, or one of its code blocks."),
    Command("chat.leave", "escape", "back", "Back to the endpoints; an answer runs on."),
    Command("chat.new", "ctrl+n,f7", "new chat", "Begin a new conversation."),
    Command(
        "chat.conversations",
        "ctrl+o,f6",
        "old chats",
        "Open, rename or delete a conversation.",
    ),
    Command("chat.search", "ctrl+s", "search", "Search all conversations for words that were said."),
    Command("chat.settings", "f3,ctrl+t", "settings", "System prompt and settings of this chat."),
    Command(
        "chat.side_by_side",
        "ctrl+backslash,alt+s",
        "side by side",
        "Ask the last prompt of several endpoints or variations at once.",
        False,
    ),
    Command(
        "chat.prompts",
        "alt+p,insert",
        "kept prompts",
        "Fill a kept prompt in, and ask it here or in a new chat.",
        False,
    ),
    Command("chat.older", "pageup", "scroll up", "Show what was said before.", False, priority=True),
    Command("chat.newer", "pagedown", "scroll down", "Show what was said after.", False, priority=True),
    Command(
        "chat.oldest", "ctrl+home", "to the top", "Show the first of what was said.", False, priority=True
    ),
    Command("chat.newest", "ctrl+end", "to the end", "Follow the end of the answer.", False, priority=True),
    Command(
        "chat.turns", "ctrl+up,alt+up", "turns", "Go up to the turns: change, flip, fork, inspect.", False
    ),
    Command("column.stop", "escape", "stop", "Stop this column and keep what came; the others go on."),
    Command("beside.next_column", "f6,ctrl+o", "next column", "Turn to the next column."),
    Command("beside.again", "f5,ctrl+r", "ask again", "Ask the prompt again in this column, or at once."),
    Command("beside.keep", "f4,ctrl+g", "keep this one", "Go on with this column's answer as a chat."),
    Command("beside.columns", "f3,ctrl+t", "columns", "Choose endpoints, models and settings to compare."),
    Command("beside.marks", "f7,ctrl+n", "marks", "Mark the words that differ, or no longer."),
    Command("beside.against", "ctrl+l", "compare with this", "Compare the others with this column.", False),
    Command("beside.together", "ctrl+s", "scroll apart", "Scroll columns together, or each alone.", False),
    Command("beside.wide", "ctrl+f", "one column", "Show this column alone, or all again.", False),
    Command("beside.copy", "f8", "copy", "Copy this column's answer, or one of its code blocks.", False),
    Command("beside.stop_all", "f12", "stop all", "Stop all columns and keep what came.", False),
    Command("beside.leave", "escape", "back", "Back to where you came from; answers run on."),
    Command("beside.older", "pageup", "scroll up", "Show what stands before.", False, priority=True),
    Command("beside.newer", "pagedown", "scroll down", "Show what comes after.", False, priority=True),
    Command("beside.oldest", "ctrl+home", "to the top", "Show where answers begin.", False, priority=True),
    Command("beside.newest", "ctrl+end", "to the end", "Follow the ends of answers.", False, priority=True),
    Command(
        "inspect.curl", "c,f8", "copy as curl", "Copy the request as a curl command, its key a variable."
    ),
    Command("inspect.again", "r,f5", "send again", "Send the prompt again; both answers are kept."),
    Command("inspect.leave", "escape", "back", "Back to the chat."),
    Command("settings.copy", "c", "copy", "Copy the path under the cursor."),
    Command("settings.leave", "escape", "back", "Back to where you came from."),
    Command("conversations.open", _ENTER, "open", "Go on with the conversation.", shown_key="enter"),
    Command("conversations.rename", "r", "rename", "Give the conversation another title."),
    Command(
        "conversations.filter", "slash,ctrl+s", "search", "Search every word of prompts, answers, titles."
    ),
    Command("conversations.pin", "p", "pin", "Let the conversation stand first, or no longer."),
    Command("conversations.delete", "d,delete", "delete", "Delete the conversation; it can be brought back."),
    Command("conversations.undo", "u", "undo", "Bring back the conversation that was deleted last."),
    Command("conversations.export", "x", "export", "Write the conversation to a file: Markdown or JSON."),
    Command("conversations.import", "i", "import", "Keep the conversations of a JSON file."),
    Command("conversations.leave", "escape", "back", "Back to where you came from."),
    Command("quota.sooner", "u,K,shift+up", "move up", "Let the waiting request go one place sooner."),
    Command("quota.later", "J,shift+down", "move down", "Let the waiting request go one place later."),
    Command(
        "quota.take_out", "d,delete", "take out", "Take the waiting request out of the queue; it is not sent."
    ),
    Command("quota.pause", "p", "pause", "Pause all that wait in this terminal, or let them go on."),
    Command("quota.what_if", "w", "what if", "Type a number of prompts and see when the last would start."),
    Command("quota.leave", "escape", "back", "Back to where you came from."),
    Command("batches.open", _ENTER, "open", "Show the rows of the batch.", shown_key="enter"),
    Command("batches.new", "n", "new", "Begin a batch: rows of a file, or a grid of settings."),
    Command("batches.pause", "p", "pause or go on", "Pause what runs; let go on what does not."),
    Command("batches.delete", "d,delete", "delete", "Delete the batch with its answers; asks first."),
    Command("batches.leave", "escape", "back", "Back to where you came from; what runs goes on."),
    Command("sweep.begin", "ctrl+s", "begin", "Begin what stands here; it runs whatever screen is shown."),
    Command("sweep.leave", "escape", "back", "Back to where you came from; nothing is asked."),
    Command("batch.look", _ENTER, "row", "Show the row whole, with its checks.", shown_key="enter"),
    Command("batch.pause", "p", "pause or go on", "Pause the batch, or let it go on."),
    Command("batch.wrong", "f", "failures", "Show only rows that failed, then those that changed, then all."),
    Command("batch.sort", "s", "sort", "Sort: as in the file, failures, tokens, time, marks."),
    Command("batch.filter", "slash", "filter", "Show only rows that hold these words."),
    Command("batch.compare", "c", "compare", "Compare with an earlier run of the same file."),
    Command("batch.save", "o,ctrl+s", "save", "Write all rows to a file, as CSV or JSONL."),
    Command("batch.again", "r", "ask again", "Ask again what failed or was lost."),
    Command("batch.stop", "x", "stop", "End the batch before its end; answers are kept.", False),
    Command("batch.mark1", "1", "mark 1", "Mark the row with 1, the worst.", False),
    Command("batch.mark2", "2", "mark 2", "Mark the row with 2.", False),
    Command("batch.mark3", "3", "mark 3", "Mark the row with 3.", False),
    Command("batch.mark4", "4", "mark 4", "Mark the row with 4.", False),
    Command("batch.mark5", "5", "mark 5", "Mark the row with 5, the best.", False),
    Command("batch.unmark", "0", "no mark", "Take the mark of the row away.", False),
    Command("batch.leave", "escape", "back", "Back to the batches; it runs on."),
    Command("batchrow.earlier", "left,h", "row before", "Show the row before."),
    Command("batchrow.later", "right,l", "row after", "Show the row after."),
    Command("batchrow.mark1", "1", "mark 1", "Mark this row with 1, the worst.", False),
    Command("batchrow.mark2", "2", "mark 2", "Mark this row with 2.", False),
    Command("batchrow.mark3", "3", "mark 3", "Mark this row with 3.", False),
    Command("batchrow.mark4", "4", "mark 4", "Mark this row with 4.", False),
    Command("batchrow.mark5", "5", "mark 5", "Mark this row with 5, the best.", False),
    Command("batchrow.unmark", "0", "no mark", "Take this row's mark away.", False),
    Command("batchrow.leave", "escape", "back", "Back to the rows."),
    Command("prompts.ask", _ENTER, "ask", "Fill the prompt in and take it into a chat.", shown_key="enter"),
    Command("prompts.new", "n", "new", "Make a prompt and edit it."),
    Command("prompts.edit", "e", "edit", "Edit the file in your editor."),
    Command("prompts.versions", "v", "versions", "Show what each version changed, and bring one back."),
    Command("prompts.batch", "b", "batch", "Ask the prompt over the rows of a file, or a grid of settings."),
    Command("prompts.delete", "d,delete", "delete", "Delete the prompt's file; asks first."),
    Command("prompts.leave", "escape", "back", "Back to where you came from."),
    Command("versions.against", "space", "compare with this", "Compare the others with this version."),
    Command("versions.restore", "r", "bring back", "Make the file what this version was; all are kept."),
    Command("versions.leave", "escape", "back", "Back to the prompts."),
    Command("clusters.chat", _ENTER, "chat", "Chat with the cluster's endpoint.", shown_key="enter"),
    Command("clusters.push", "p", "push", "Make the cluster's endpoint what ours is."),
    Command("clusters.pull", "l", "pull", "Make ours what the cluster's endpoint is."),
    Command("clusters.delete", "d,delete", "delete there", "Delete the endpoint in the cluster; asks first."),
    Command("clusters.new", "n", "connect", "Connect to another cluster."),
    Command("clusters.edit", "e", "edit", "Change the connection: URL, key, proof."),
    Command("clusters.forget", "x", "forget", "Forget the connection and its key; asks first.", False),
    Command("clusters.other", "tab,right", "next cluster", "Show the next connection."),
    Command("clusters.read", "f5,r", "ask again", "Ask the cluster for its endpoints again."),
    Command("clusters.leave", "escape", "back", "Back to where you came from."),
    Command("server.look", _ENTER, "bodies", "Show the request with its bodies.", shown_key="enter"),
    Command("server.switch", "s", "on or off", "Switch the server on or off."),
    Command("server.copy", "c,f8", "copy", "Copy URL, key, or the lines for a client."),
    Command("server.key", "k", "key", "Show the server's key, or hide it."),
    Command("server.leave", "escape", "back", "Back to where you came from; the server runs on."),
    Command("served.leave", "escape", "back", "Back to the requests."),
)
"""All of them, by place, the weightiest first."""

BY_ID: Final = {command.id: command for command in COMMANDS}
"""The same commands by id."""


def bindings(place: str) -> list[Binding]:
    """The bindings of one place."""
    return [command.binding() for command in COMMANDS if command.place == place]
