"""Files in documents of conversations: each once, by its digest; text as it reads, images as base64."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from tui_app.core.attachments import Attachment, attachment
from tui_app.core.errors import InvalidRequest


class DocumentFile(BaseModel):
    """The bytes of one file, in one of two ways."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str | None = None
    base64: str | None = None

    def data(self) -> bytes:
        """The bytes. Raises ValueError for what are none."""
        if self.text is not None:
            return self.text.encode("utf-8")
        return base64.b64decode(self.base64 or "", validate=True)


class DocumentAttachment(BaseModel):
    """What a turn or a draft has: a file of the document under a name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    digest: str


Files = dict[str, Attachment]
"""Files by their digests, under any name."""


def written_files(found: Iterable[Attachment]) -> dict[str, dict[str, str]]:
    """The files of attachments, each once."""
    files: dict[str, dict[str, str]] = {}
    for each in found:
        if each.digest not in files:
            encoded = base64.b64encode(each.data).decode("ascii") if each.is_image else ""
            files[each.digest] = {"base64": encoded} if encoded else {"text": each.data.decode("utf-8")}
    return files


def written_attachments(found: Iterable[Attachment]) -> list[dict[str, str]]:
    """Which files a turn has, under which names."""
    return [{"name": each.name, "digest": each.digest} for each in found]


def read_files(files: Mapping[str, DocumentFile]) -> Files:
    """The files of a document, as if they were attached now. Raises InvalidRequest."""
    found: Files = {}
    for digest, file in files.items():
        where = f"files.{digest[:12]}"
        try:
            made = attachment(where, file.data())
        except (binascii.Error, ValueError):
            raise InvalidRequest(f"{where}: this is neither text nor base64") from None
        if made.digest != digest:
            raise InvalidRequest(f"{where}: the file was changed; its digest is {made.digest[:12]} now")
        found[digest] = made
    return found


def read_attachments(found: Iterable[DocumentAttachment], files: Files, where: str) -> tuple[Attachment, ...]:
    """What a turn or a draft has. Raises InvalidRequest for a file that is not in the document."""
    made = []
    for each in found:
        if each.digest not in files:
            raise InvalidRequest(f"{where}: the file {each.digest[:12]} is not in `files`")
        made.append(files[each.digest].named(each.name))
    return tuple(made)
