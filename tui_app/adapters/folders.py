"""Where the files of this user lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

APP = "inferterm"


@dataclass(frozen=True, slots=True)
class Folders:
    """`config` is for what a person reads and edits, `state` for what inferterm keeps for itself."""

    config: Path
    state: Path

    @classmethod
    def of_user(cls) -> Folders:
        """As the environment says (XDG_CONFIG_HOME, XDG_STATE_HOME); nothing is made here."""
        from platformdirs import user_config_path, user_state_path

        return cls(user_config_path(APP, appauthor=False), user_state_path(APP, appauthor=False))

    @property
    def endpoints(self) -> Path:
        """One JSON file an endpoint."""
        return self.config / "endpoints"

    @property
    def settings(self) -> Path:
        """The app's settings."""
        return self.config / "settings.json"

    @property
    def keymap(self) -> Path:
        """A person's own keys, by the ids of commands."""
        return self.config / "keymap.json"

    @property
    def vault(self) -> Path:
        """The encrypted vault."""
        return self.state / "vault.json"

    @property
    def database(self) -> Path:
        """Conversations and the health of endpoints."""
        return self.state / "inferterm.db"
