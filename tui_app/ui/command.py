"""A command of the user interface, and the binding that it becomes."""

from __future__ import annotations

from dataclasses import dataclass

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
