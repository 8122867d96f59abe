"""The vault: what it keeps it gives back, to the right passphrase only, and never shows on disk."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tui_app.adapters.vault import PASSPHRASE_FILE, Vault
from tui_app.adapters.vault_document import COST, DamagedVault, Stretching, VaultDocument, WrongPassphrase
from tui_app.core.errors import KeyStoreFailed, KeyTrouble

KEY = SecretStr("sk-ant-test-vault-0001")
OTHER = SecretStr("sk-ant-test-vault-0002")
PASSPHRASE = SecretStr("correct horse battery staple")
CHEAP = 2**4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inferterm" / "vault.json"


def vault(path: Path, environ: dict[str, str] | None = None) -> Vault:
    return Vault(path, environ or {}, CHEAP)


async def open_vault(path: Path) -> Vault:
    opened = vault(path)
    await opened.open(PASSPHRASE)
    return opened


async def test_a_key_is_kept_found_by_another_process_replaced_and_deleted(path: Path) -> None:
    first = await open_vault(path)
    await first.keep("claude", KEY)
    second = await open_vault(path)
    assert await second.find("claude") == KEY
    await second.keep("claude", OTHER)
    assert await first.find("claude") == OTHER
    assert await first.delete("claude")
    assert await second.find("claude") is None
    assert not await second.delete("claude")


async def test_the_file_is_private_and_holds_no_key_and_no_passphrase(path: Path) -> None:
    await (await open_vault(path)).keep("claude", KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    text = path.read_text()
    assert KEY.get_secret_value() not in text
    assert PASSPHRASE.get_secret_value() not in text
    path.chmod(0o644)
    await (await open_vault(path)).keep("claude", OTHER)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_another_passphrase_opens_nothing_and_changes_nothing(path: Path) -> None:
    await (await open_vault(path)).keep("claude", KEY)
    before = path.read_bytes()
    closed = vault(path)
    with pytest.raises(KeyStoreFailed) as caught:
        await closed.open(SecretStr("guessed"))
    assert caught.value.trouble is KeyTrouble.WRONG_PASSPHRASE
    assert "guessed" not in f"{caught.value}{caught.value.advice}"
    assert path.read_bytes() == before
    assert (await closed.report()).trouble is KeyTrouble.LOCKED


async def test_an_empty_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(KeyStoreFailed) as caught:
        await vault(path).open(SecretStr(""))
    assert caught.value.trouble is KeyTrouble.WRONG_PASSPHRASE
    assert not path.exists()


async def test_a_closed_vault_gives_and_takes_nothing_and_says_what_to_do(path: Path) -> None:
    await (await open_vault(path)).keep("claude", KEY)
    closed = vault(path)
    for refused in (closed.find("claude"), closed.keep("claude", OTHER)):
        with pytest.raises(KeyStoreFailed) as caught:
            await refused
        assert caught.value.trouble is KeyTrouble.LOCKED
        assert PASSPHRASE_FILE in caught.value.advice
    assert await closed.find("another") is None


async def test_a_key_can_be_deleted_from_a_closed_vault(path: Path) -> None:
    await (await open_vault(path)).keep("claude", KEY)
    assert await vault(path).delete("claude")
    assert await (await open_vault(path)).find("claude") is None


async def test_where_there_is_no_vault_nothing_is_found_and_none_is_made(path: Path) -> None:
    assert await vault(path).find("claude") is None
    assert not await vault(path).delete("claude")
    with pytest.raises(KeyStoreFailed) as caught:
        await vault(path).keep("claude", KEY)
    assert caught.value.trouble is KeyTrouble.ABSENT
    assert (await vault(path).report()).trouble is KeyTrouble.ABSENT
    assert not path.exists()


async def test_a_passphrase_file_opens_the_vault_by_itself(path: Path, tmp_path: Path) -> None:
    named = tmp_path / "passphrase"
    named.write_text(PASSPHRASE.get_secret_value() + "\n")
    environ = {PASSPHRASE_FILE: str(named)}
    await vault(path, environ).keep("claude", KEY)
    assert await vault(path, environ).find("claude") == KEY
    assert await (await open_vault(path)).find("claude") == KEY
    assert (await vault(path, environ).report()).works


async def test_a_passphrase_file_that_is_missing_is_named(path: Path, tmp_path: Path) -> None:
    named = tmp_path / "nowhere"
    with pytest.raises(KeyStoreFailed, match="nowhere") as caught:
        await vault(path, {PASSPHRASE_FILE: str(named)}).keep("claude", KEY)
    assert caught.value.trouble is KeyTrouble.FAILED


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "inferterm vault 2"}', "\x00"])
async def test_a_damaged_vault_is_told_and_left_alone(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    for refused in (vault(path).open(PASSPHRASE), vault(path).find("claude"), vault(path).delete("claude")):
        with pytest.raises(KeyStoreFailed, match="damaged") as caught:
            await refused
        assert caught.value.trouble is KeyTrouble.FAILED
    assert path.read_text() == text


async def test_a_folder_in_its_way_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(KeyStoreFailed) as caught:
        await vault(path).find("claude")
    assert caught.value.trouble is KeyTrouble.FAILED


async def test_boxes_cannot_be_exchanged_for_one_another(path: Path) -> None:
    opened = await open_vault(path)
    await opened.keep("one", KEY)
    await opened.keep("two", OTHER)
    document = VaultDocument.parse(path.read_text())
    swapped = document.model_copy(update={"keys": {"one": document.keys["two"]}})
    path.write_text(swapped.text())
    with pytest.raises(KeyStoreFailed) as caught:
        await opened.find("one")
    assert caught.value.trouble is KeyTrouble.WRONG_PASSPHRASE


async def test_a_vault_made_anew_by_another_process_is_closed_again(path: Path) -> None:
    opened = await open_vault(path)
    await opened.keep("claude", KEY)
    path.unlink()
    another = vault(path)
    await another.open(SecretStr("another"))
    await another.keep("claude", OTHER)
    with pytest.raises(KeyStoreFailed) as caught:
        await opened.find("claude")
    assert caught.value.trouble is KeyTrouble.LOCKED


async def test_writers_at_the_same_time_lose_no_key(path: Path) -> None:
    vaults = await asyncio.gather(*(open_vault(path) for _ in range(4)))
    names = [f"endpoint-{number}" for number in range(20)]
    await asyncio.gather(
        *(vaults[number % 4].keep(name, SecretStr(name)) for number, name in enumerate(names))
    )
    assert set(VaultDocument.parse(path.read_text()).keys) == set(names)


async def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere.json")
    await (await open_vault(path)).keep("claude", KEY)
    assert path.is_symlink()
    assert await (await open_vault(path)).find("claude") == KEY


def test_a_new_vault_costs_what_it_should_to_guess_at() -> None:
    assert COST == 2**17
    assert Stretching(n=COST, salt=b"AAAAAAAAAAAAAAAAAAAAAA==").r == 8


@pytest.mark.parametrize("n", [2**21, 3, 0])
def test_costs_that_would_take_all_memory_or_make_no_sense_are_refused(n: int) -> None:
    text = VaultDocument.new(PASSPHRASE, CHEAP)[0].text().replace('"n": 16', f'"n": {n}')
    with pytest.raises(DamagedVault, match=r"stretching\.n"):
        VaultDocument.parse(text)


IDS = st.from_regex(r"[a-z0-9]([a-z0-9_.-]{0,20}[a-z0-9])?", fullmatch=True)
KEYS = st.text("!~azAZ09-_", min_size=1)


@settings(max_examples=50, deadline=None)
@given(keys=st.dictionaries(IDS, KEYS), passphrase=st.text(min_size=1, max_size=40).filter(str.isprintable))
def test_whatever_goes_in_comes_out_of_the_text_again(keys: dict[str, str], passphrase: str) -> None:
    document, master = VaultDocument.new(SecretStr(passphrase), CHEAP)
    for name, key in keys.items():
        document = document.with_key(master, name, SecretStr(key))
    read = VaultDocument.parse(document.text())
    assert read == document
    assert read.unlock(SecretStr(passphrase)) == master
    assert {name: read.key(master, name) for name in keys} == {
        name: SecretStr(key) for name, key in keys.items()
    }
    with pytest.raises(WrongPassphrase):
        read.unlock(SecretStr(passphrase + "x"))
