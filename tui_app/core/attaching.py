"""The port to files that can be attached: read whole, off the event loop, under the limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tui_app.core.attachments import Attachment


class AttachableFiles(Protocol):
    """Files of this machine by their paths; `~` is the home folder."""

    async def read(self, path: str) -> Attachment:
        """A file as it is now.

        Raises InvalidRequest for one that is not there, is no plain file, or could not be sent;
        StoreFailed for one that cannot be read.
        """
        ...

    async def plain(self, paths: Sequence[str]) -> Sequence[str]:
        """Those of the paths at which a plain file lies."""
        ...

    async def completions(self, typed: str) -> Sequence[str]:
        """What a path may become that was typed so far: files, and folders with a slash, by name."""
        ...
