"""The encrypted vault's passphrase, asked for where somebody can type it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from pydantic import SecretStr

from tui_app.cli.streams import interruptible, is_terminal
from tui_app.core.errors import KeyTrouble

if TYPE_CHECKING:
    from tui_app.core.endpoint import Endpoint
    from tui_app.wiring import Workbench


async def open_vault_for(bench: Workbench, endpoint: Endpoint, *, make: bool = False) -> None:
    """Open the vault if the endpoint's key lies there and it is closed; `make` one where there is none.

    Without a terminal nothing is asked: the file that holds the passphrase, or an error, is the key
    store's affair. Raises KeyStoreFailed for a wrong passphrase.
    """
    if endpoint.local.key.place != "vault" or not is_terminal(sys.stdin, sys.stderr):
        return
    report = await bench.inference.keys.vault()
    if report.trouble is KeyTrouble.LOCKED:
        passphrase = _hidden("Passphrase of the vault")
    elif report.trouble is KeyTrouble.ABSENT and make:
        passphrase = _hidden("New passphrase of the vault", confirm=True)
    else:
        return
    await bench.inference.keys.open_vault(SecretStr(passphrase))


def _hidden(what: str, *, confirm: bool = False) -> str:
    with interruptible():
        return str(click.prompt(what, hide_input=True, confirmation_prompt=confirm, err=True))
