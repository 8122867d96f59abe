"""What a person types of a connection to a cluster, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from tui_app.core.clusters import Connection
from tui_app.core.faults import problems_of


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the form."""

    name: str
    label: str
    hint: str = ""


ROWS: Final = (
    Row("name", "Name", "a short one, such as prod"),
    Row("url", "URL", "https://elasticsearch.example:9200"),
    Row("key", "API key", "the encoded one of Elasticsearch's answer"),
    Row("key_variable", "or variable", "an environment variable that holds it"),
    Row("proof", "Proof"),
    Row("ca_certificate", "CA file", "a PEM file, such as http_ca.crt"),
    Row("fingerprint", "Fingerprint", "SHA-256 of the CA certificate"),
)
PROOFS: Final = {"system": "system", "ca_certificate": "CA file", "fingerprint": "fingerprint"}
"""What proves over https that a server is the cluster."""

_PROVING: Final = ("ca_certificate", "fingerprint")


def typed_of(connection: Connection | None) -> dict[str, str]:
    """What the form begins with; a kept key is never shown."""
    typed = {row.name: "" for row in ROWS}
    typed["proof"] = "system"
    if connection is not None:
        typed |= connection.model_dump()
        typed["proof"] = next((name for name in _PROVING if getattr(connection, name)), "system")
    return typed


def read_connection(
    typed: Mapping[str, str], taken: frozenset[str] = frozenset()
) -> tuple[Connection | None, dict[str, str]]:
    """The connection, or what is wrong, by field."""
    wanted = {name: typed[name].strip() for name in ("name", "url", "key_variable")}
    wanted |= {name: typed[name].strip() for name in _PROVING if typed["proof"] == name}
    problems = {}
    if wanted["name"] in taken:
        problems["name"] = "another connection has this name"
    if typed["proof"] in _PROVING and not wanted[typed["proof"]]:
        problems[typed["proof"]] = "must not be empty"
    try:
        found = Connection.model_validate(wanted)
    except ValidationError as error:
        for problem in problems_of(error):
            problems.setdefault(problem.path or "url", problem.message)
        return None, problems
    return (None, problems) if problems else (found, {})
