"""One finding of a text, read as an endpoint at the one door and set against what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from pydantic import SecretStr

from tui_app.core.clippings import refers
from tui_app.core.cluster_plans import differences
from tui_app.core.disguise import KEY_PATH, has_mark, is_placeholder, unhidden, variable_of
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.jsons import JsonValue
from tui_app.core.keys import fingerprint
from tui_app.core.problems import Fault, Problem
from tui_app.core.storage import BrokenEndpoint
from tui_app.core.text import one_line
from tui_app.core.travellers import Finding, Other, Request

_SERVICE: Final = "anthropic"
_UNKNOWN: Final = "is read from a variable, whose value is not known here"
_MISPLACED: Final = f"holds what looks like an API key; a key belongs under {KEY_PATH}"

_CUT: Final = "is only a part of what was hidden; paste the key whole"


class Fate(StrEnum):
    """What becomes of one thing that was found."""

    NEW = "new"
    SAME = "same"
    DIFFERS = "differs"
    SKIPPED = "skipped"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was found in a text, from `line` on; `problems` are words, each with its line.

    `current` is what has the id already, `changes` says what the new one changes of it, `words` why an
    item is skipped, `notes` what one should know before saying yes. `named` is False where the text
    names no id, and `inference_id` is a proposal or empty.
    """

    line: int
    fate: Fate
    inference_id: str = ""
    named: bool = True
    endpoint: Endpoint | None = None
    key: SecretStr | None = field(default=None, repr=False)
    problems: tuple[tuple[int, str], ...] = ()
    current: Endpoint | None = None
    changes: tuple[str, ...] = ()
    words: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What there is already, by id: endpoints, and the fingerprints of their keys where these are known."""

    stored: Mapping[str, Endpoint | BrokenEndpoint] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)


def read_item(
    finding: Finding, line: Callable[[int], int], hidden: Sequence[SecretStr], known: Known, name: str
) -> Item:
    """What becomes of a finding; `name` is the id of a body that names none, empty where there is none."""
    if isinstance(finding, Other):
        at = line(finding.at)
        if finding.wrong:
            return Item(at, Fate.WRONG, problems=((at, finding.reason),))
        return Item(at, Fate.SKIPPED, words=finding.reason)
    named, inference_id = bool(finding.inference_id), finding.inference_id or name
    item = Item(line(finding.at), Fate.SKIPPED, inference_id, named)
    reason = _foreign(finding)
    if reason:
        return replace(item, words=reason)
    return _parsed(finding, item, line, hidden, known)


def _foreign(request: Request) -> str:
    """Why a request is none of inferterm's."""
    body = request.body
    service = body.get("service") if isinstance(body, Mapping) else None
    if isinstance(service, str) and service and service != _SERVICE:
        return f"the service {one_line(service)}; inferterm knows {_SERVICE}"
    if request.inference_id.startswith("."):
        return "preconfigured by Elasticsearch: it cannot be made or changed"
    return ""


def _parsed(
    request: Request, item: Item, line: Callable[[int], int], hidden: Sequence[SecretStr], known: Known
) -> Item:
    stored = known.stored.get(item.inference_id)
    current = stored if isinstance(stored, Endpoint) else None
    problems = [*_misfits(request, item, stored), *_strings(request.body, "", hidden)]
    try:
        body = _prepared(request, hidden, current)
        endpoint, key = Endpoint.parse(item.inference_id or "nameless", body)
    except InvalidEndpoint as error:
        said = {each.path for each in problems}
        problems += [each for each in error.problems if each.path not in said]
    if problems:
        found = {(line(_place(request, each.path)), one_line(str(each), limit=300)) for each in problems}
        return replace(item, fate=Fate.WRONG, problems=tuple(sorted(found)))
    changes = tuple(_changes(current, endpoint, key, known)) if current else ()
    fate = Fate.NEW if current is None else Fate.DIFFERS if changes else Fate.SAME
    notes = tuple(_notes(endpoint))
    return replace(item, fate=fate, endpoint=endpoint, key=key, current=current, changes=changes, notes=notes)


def _misfits(request: Request, item: Item, stored: object) -> Iterator[Problem]:
    """What is wrong around the body."""
    said = request.body.get("task_type") if isinstance(request.body, Mapping) else None
    if request.task_type and isinstance(said, str) and said.strip().lower() != request.task_type.lower():
        words = f"the body says {one_line(said)}, the request {one_line(request.task_type)}"
        yield Problem("task_type", Fault.INVALID, words)
    if not item.inference_id:
        yield Problem("inference_id", Fault.MISSING, "is not named here; give the endpoint one")
    if isinstance(stored, BrokenEndpoint):
        yield Problem("inference_id", Fault.INVALID, "the file of the endpoint with this id is broken")


def _strings(value: JsonValue, path: str, hidden: Sequence[SecretStr]) -> Iterator[Problem]:
    """Texts that are not what the endpoint is to have, the key's own place aside."""
    match value:
        case str() if path != KEY_PATH and refers(value):
            yield Problem(path, Fault.INVALID, _UNKNOWN)
        case str() if path == KEY_PATH and has_mark(value) and not unhidden(value, hidden):
            yield Problem(path, Fault.INVALID, _CUT)
        case str() if path != KEY_PATH and has_mark(value):
            yield Problem(path, Fault.INVALID, _MISPLACED)
        case Mapping():
            for name, each in value.items():
                yield from _strings(each, f"{path}.{name}" if path else name, hidden)
        case list():
            for number, each in enumerate(value):
                yield from _strings(each, f"{path}.{number}", hidden)


def _prepared(request: Request, hidden: Sequence[SecretStr], current: Endpoint | None) -> JsonValue:
    """The body as the one door takes it: with the real key or none, and with `local`."""
    if not isinstance(request.body, Mapping):
        return request.body
    body = dict(request.body)
    if request.task_type and body.get("task_type") is None:
        body["task_type"] = request.task_type
    elif current is not None and body.get("task_type") is None:
        body["task_type"] = current.task_type
    settings, local = body.get("service_settings"), body.get("local")
    if local is None and current is not None:
        local = current.document()["local"]
    typed = settings.get("api_key") if isinstance(settings, Mapping) else None
    if not isinstance(typed, str) or not isinstance(settings, Mapping):
        return {**body, "local": local} if local is not None else body
    secret, source = _source(typed, hidden, local)
    body["service_settings"] = {**settings, "api_key": secret}
    return {**body, **({} if source is None else {"local": source})}


def _source(typed: str, hidden: Sequence[SecretStr], local: JsonValue) -> tuple[str | None, JsonValue]:
    """The key in what stands in its place, and `local` with where the key is to be looked for."""
    own: dict[str, Any] = dict(local) if isinstance(local, Mapping) else {}
    if local is not None and not isinstance(local, Mapping):
        return None, local
    if variable := variable_of(typed):
        return None, {**own, "key": {"place": "environment", "variable": variable}}
    secret = None if is_placeholder(typed) and typed.strip() else unhidden(typed, hidden)
    source = own.get("key")
    if (
        secret is not None
        and isinstance(source, Mapping)
        and (source.get("place") in {"environment", "command"} or source.get("variable") is not None)
    ):
        del own["key"]
    return (secret.get_secret_value() if secret is not None else None), own or local


def _changes(current: Endpoint, endpoint: Endpoint, key: SecretStr | None, known: Known) -> Iterator[str]:
    """What the new one changes of the one that is there: a setting each."""
    for each in differences(current, endpoint):
        yield f"{each.path}: {_shown(each.ours)} becomes {_shown(each.theirs)}"
    before, after = current.local.model_dump(), endpoint.local.model_dump()
    for name, value in after.items():
        if before[name] != value:
            yield f"local.{name} changes"
    if key is not None and known.fingerprints.get(current.inference_id) != fingerprint(key):
        yield "its key"


def _notes(endpoint: Endpoint) -> Iterator[str]:
    """What a text from outside should not bring along unseen."""
    source = endpoint.local.key
    if is_placeholder(endpoint.model):
        yield f"{one_line(endpoint.model)} only says where a model's id belongs"
    if source.place == "command":
        yield f"its key is what this command prints: {one_line(source.command, limit=200)}"
    if endpoint.service_settings.url and not endpoint.local.sandbox:
        yield f"its prompts and its key go to {one_line(endpoint.service_settings.url, limit=200)}"


def _shown(value: object) -> str:
    return "not set" if value is None else one_line(value)


def _place(request: Request, path: str) -> int:
    """Where a path stands, or else the nearest above it that stands anywhere."""
    while path and path not in request.spans:
        path = path.rpartition(".")[0]
    return request.spans[path][0] if path else request.at
