"""What one can say to a plain chat besides prompts, declared once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final


@dataclass(frozen=True, slots=True)
class PlainCommand:
    """A line that begins with `/name`; `more` names what may follow.

    `id` is the same command of the app, empty where there it needs none. `at_once` is for those that
    do not wait until an answer has ended.
    """

    name: str
    more: str
    help: str
    id: str = ""
    at_once: bool = False

    @property
    def words(self) -> str:
        """How it is typed."""
        return f"/{self.name} {self.more}".strip()


PLAIN_COMMANDS: Final = (
    PlainCommand("help", "", "This list.", "app.help", True),
    PlainCommand("new", "", "Begin a new conversation.", "chat.new"),
    PlainCommand(
        "open",
        "[WORDS]",
        "Choose among the latest conversations, or those that have the words.",
        "chat.conversations",
    ),
    PlainCommand("model", "[N]", "Say who answers, or go on with another endpoint.", "turn.move"),
    PlainCommand("settings", "[NAME [VALUE]]", "Settings of this chat; - as VALUE unsets.", "chat.settings"),
    PlainCommand("turns", "", "Say all turns with their numbers, a line each.", "chat.turns"),
    PlainCommand("read", "[N]", "Say the last N turns again, one if not told."),
    PlainCommand("again", "[N]", "Ask the last prompt again, or that of turn N.", "reply.again"),
    PlainCommand("change", "[N] [TEXT]", "Ask TEXT in place of the last prompt, or of N.", "turn.edit"),
    PlainCommand("flip", "[N]", "Go over to the next version of the last turn, or of N.", "turn.later"),
    PlainCommand("fork", "[N]", "Begin a new conversation with all up to the last turn, or N.", "turn.fork"),
    PlainCommand("remove", "[N]", "Take the last turn out, or turn N; asks first.", "turn.delete"),
    PlainCommand("inspect", "[N [FILE]]", "Say how an exchange went, or write it whole.", "turn.inspect"),
    PlainCommand("curl", "[N [FILE]]", "Copy the request as a curl command, or write it.", "inspect.curl"),
    PlainCommand("go-on", "", "Let a cut answer continue, or skip a wait.", "reply.go_on", True),
    PlainCommand("raise", "[N]", "Allow N tokens an answer, or twice as many.", "reply.raise_limit"),
    PlainCommand("without", "", "Ask again without the refused settings.", "reply.without"),
    PlainCommand("stop", "", "Stop the answer and keep what came; Ctrl-C does the same.", "reply.stop", True),
    PlainCommand(
        "copy", "[N [FILE]]", "Copy the answer or a code block of it, or write it to FILE.", "reply.copy"
    ),
    PlainCommand("edit", "", "Write the prompt in the editor that VISUAL or EDITOR names.", "prompt.editor"),
    PlainCommand("attach", "[PATH]", "Attach a text file or an image, or say what is.", "prompt.attach"),
    PlainCommand("detach", "[N]", "Take attachment N away, or all.", "chip.remove"),
    PlainCommand("look", "[N]", "Say attachment N of the prompt, else of the last turn, whole.", "turn.look"),
    PlainCommand(
        "prompt",
        "[NAME [VAR=VALUE …]]",
        "Ask a kept prompt with its variables, or list them.",
        "chat.prompts",
    ),
    PlainCommand(
        "side-by-side",
        "[ENDPOINT …]",
        "Ask what waits, or was asked last, of several endpoints at once; go on with one answer.",
        "chat.side_by_side",
    ),
    PlainCommand("weigh", "[TEXT]", "Tokens and price of TEXT, or of the prompt that waits."),
    PlainCommand("send", "", "Send the prompt that was taken back or left.", "prompt.send"),
    PlainCommand("say", "TEXT", "Send TEXT as it is, also if it begins with / or is a number."),
    PlainCommand("rename", "TITLE", "Give the conversation another title.", "conversations.rename"),
    PlainCommand("pin", "", "Let the conversation stand first, or no longer.", "conversations.pin"),
    PlainCommand("delete", "", "Delete this conversation; asks first.", "conversations.delete"),
    PlainCommand("undo", "", "Bring back the conversation that was deleted last.", "conversations.undo"),
    PlainCommand(
        "export", "FILE", "Write the conversation: Markdown to a .md, else JSON.", "conversations.export"
    ),
    PlainCommand("import", "FILE", "Keep the conversations of a JSON export.", "conversations.import"),
    PlainCommand(
        "totals", "[SPAN]", "What this chat came to, or all since SPAN: today, 7d, all.", "app.totals", True
    ),
    PlainCommand("quota", "", "What is left, who waits, when there is more.", "app.quota", True),
    PlainCommand("quit", "", "Leave; Ctrl-D does the same. Everything is kept.", "app.quit"),
)
"""All of them, in the order in which help says them."""

BY_NAME: Final = {command.name: command for command in PLAIN_COMMANDS}
"""The same by name."""


def command_of(line: str) -> tuple[PlainCommand | None, str]:
    """The command that a line begins with, and what follows it."""
    name, _, rest = line.removeprefix("/").partition(" ")
    return BY_NAME.get(name.strip().lower()), rest.strip()


def unknown_words(line: str) -> str:
    """Say that there is no such command, and which is nearest."""
    name = line.removeprefix("/").partition(" ")[0]
    near = get_close_matches(name, BY_NAME, 1, 0.5)
    hint = f"Did you mean /{near[0]}?" if near else "/help lists them."
    return f"there is no command /{name}. {hint} /say sends a text as it is."


def help_lines() -> Iterator[str]:
    """The list, a line each."""
    yield "What you type is a prompt. A line that ends with a backslash goes on in the next one."
    yield "A number alone chooses from the list that was said last. These are commands:"
    for command in PLAIN_COMMANDS:
        yield f"{command.words}: {command.help}"
