"""Requests in a text from anywhere: found where they begin, read by the reader of their language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui_app.core.clippings import Clipping, Unreadable
from tui_app.core.curl_commands import read_curl
from tui_app.core.literals import LiteralReader
from tui_app.core.python_calls import PythonReader
from tui_app.core.shell_reader import ShellReader
from tui_app.core.travellers import Finding, Other, of_call, of_json, of_request

_BEGINNING: Final = re.compile(
    r"(?P<block>/\*)"
    r"|(?P<comment>^[ \t]*+(?:\#|//)[^\n]*+)"
    r"|(?P<method>^[ \t>]*+(?P<verb>PUT|POST|GET|DELETE|HEAD|PATCH)[ \t]++(?P<path>\S++))"
    r"|(?P<call>\.\s*+inference\s*+\.\s*+(?P<name>put\w*+)\s*+\()"
    r"|(?P<curl>(?:^|[;&|(])[ \t]*+(?:[$%>][ \t]++)?curl(?:\.exe)?(?=[ \t\\]))"
    r"|(?P<json>^[ \t]*+(?=[\[{]))",
    re.MULTILINE,
)
_ASSIGNED: Final = re.compile(r"\b(?:const|let|var)\s++([A-Za-z_$][\w$]*+)\s*+=(?!=)")
MOST: Final = 500
"""How many requests one text may hold."""


def findings(text: str) -> tuple[Finding, ...]:
    """Everything in a text that makes an endpoint, was meant to, or is about something else, in its order."""
    found = tuple(_Paste(text).findings())
    if not found and text.strip():
        reason = "there is no request, no call of a client and no JSON here that makes an endpoint"
        return (Other(len(text) - len(text.lstrip()), reason, wrong=True),)
    return found


class _Paste:
    """One text, read from front to back; what cannot be read is passed as far as its reader got."""

    def __init__(self, text: str) -> None:
        self._clipping, self._text = Clipping(text), text
        self._names: dict[str, int] | None = None
        self._literals = LiteralReader(self._clipping, resolve=self._value_of)
        self._python = PythonReader(self._clipping)

    def findings(self) -> Iterator[Finding]:
        at = count = 0
        while beginning := _BEGINNING.search(self._text, at):
            if beginning["block"]:
                end = self._clipping.find("*/", beginning.end())
                at = beginning.end() if end < 0 else end + 2
                continue
            if beginning["comment"]:
                at = beginning.end()
                continue
            items, at = self._taken(beginning)
            for item in items:
                count += 1
                if count > MOST:
                    yield Other(item.at, f"more than {MOST} are too many at once; take the rest apart", True)
                    return
                yield item

    def _taken(self, beginning: re.Match[str]) -> tuple[list[Finding], int]:
        """What begins here, and where to go on."""
        self._literals.at = self._python.at = end = beginning.end()
        shell = ShellReader(self._clipping, end)
        try:
            if beginning["method"]:
                found = self._console(beginning)
            elif beginning["call"]:
                found = self._call(beginning)
            elif beginning["curl"]:
                command = read_curl(shell)
                found = of_request(beginning.start("curl"), command.method, command.url, command.body)
            else:
                found = of_json(self._literals.read())
        except Unreadable as error:
            found = [Other(error.at, error.reason, wrong=True)]
        return found, max(end, self._literals.at, self._python.at, shell.at)

    def _console(self, beginning: re.Match[str]) -> list[Finding]:
        reader, body = self._literals, None
        reader.blank()
        if self._text[reader.at : reader.at + 1] in {"{", "["}:
            body = reader.read()
        start = beginning.start("verb")
        return of_request(start, beginning["verb"], beginning["path"], body)

    def _call(self, beginning: re.Match[str]) -> list[Finding]:
        self._literals.blank()
        if self._text[self._literals.at : self._literals.at + 1] == "{":
            given = self._literals.read()
        else:
            given = self._python.arguments(beginning.end() - 1)
        return [of_call(beginning.start("name"), given)]

    def _value_of(self, name: str) -> int | None:
        """Where the value of a JavaScript name stands."""
        if self._names is None:
            self._names = {found[1]: found.end() for found in _ASSIGNED.finditer(self._text)}
        return self._names.get(name)
