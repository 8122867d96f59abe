"""Where the files of a user lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tui_app.core.errors import StoreFailed

NAME: Final = "inferterm"


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders by what they are for; none has to exist.

    `config`: endpoints and settings, for people to read; `state`: the ledger and the database; `data`:
    the vault.
    """

    config: Path
    state: Path
    data: Path

    @classmethod
    def of_user(cls) -> Self:
        """Those of the user, as the system or `XDG_CONFIG_HOME`, `XDG_STATE_HOME`, `XDG_DATA_HOME` say.

        Raises StoreFailed where there is no home folder. Makes nothing.
        """
        from platformdirs import PlatformDirs

        user = PlatformDirs(NAME, appauthor=False)
        try:
            return cls(user.user_config_path, user.user_state_path, user.user_data_path)
        except RuntimeError:
            raise StoreFailed(
                "there is no telling where your home folder is",
                "Set HOME, or XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_DATA_HOME, to an absolute path.",
            ) from None

    @property
    def endpoints(self) -> Path:
        """Where the endpoint files lie."""
        return self.config / "endpoints"

    @property
    def prompts(self) -> Path:
        """Where the prompt files lie."""
        return self.config / "prompts"

    @property
    def vault(self) -> Path:
        """The file of the encrypted vault."""
        return self.data / "vault.json"
