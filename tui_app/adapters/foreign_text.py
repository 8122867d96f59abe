"""What others wrote, made fit for a message: plain, short, and without the key they may quote."""

from __future__ import annotations

import re
from html import unescape

from pydantic import SecretStr

from tui_app.core.jsons import JsonValue
from tui_app.core.text import brief, one_line, plain

_SHORTEST_SECRET = 4
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]*>?")


class ForeignText:
    """Words of a service, a proxy or a library, in which `key` is replaced by `***`.

    The key of a local server may be a letter or two that stand in every sentence: one of fewer than
    four characters is no secret and stays.
    """

    def __init__(self, key: SecretStr | None = None) -> None:
        self._key = key

    def words(self, text: str, *, limit: int = 300) -> str:
        """At most three lines and `limit` characters."""
        return brief(self._scrubbed(text), limit=limit)

    def word(self, value: object, *, limit: int = 80) -> str:
        """One line."""
        return one_line(self._scrubbed(value) if isinstance(value, str) else value, limit=limit)

    def page(self, body: bytes, *, limit: int = 300) -> str:
        """The readable words of a body of any kind, an HTML page's without its tags."""
        text = body.decode("utf-8", "replace").removeprefix("\ufeff")
        if text.lstrip()[:1] == "<":
            text = unescape(_TAG.sub("\n", _UNSEEN.sub("\n", text)))
        return self.words(text, limit=limit)

    def whole(self, value: JsonValue, source: str) -> JsonValue:
        """A value as it came in the JSON `source`, without the key, halves of characters as escapes."""
        quoted = bool(self._secret) and self._secret in source
        escaped = "\\" in source  # the key may be too: some write `/` so
        return self._spared(value) if quoted or escaped else value

    def _spared(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            whole = value.encode("utf-8", "backslashreplace").decode()
            return whole.replace(self._secret, "***") if self._secret else whole
        if isinstance(value, dict):
            return {str(self._spared(name)): self._spared(each) for name, each in value.items()}
        return list(map(self._spared, value)) if isinstance(value, list) else value

    @property
    def _secret(self) -> str:
        secret = self._key.get_secret_value() if self._key else ""
        return secret if len(secret) >= _SHORTEST_SECRET else ""

    def _scrubbed(self, text: str) -> str:
        text = plain(text)
        return text.replace(self._secret, "***") if self._secret else text
