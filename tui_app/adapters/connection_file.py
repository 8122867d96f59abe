"""Connections to clusters as one JSON file, `clusters.json`; their API keys in the keyring."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import SecretStr, ValidationError

from tui_app.adapters.atomic_file import make_folder, replace_file
from tui_app.adapters.disk_troubles import reason_of, store_failed
from tui_app.adapters.file_lock import locked
from tui_app.adapters.flaws import Flawed, flaw_of, parse_json, read_plain
from tui_app.core.clusters import Cluster, Connection, Connections
from tui_app.core.errors import KeyMissing, KeyStoreFailed, KeyTrouble, StoreFailed
from tui_app.core.faults import problems_of
from tui_app.core.jsons import JsonValue, document_text
from tui_app.core.keys import OwnKeys

NAME: Final = "clusters.json"
LOCK: Final = ".lock"


class ConnectionFile(Connections):
    """Connections in a folder, an object by name. A file that cannot be understood is never overwritten."""

    def __init__(self, folder: Path, keys: OwnKeys, environ: Mapping[str, str]) -> None:
        self.path = folder / NAME
        self._keys, self._environ = keys, environ
        self._run: dict[str, SecretStr] = {}

    async def all(self) -> Sequence[Connection]:
        """All connections, by name. Raises StoreFailed."""
        return await asyncio.to_thread(self._read)

    async def keep(self, connection: Connection) -> None:
        """Keep one, over an older one of that name. Raises StoreFailed."""
        await asyncio.to_thread(self._change, connection.name, connection)

    async def delete(self, name: str) -> None:
        """Forget one and its key. Raises StoreFailed, KeyStoreFailed."""
        await asyncio.to_thread(self._change, name, None)
        held = self._run.pop(name, None) is not None
        try:
            await self._keys.forget_own(_own(name))
        except KeyStoreFailed as error:
            if not held and error.trouble not in {KeyTrouble.ABSENT, KeyTrouble.UNSAFE}:
                raise

    async def keep_key(self, connection: Connection, key: SecretStr) -> bool:
        """Keep its API key; False where the keyring does not take it and it holds for this run only."""
        try:
            await self._keys.keep_own(_own(connection.name), key)
        except KeyStoreFailed:
            self._run[connection.name] = key
            return False
        self._run.pop(connection.name, None)
        return True

    async def open(self, connection: Connection, key: SecretStr | None = None) -> Cluster:
        """See `Connections`."""
        found = key or await self._key(connection)
        return await asyncio.to_thread(_opened, connection, found)

    async def _key(self, connection: Connection) -> SecretStr:
        if connection.key_variable:
            text = self._environ.get(connection.key_variable, "").strip()
            key = SecretStr(text) if text else None
            where = f"the environment variable {connection.key_variable} is not set"
        else:
            key = self._run.get(connection.name) or await self._keys.own(_own(connection.name))
            where = "the keyring holds none"
        if key is None:
            raise KeyMissing(
                f"no API key for the cluster {connection.name}: {where}",
                "Give the connection its key, or name an environment variable that holds it.",
            )
        return key

    def _change(self, name: str, connection: Connection | None) -> None:
        try:
            make_folder(self.path.parent)
            with locked(self.path.with_name(LOCK)):
                known = {each.name: each for each in self._read()}
                known.pop(name, None)
                if connection is not None:
                    known[name] = connection
                document = {each: _document(known[each]) for each in sorted(known)}
                replace_file(self.path, document_text(document).encode())
        except OSError as error:
            raise store_failed(error, "cannot write", self.path) from None

    def _read(self) -> list[Connection]:
        try:
            value, lines = parse_json(read_plain(self.path))
            return _connections(value, lines)
        except FileNotFoundError:
            return []
        except Flawed as flaw:
            raise StoreFailed(flaw.told_of(self.path), "Correct or delete the file.") from None
        except OSError as error:
            raise StoreFailed(f"{self.path}: it cannot be read: {reason_of(error)}") from None


def _connections(value: JsonValue, lines: Mapping[str, int]) -> list[Connection]:
    if not isinstance(value, dict):
        raise Flawed(1, "it is no JSON object of connections by name")
    found = []
    for name, body in value.items():
        if not isinstance(body, dict):
            raise Flawed(lines.get(name, 1), f"{name}: a connection is a JSON object")
        try:
            found.append(Connection.model_validate({**body, "name": name}))
        except ValidationError as error:
            here = {path.removeprefix(f"{name}."): line for path, line in lines.items()}
            flaw = flaw_of(problems_of(error), here)
            raise Flawed(flaw.line, f"{name}: {flaw}") from None
    return sorted(found, key=lambda connection: connection.name)


def _document(connection: Connection) -> dict[str, JsonValue]:
    return connection.model_dump(mode="json", exclude={"name"}, exclude_defaults=True)


def _own(name: str) -> str:
    return f"cluster-{name}"


def _opened(connection: Connection, key: SecretStr) -> Cluster:
    from tui_app.adapters.cluster_client import ElasticCluster
    from tui_app.adapters.cluster_trust import trust

    return ElasticCluster(connection, key, trust(connection))
