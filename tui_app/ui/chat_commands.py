"""Commands of a chat, of columns side by side, and of an exchange: one part of the table of all."""

from __future__ import annotations

from typing import Final

from tui_app.ui.command import Command

_ENTER = "enter"

CHAT_COMMANDS: Final[tuple[Command, ...]] = (
    Command("turn.earlier", "left,h", "earlier version", "Show the version before this one."),
    Command("turn.later", "right,l", "later version", "Show the version after this one."),
    Command("turn.edit", "e,enter", "change", "Change the prompt and ask it; both versions are kept."),
    Command("turn.again", "r", "ask again", "Ask the prompt again; both answers are kept."),
    Command("turn.inspect", "i", "inspect", "See request and answer as they went over the wire."),
    Command("turn.look", "o", "attached", "See what is attached or was pasted, whole."),
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
    Command("prompt.attach", "alt+a,insert", "attach", "Attach a text file or an image by its path."),
    Command("prompt.chips", "shift+tab", "chips", "Go to what is attached or folded: open, unfold, remove."),
    Command("chip.open", _ENTER, "open", "See the file or the pasted text whole.", shown_key="enter"),
    Command("chip.unfold", "u", "unfold", "Put the pasted text into the prompt as it is."),
    Command("chip.remove", "d,delete,backspace", "remove", "Take it away from the prompt."),
    Command("chip.before", "left,h", "before", "Go to the chip before.", False),
    Command("chip.after", "right,l", "after", "Go to the chip after.", False),
    Command("chip.leave", "escape,down", "to the prompt", "Back to the prompt."),
    Command("enclosure.copy", "c,f8", "copy", "Copy the text, and hear which way it went."),
    Command("enclosure.leave", "escape", "back", "Back to where you came from."),
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
        "alt+p,shift+f3",
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
    Command("beside.keep", "f4,alt+k", "keep this one", "Go on with this column's answer as a chat."),
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
)
"""By place, the weightiest first."""
