"""Where a key is looked for, kept and deleted; and that it is nowhere else, whatever happens."""

from __future__ import annotations

import json
import logging
import os
import shlex
import subprocess
import sys
import traceback
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr

from tests.secret_service import SecretService
from tui_app.adapters.keyring_backends import Backend
from tui_app.adapters.keys import KeyChain
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, KeyMissing, KeyStoreFailed, KeyTrouble
from tui_app.core.jsons import JsonValue
from tui_app.core.keys import KeyState, KeyStatus, fingerprint

KEY = SecretStr("sk-ant-test-chain-0001")
OTHER = SecretStr("sk-ant-test-chain-0002")
HEADLESS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
DESKTOP = {**HEADLESS, "DISPLAY": ":0"}
WITH_KEY = {"ANTHROPIC_API_KEY": f" {KEY.get_secret_value()}\n"}


def endpoint(inference_id: str = "claude", **source: str) -> Endpoint:
    body: JsonValue = {
        "service": "anthropic",
        "service_settings": {"model_id": "claude-test"},
        "task_settings": {"max_tokens": 10},
        "local": {"key": source},
    }
    return Endpoint.parse(inference_id, body)[0]


def no_backend() -> Backend:
    from keyring.backends.fail import Keyring

    return cast(Backend, Keyring())  # type: ignore[no-untyped-call]


def secret_service_backend() -> Backend:
    from keyring.backends.SecretService import Keyring

    return cast(Backend, Keyring())  # type: ignore[no-untyped-call]


def chain(tmp_path: Path, environ: dict[str, str] | None = None, *, real: bool = False) -> KeyChain:
    return KeyChain(
        environ or {},
        tmp_path / "vault.json",
        timeout_s=10.0,
        load=secret_service_backend if real else no_backend,
        platform="linux",
        vault_cost=2**4,
    )


async def missing(chain: KeyChain, endpoint: Endpoint) -> KeyMissing:
    with pytest.raises(KeyMissing) as caught:
        await chain.find(endpoint)
    assert endpoint.inference_id in str(caught.value)
    assert caught.value.advice
    return caught.value


async def refused(chain: KeyChain, endpoint: Endpoint, key: SecretStr = KEY) -> KeyStoreFailed:
    with pytest.raises(KeyStoreFailed) as caught:
        await chain.keep(endpoint, key)
    assert key.get_secret_value() not in f"{caught.value!r} {caught.value.advice}"
    return caught.value


@pytest.mark.system
async def test_the_keyring_is_the_place_without_any_choice(
    secret_service: SecretService, tmp_path: Path
) -> None:
    keys = chain(tmp_path, DESKTOP, real=True)
    assert (await keys.status(endpoint())).state is KeyState.MISSING
    assert await keys.keep(endpoint(), KEY) == KeyStatus(KeyState.KEYRING, fingerprint(KEY))
    later = chain(tmp_path, DESKTOP, real=True)
    assert await later.find(endpoint()) == (KEY, KeyStatus(KeyState.KEYRING, fingerprint(KEY)))
    assert await later.status(endpoint()) == KeyStatus(KeyState.KEYRING, fingerprint(KEY))
    assert await later.delete("claude")
    assert secret_service.entries() == {}
    assert not await later.delete("claude")
    assert (await keys.keyring()).works


@pytest.mark.system
async def test_the_keyrings_key_goes_before_the_variable(
    secret_service: SecretService, tmp_path: Path
) -> None:
    keys = chain(tmp_path, {**DESKTOP, **WITH_KEY}, real=True)
    assert (await keys.find(endpoint()))[1].state is KeyState.ENVIRONMENT
    await keys.keep(endpoint(), OTHER)
    assert (await keys.find(endpoint()))[0] == OTHER


@pytest.mark.system
async def test_a_key_of_this_run_goes_before_the_keyrings_until_it_is_kept_there(
    secret_service: SecretService, tmp_path: Path
) -> None:
    keys = chain(tmp_path, DESKTOP, real=True)
    await keys.keep(endpoint(), KEY)
    await keys.keep(endpoint(place="run"), OTHER)
    assert await keys.find(endpoint()) == (OTHER, KeyStatus(KeyState.RUN, fingerprint(OTHER)))
    await keys.keep(endpoint(), KEY)
    assert await keys.find(endpoint()) == (KEY, KeyStatus(KeyState.KEYRING, fingerprint(KEY)))


@pytest.mark.system
async def test_a_status_opens_no_window_and_says_that_the_keyring_is_locked(
    secret_service: SecretService, tmp_path: Path
) -> None:
    secret_service.lock()
    with secret_service.silent_prompter() as asked:
        desktop = await chain(tmp_path, {**DESKTOP, **WITH_KEY}, real=True).status(endpoint())
        headless = await chain(tmp_path, HEADLESS, real=True).status(endpoint())
        with_key = await chain(tmp_path, {**HEADLESS, **WITH_KEY}, real=True).status(endpoint())
        assert not asked.is_set()
    assert desktop.state is KeyState.UNAVAILABLE
    assert "locked" in desktop.detail
    assert headless.state is KeyState.UNAVAILABLE
    assert with_key.state is KeyState.ENVIRONMENT


@pytest.mark.system
async def test_a_locked_keyring_is_stood_in_for_by_the_variable(
    secret_service: SecretService, tmp_path: Path
) -> None:
    secret_service.lock()
    for environ in (DESKTOP, HEADLESS):
        key, status = await chain(tmp_path, {**environ, **WITH_KEY}, real=True).find(endpoint())
        assert (key, status.state) == (KEY, KeyState.ENVIRONMENT)
    error = await missing(chain(tmp_path, DESKTOP, real=True), endpoint())
    assert "dismissed" in str(error)
    assert "ANTHROPIC_API_KEY is not set" in str(error)
    assert isinstance(error.__cause__, KeyStoreFailed)
    assert error.__cause__.trouble is KeyTrouble.DISMISSED


@pytest.mark.system
async def test_deleting_passes_over_a_locked_keyring_only_if_the_key_lay_elsewhere(
    secret_service: SecretService, tmp_path: Path
) -> None:
    keys = chain(tmp_path, HEADLESS, real=True)
    await keys.keep(endpoint(place="run"), KEY)
    secret_service.lock()
    assert await keys.delete("claude")
    with pytest.raises(KeyStoreFailed) as caught:
        await keys.delete("claude")
    assert caught.value.trouble is KeyTrouble.LOCKED


async def test_without_a_keyring_the_message_says_where_was_looked_and_the_advice_names_the_ways(
    tmp_path: Path,
) -> None:
    error = await missing(chain(tmp_path), endpoint())
    assert "no keyring" in str(error)
    assert "ANTHROPIC_API_KEY is not set" in str(error)
    for way in ("k on the list", "inferterm key set claude", "ANTHROPIC_API_KEY", "command", "vault"):
        assert way in error.advice
    status = await chain(tmp_path).status(endpoint())
    assert status.state is KeyState.UNAVAILABLE
    assert "no keyring" in status.detail


async def test_without_a_keyring_the_variable_stands_in(tmp_path: Path) -> None:
    keys = chain(tmp_path, WITH_KEY)
    expected = KeyStatus(KeyState.ENVIRONMENT, fingerprint(KEY), "ANTHROPIC_API_KEY")
    assert await keys.find(endpoint()) == (KEY, expected)
    assert await keys.status(endpoint()) == expected
    assert await keys.keep(endpoint(), KEY) == expected
    assert (await refused(keys, endpoint(), OTHER)).trouble is KeyTrouble.ABSENT


async def test_without_a_keyring_deleting_finds_nothing_and_the_report_says_why(tmp_path: Path) -> None:
    assert not await chain(tmp_path).delete("claude")
    report = await chain(tmp_path).keyring()
    assert (report.works, report.trouble) == (False, KeyTrouble.ABSENT)


async def test_a_key_for_this_run_is_forgotten_with_it(tmp_path: Path) -> None:
    here = endpoint(place="run")
    keys = chain(tmp_path)
    assert await keys.keep(here, KEY) == KeyStatus(KeyState.RUN, fingerprint(KEY))
    assert await keys.find(here) == (KEY, KeyStatus(KeyState.RUN, fingerprint(KEY)))
    assert (await keys.find(endpoint()))[0] == KEY
    assert (await missing(chain(tmp_path), here)).advice
    assert await keys.delete("claude")
    await missing(keys, here)


async def test_a_variable_is_read_and_never_written(tmp_path: Path) -> None:
    environ = {"MY_KEY": ""}
    here = endpoint(place="environment", variable="MY_KEY")
    keys = chain(tmp_path, environ)
    assert "MY_KEY" in str(await missing(keys, here))
    assert (await keys.status(here)).state is KeyState.MISSING
    assert "MY_KEY" in str(await refused(keys, here))
    environ["MY_KEY"] = KEY.get_secret_value()
    assert await keys.find(here) == (KEY, KeyStatus(KeyState.ENVIRONMENT, fingerprint(KEY), "MY_KEY"))
    assert (await keys.keep(here, KEY)).state is KeyState.ENVIRONMENT
    await refused(keys, here, OTHER)
    assert environ == {"MY_KEY": KEY.get_secret_value()}


async def test_a_command_prints_the_key_and_a_status_does_not_run_it(tmp_path: Path) -> None:
    file = tmp_path / "key"
    here = endpoint(place="command", command=f"cat {shlex.quote(str(file))}")
    keys = chain(tmp_path)
    assert await keys.status(here) == KeyStatus(KeyState.COMMAND, detail="cat")
    with pytest.raises(KeyStoreFailed, match=r"status 1: .*No such file"):
        await keys.find(here)
    file.write_text(f"{KEY.get_secret_value()}\n")
    expected = KeyStatus(KeyState.COMMAND, fingerprint(KEY), "cat")
    assert await keys.find(here) == (KEY, expected)
    assert await keys.status(here) == expected
    await refused(keys, here)
    assert "no command" in str(await missing(keys, endpoint(place="command")))


async def test_a_vault_keeps_the_key_over_runs(tmp_path: Path) -> None:
    here = endpoint(place="vault")
    keys = chain(tmp_path)
    assert (await refused(keys, here)).trouble is KeyTrouble.ABSENT
    await missing(keys, here)
    await keys.open_vault(SecretStr("passphrase"))
    assert (await keys.vault()).works
    assert await keys.keep(here, KEY) == KeyStatus(KeyState.VAULT, fingerprint(KEY))
    later = chain(tmp_path)
    with pytest.raises(KeyStoreFailed) as caught:
        await later.find(here)
    assert caught.value.trouble is KeyTrouble.LOCKED
    assert (await later.status(here)).state is KeyState.UNAVAILABLE
    await later.open_vault(SecretStr("passphrase"))
    assert await later.find(here) == (KEY, KeyStatus(KeyState.VAULT, fingerprint(KEY)))
    assert await chain(tmp_path).delete("claude")
    await missing(later, here)


async def test_the_sandbox_needs_no_key(tmp_path: Path) -> None:
    sandbox = endpoint().model_copy(update={"local": endpoint().local.model_copy(update={"sandbox": True})})
    assert await chain(tmp_path).status(sandbox) == KeyStatus(KeyState.SANDBOX)


@pytest.mark.parametrize("text", ["", " ", "two words", "line\nbreak", "naïve", "esc\x1b[0m"])
async def test_what_no_header_can_carry_is_no_key_and_is_not_shown(tmp_path: Path, text: str) -> None:
    for place in ("keyring", "run", "vault"):
        with pytest.raises(KeyStoreFailed) as caught:
            await chain(tmp_path).keep(endpoint(place=place), SecretStr(text))
        assert not text.strip() or text not in f"{caught.value!r}{caught.value.advice}"
    if text.strip():
        here = endpoint(place="environment")
        with pytest.raises(KeyStoreFailed, match="ANTHROPIC_API_KEY"):
            await chain(tmp_path, {"ANTHROPIC_API_KEY": text}).find(here)
        assert (await chain(tmp_path, {"ANTHROPIC_API_KEY": text}).status(here)).state is KeyState.UNAVAILABLE


SESSION = """
import asyncio, json, logging, os, sys
from pathlib import Path
from pydantic import SecretStr
from tui_app.adapters.keys import KeyChain
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError

async def main(home, places):
    logging.basicConfig(level=logging.DEBUG, filename=home / "log")
    key = SecretStr(sys.stdin.read())
    keys = KeyChain(os.environ, home / "data" / "vault.json", vault_cost=16)
    await keys.open_vault(SecretStr("passphrase"))
    for inference_id, source in places.items():
        body = {"service": "anthropic", "service_settings": {"model_id": "m"},
                "task_settings": {"max_tokens": 1}, "local": {"key": source}}
        endpoint = Endpoint.parse(inference_id, body)[0]
        try:
            print(await keys.keep(endpoint, key))
        except InfertermError as error:
            print(repr(error), error.advice)
        print(await keys.find(endpoint), await keys.status(endpoint))
    print(repr(keys), await keys.keyring(), await keys.vault())

asyncio.run(main(Path(sys.argv[1]), json.loads(sys.argv[2])), debug=True)
"""


@pytest.mark.system
def test_after_a_session_the_key_is_in_no_file_no_log_and_no_output(
    secret_service: SecretService, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    key = KEY.get_secret_value()
    places = {
        "in-keyring": {"place": "keyring"},
        "in-vault": {"place": "vault"},
        "in-run": {"place": "run"},
        "in-variable": {"place": "environment", "variable": "MY_KEY"},
        "by-command": {
            "place": "command",
            "command": shlex.join([sys.executable, "-c", "import os; print(os.environ['MY_KEY'])"]),
        },
    }
    environ = {**os.environ, **secret_service.environ, "HOME": str(home), "MY_KEY": key}
    del environ["PYTHON_KEYRING_BACKEND"]
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-c", SESSION, str(home), json.dumps(places)],
        input=key,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert secret_service.entries() == {"in-keyring": key}
    assert ended.stdout.count(fingerprint(KEY)) >= len(places)
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"log", "vault.json"} <= {file.name for file in written}
    assert key not in ended.stdout + ended.stderr
    assert [file for file in written if key.encode() in file.read_bytes()] == []


async def test_no_error_of_any_place_carries_the_key_in_its_words_or_its_frames(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = KEY.get_secret_value()
    printing = f"cat {shlex.quote(str(tmp_path / 'key'))}"
    (tmp_path / "key").write_text(f"{key} {key}")
    keys = chain(tmp_path, {"MY_KEY": f"{key}\n{key}"})
    attempts = [
        keys.keep(endpoint(place="keyring"), KEY),
        keys.keep(endpoint(place="vault"), KEY),
        keys.keep(endpoint(place="environment", variable="MY_KEY"), KEY),
        keys.keep(endpoint(place="command", command="true"), KEY),
        keys.keep(endpoint(place="run"), SecretStr(f"{key} {key}")),
        keys.find(endpoint(place="environment", variable="MY_KEY")),
        keys.find(endpoint(place="command", command=printing)),
        keys.find(endpoint(place="command", command=f"{printing} nowhere")),
        keys.open_vault(SecretStr("")),
    ]
    for attempt in attempts:
        with pytest.raises(InfertermError) as caught:
            await attempt
        error: BaseException | None = caught.value
        while error is not None:
            frames = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)][1:]
            assert key not in repr((error, frames))
            error = error.__context__
    assert key not in caplog.text


@pytest.mark.system
async def test_a_key_of_inferterms_own_is_no_endpoints(tmp_path: Path, secret_service: SecretService) -> None:
    keys = chain(tmp_path, DESKTOP, real=True)
    assert await keys.own("server") is None
    await keys.keep_own("server", KEY)
    assert await chain(tmp_path, DESKTOP, real=True).own("server") == KEY
    await missing(keys, endpoint("server"))
    assert await keys.forget_own("server")
    assert not await keys.forget_own("server")


async def test_without_a_keyring_inferterms_own_keys_have_no_place(tmp_path: Path) -> None:
    with pytest.raises(KeyStoreFailed):
        await chain(tmp_path).own("server")
    with pytest.raises(KeyStoreFailed) as caught:
        await chain(tmp_path).keep_own("server", KEY)
    assert KEY.get_secret_value() not in str(caught.value)
