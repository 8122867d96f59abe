from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from tui_app.adapters.connection_file import ConnectionFile
from tui_app.core.clusters import Connection
from tui_app.core.errors import KeyMissing, KeyStoreFailed, KeyTrouble, StoreFailed

PROD = Connection(name="prod", url="https://es.example:9200", fingerprint="AB:" * 31 + "AB")


class Ring:
    """Keys of inferterm's own; `trouble` is what every call raises while set."""

    def __init__(self) -> None:
        self.held: dict[str, SecretStr] = {}
        self.trouble: KeyTrouble | None = None

    async def own(self, name: str) -> SecretStr | None:
        self._check()
        return self.held.get(name)

    async def keep_own(self, name: str, key: SecretStr) -> None:
        self._check()
        self.held[name] = key

    async def forget_own(self, name: str) -> bool:
        self._check()
        return self.held.pop(name, None) is not None

    def _check(self) -> None:
        if self.trouble:
            raise KeyStoreFailed(self.trouble, "no keyring")


@pytest.fixture
def ring() -> Ring:
    return Ring()


@pytest.fixture
def file(tmp_path: Path, ring: Ring) -> ConnectionFile:
    return ConnectionFile(tmp_path, ring, {"ES_KEY": "from-variable"})


async def test_without_a_file_there_are_no_connections(file: ConnectionFile) -> None:
    assert list(await file.all()) == []


async def test_connections_come_back_by_name_and_without_keys(file: ConnectionFile) -> None:
    other = Connection(name="dev", url="http://127.0.0.1:9250", key_variable="ES_KEY")
    await file.keep(PROD)
    await file.keep(other)
    await file.keep_key(PROD, SecretStr("es-secret"))
    assert list(await file.all()) == [other, PROD]
    assert "es-secret" not in file.path.read_text()


async def test_a_kept_connection_takes_the_place_of_its_namesake(file: ConnectionFile) -> None:
    await file.keep(PROD)
    moved = PROD.model_copy(update={"url": "https://other.example:9200"})
    await file.keep(moved)
    assert list(await file.all()) == [moved]


async def test_a_deleted_connection_takes_its_key_along(file: ConnectionFile, ring: Ring) -> None:
    await file.keep(PROD)
    await file.keep_key(PROD, SecretStr("es-secret"))
    await file.delete("prod")
    assert list(await file.all()) == []
    assert ring.held == {}


async def test_without_a_keyring_a_key_holds_for_this_run(file: ConnectionFile, ring: Ring) -> None:
    ring.trouble = KeyTrouble.ABSENT
    plain = Connection(name="prod", url="http://127.0.0.1:9250")
    assert await file.keep_key(plain, SecretStr("es-secret")) is False
    cluster = await file.open(plain)
    await cluster.aclose()
    await file.keep(plain)
    await file.delete("prod")
    with pytest.raises(KeyStoreFailed):
        await file.open(plain)


async def test_a_variable_that_is_not_set_is_named(file: ConnectionFile) -> None:
    unset = Connection(name="prod", url="http://127.0.0.1:9250", key_variable="UNSET")
    with pytest.raises(KeyMissing, match="UNSET"):
        await file.open(unset)
    await (await file.open(unset.model_copy(update={"key_variable": "ES_KEY"}))).aclose()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{", ":1:"),
        ("[]", ":1:"),
        ('{\n  "prod": {\n    "url": "ftp://x"\n  }\n}', ":3:"),
        ('{\n  "prod": {\n    "url": "https://x",\n    "pasword": "y"\n  }\n}', ":4:"),
    ],
)
async def test_a_file_that_is_wrong_is_named_by_line_and_left_alone(
    file: ConnectionFile, text: str, where: str
) -> None:
    file.path.write_text(text)
    with pytest.raises(StoreFailed, match=where):
        await file.all()
    with pytest.raises(StoreFailed):
        await file.keep(PROD)
    assert file.path.read_text() == text


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "es.example"},
        {"url": "http://es.example", "fingerprint": "ab" * 32},
        {"url": "https://es.example", "fingerprint": "ab"},
        {"url": "https://es.example", "fingerprint": "ab" * 32, "ca_certificate": "/ca.pem"},
    ],
)
def test_a_connection_that_proves_nothing_is_none(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Connection(name="prod", **wrong)


@given(
    name=st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}[a-z0-9]", fullmatch=True),
    port=st.integers(1, 65535),
    certificate=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
async def test_a_connection_survives_the_file(
    file: ConnectionFile, name: str, port: int, certificate: str
) -> None:
    kept = Connection(name=name, url=f"https://es:{port}", ca_certificate=certificate)
    await file.keep(kept)
    assert kept in await file.all()
