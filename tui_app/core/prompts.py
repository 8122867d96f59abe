"""The library of named prompts: files that people edit, and the versions that inferterm has seen."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tui_app.core.conversation import Settings
from tui_app.core.endpoint import ID_MAX, ID_RULE
from tui_app.core.errors import InvalidRequest
from tui_app.core.requests import Request
from tui_app.core.templates import NoTemplate, Template, parse_template, write_template


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file: its name, its text, and what that says."""

    name: str
    text: str
    template: Template
    path: str = ""

    def request(self, values: Mapping[str, str], settings: Settings = Settings()) -> Request:
        """What is sent of it with these values. Raises InvalidRequest that names the prompt."""
        try:
            return self.template.filled(values).request(settings)
        except InvalidRequest as error:
            raise InvalidRequest(f"prompt {self.name}: {error}", error.advice) from None


@dataclass(frozen=True, slots=True)
class BrokenPrompt:
    """A prompt file that cannot be read: it is listed, never dropped or overwritten; `line` is from 1."""

    name: str
    path: str
    line: int | None
    reason: str

    @property
    def place(self) -> str:
        """The file, and the line of it, as editors take them."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Version:
    """A prompt's text as it was when inferterm saw it first; `number` counts from 1, by age."""

    number: int
    text: str
    seen_at: float


Found: TypeAlias = tuple[str, str, str | None]
"""Name, path and text of a prompt's file; the text is None where it cannot be read."""


class PromptStore(Protocol):
    """Where prompt files lie; several processes and a person's editor share it. All raise StoreFailed."""

    async def all(self) -> Sequence[Found]:
        """All of them, by name."""
        ...

    async def get(self, name: str) -> Found | None:
        """One of them; None if there is none."""
        ...

    async def create(self, name: str, text: str) -> None:
        """Keep a new one. Raises InvalidRequest when there is one of that name."""
        ...

    async def replace(self, name: str, text: str, expected: str) -> None:
        """Change one that still has the text `expected`, or raise StoreFailed."""
        ...

    async def delete(self, name: str) -> None:
        """Forget one, if there is one."""
        ...

    def path(self, name: str) -> str:
        """Where the file of that name lies, or would."""
        ...


class PromptVersions(Protocol):
    """Where earlier texts of prompts are kept. All raise StoreFailed."""

    async def note(self, name: str, text: str, at: float) -> None:
        """Keep a text, unless the latest is the same."""
        ...

    async def of(self, name: str) -> Sequence[Version]:
        """All texts of a prompt, the oldest first."""
        ...


class Prompts:
    """The library. What is used or changed here is kept as a version, also what an editor changed."""

    def __init__(
        self, store: PromptStore, versions: PromptVersions, clock: Callable[[], float] = time.time
    ) -> None:
        self._store, self._versions, self._clock = store, versions, clock

    async def all(self) -> tuple[Prompt | BrokenPrompt, ...]:
        """All of them, by name. Raises StoreFailed."""
        return tuple(_read(*found) for found in await self._store.all())

    async def get(self, name: str) -> Prompt:
        """One of them, noted as a version. Raises InvalidRequest, StoreFailed."""
        found = await self._store.get(name)
        if found is None:
            raise InvalidRequest(
                f"there is no prompt {name}", "`inferterm prompts list` names those there are."
            )
        prompt = _read(*found)
        if isinstance(prompt, BrokenPrompt):
            raise InvalidRequest(
                f"{prompt.place}: {prompt.reason}", "Correct the file; nothing was changed in it."
            )
        await self._versions.note(name, prompt.text, self._clock())
        return prompt

    async def create(self, name: str, template: Template) -> Prompt:
        """Keep a new one. Raises InvalidRequest for a name that is taken or no name, StoreFailed."""
        check_name(name)
        await self._store.create(name, write_template(template))
        return await self.get(name)

    async def restore(self, name: str, version: Version) -> None:
        """Make the file, be it there or not, what a version was. Raises InvalidRequest, StoreFailed.

        What it is until then stays a version, also where it cannot be read as a prompt.
        """
        found = await self._store.get(name)
        if found is None:
            await self._store.create(name, version.text)
        elif found[2] is None:
            raise InvalidRequest(f"{found[1]} is no text", "Move it away first; nothing was changed in it.")
        else:
            await self._versions.note(name, found[2], self._clock())
            await self._store.replace(name, version.text, found[2])
        await self._versions.note(name, version.text, self._clock())

    async def delete(self, name: str) -> None:
        """Delete the file; its versions stay. Raises StoreFailed."""
        await self._store.delete(name)

    async def versions(self, name: str) -> tuple[Version, ...]:
        """All texts of a prompt that inferterm has seen, the oldest first. Raises StoreFailed."""
        return tuple(await self._versions.of(name))

    def path(self, name: str) -> str:
        """Where the file of that name lies, or would."""
        return self._store.path(name)


def check_name(name: str) -> str:
    """Return the name of a prompt, or raise InvalidRequest with what it may be."""
    if not ID_RULE.fullmatch(name) or len(name) > ID_MAX:
        raise InvalidRequest(
            f"{name!r} is no name for a prompt",
            "It has lower-case letters, digits, - _ and ., and starts and ends with a letter or digit.",
        )
    return name


def differences(before: Version, after: Version) -> tuple[str, ...]:
    """The lines by which two versions differ, as `diff -u` writes them; none if they are the same."""
    names = (f"version {before.number}", f"version {after.number}")
    lines = difflib.unified_diff(before.text.splitlines(), after.text.splitlines(), *names, n=3, lineterm="")
    return tuple(lines)


def _read(name: str, path: str, text: str | None) -> Prompt | BrokenPrompt:
    if text is None:
        return BrokenPrompt(name, path, None, "it cannot be read as text in UTF-8")
    try:
        check_name(name)
        return Prompt(name, text, parse_template(text), path)
    except NoTemplate as flaw:
        return BrokenPrompt(name, path, flaw.line, flaw.reason)
    except InvalidRequest as error:
        return BrokenPrompt(name, path, None, f"{error}. {error.advice} Rename the file")
