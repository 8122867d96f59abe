"""An endpoint while it is typed: text by field, and what becomes of it at the one door."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

from pydantic import SecretStr

from tui_app.core.endpoint import ID_MAX, Endpoint
from tui_app.core.errors import InvalidEndpoint
from tui_app.core.fields import FIELD, FIELDS, Field, Kind
from tui_app.core.jsons import JsonValue
from tui_app.core.problems import Fault, Problem
from tui_app.core.snippets import KEY_PLACEHOLDER

MODEL: Final = "service_settings.model_id"
KEY: Final = "service_settings.api_key"
ID: Final = "inference_id"
SANDBOX: Final = "local.sandbox"
_SUBSTITUTES: Final = {MODEL: "any-model", ID: "any-id"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a draft would become: an endpoint and a new key, or the problems that stand against it."""

    endpoint: Endpoint | None
    key: SecretStr | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the fields of a form, by path; `origin` is the kept endpoint that is edited.

    `source` is the endpoint that is cloned, `taken` the ids that a new one must not have. Until
    `id_typed`, the id follows the model.
    """

    values: Mapping[str, str] = field(repr=False)
    origin: Endpoint | None = None
    source: Endpoint | None = None
    taken: frozenset[str] = frozenset()
    id_typed: bool = False

    @classmethod
    def new(cls, taken: frozenset[str]) -> Self:
        """A form with nothing but defaults."""
        return cls({each.path: _typed(each.default) for each in FIELDS}, taken=taken)

    @classmethod
    def edit(cls, endpoint: Endpoint) -> Self:
        """The form of a kept endpoint; its key stays unless another is typed."""
        return cls(_values(endpoint), origin=endpoint, id_typed=True)

    @classmethod
    def clone(cls, endpoint: Endpoint, taken: frozenset[str]) -> Self:
        """A form for a new endpoint that begins as another one, under a free id."""
        values = {**_values(endpoint), ID: free_id(endpoint.inference_id, taken)}
        return cls(values, source=endpoint, taken=taken, id_typed=True)

    @property
    def sandbox(self) -> bool:
        """Whether it goes to the built-in sandbox, which needs no key."""
        return self.values[SANDBOX] == "true"

    @property
    def inference_id(self) -> str:
        """The id as typed."""
        return self.values[ID].strip()

    def with_value(self, path: str, typed: str) -> Draft:
        """The draft with one field typed anew; an id nobody typed follows the model."""
        values = {**self.values, path: typed}
        id_typed = self.id_typed or (path == ID and bool(typed))
        if path == MODEL and not id_typed:
            values[ID] = free_id(typed, self.taken)
        return replace(self, values=values, id_typed=id_typed)

    def body(self) -> dict[str, JsonValue]:
        """The PUT body with `local`, whether or not it is right; a key that was typed is in it."""
        body: dict[str, JsonValue] = {"service": "anthropic", "service_settings": {}, "task_settings": {}}
        for each in FIELDS:
            value = each.read(self.values[each.path])
            if value is not None and each.path != ID and not (each.path == KEY and self.sandbox):
                _put(body, each, value)
        base = self.origin or self.source
        if base is not None and base.task_type != "completion":
            body["task_type"] = base.task_type
        if base is not None and (source := base.local.key.model_dump(mode="json", exclude_defaults=True)):
            _put(body, Field("local.key", "", ""), source)
        return body

    def read(self) -> Finding:
        """Send the draft through the one door: every problem at once, or an endpoint."""
        try:
            endpoint, key = Endpoint.parse(self.inference_id, self.body())
        except InvalidEndpoint as error:
            return Finding(None, None, (*map(self._worded, error.problems), *self._taken()))
        problems = self._taken()
        return Finding(None if problems else endpoint, key, problems)

    def read_key(self) -> SecretStr | None:
        """The key that was typed, if it is one."""
        typed = self.values[KEY].strip()
        return SecretStr(typed) if typed.isprintable() and typed and not self.sandbox else None

    def preview(self) -> str:
        """The request as Elasticsearch's Console shows it, with a placeholder for the key."""
        body = {name: value for name, value in self.body().items() if name not in {"local", "task_type"}}
        settings = body["service_settings"]
        assert isinstance(settings, dict)
        body["service_settings"] = {"api_key": KEY_PLACEHOLDER, **_without(settings, "api_key")}
        text = json.dumps(body, indent=2, ensure_ascii=False)
        task_type = self.body().get("task_type", "completion")
        return f"PUT _inference/{task_type}/{self.inference_id or '<inference_id>'}\n{text}"

    def nearest(self) -> Endpoint | None:
        """An endpoint good enough to be judged or asked for its models while some fields are wrong.

        What is wrong is as if nobody had typed it. None where that does not help.
        """
        found = self.read()
        if found.endpoint is not None:
            return found.endpoint
        values = dict(self.values)
        for problem in found.problems:
            if problem.path in FIELD:
                values[problem.path] = _SUBSTITUTES.get(problem.path, _typed(FIELD[problem.path].default))
        return replace(self, values=values, taken=frozenset()).read().endpoint

    def _worded(self, problem: Problem) -> Problem:
        if problem.path == ID and not self.inference_id:
            return Problem(ID, Fault.MISSING, "is required")
        return problem

    def _taken(self) -> tuple[Problem, ...]:
        if self.origin is not None or self.inference_id not in self.taken:
            return ()
        words = "another endpoint has this id; choose one that is free"
        return (Problem(ID, Fault.INVALID, words),)


def free_id(wish: str, taken: frozenset[str]) -> str:
    """An id made from a wish such as a model's name that no endpoint has; empty for an empty wish."""
    base = re.sub(r"[^a-z0-9_.-]+", "-", wish.strip().lower())[: ID_MAX - 4].strip("-_.")
    if not base or base not in taken:
        return base
    return next(name for n in range(2, len(taken) + 3) if (name := f"{base}-{n}") not in taken)


def _values(endpoint: Endpoint) -> dict[str, str]:
    whole = {ID: endpoint.inference_id, **endpoint.model_dump(mode="json", exclude={"inference_id"})}
    return {path: "" if path == KEY else _typed(_at(whole, path)) for path in FIELD}


def _at(tree: JsonValue, path: str) -> JsonValue:
    for part in path.split("."):
        tree = tree.get(part) if isinstance(tree, Mapping) else None
    return tree


def _typed(value: JsonValue) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _put(body: dict[str, JsonValue], setting: Field, value: JsonValue) -> None:
    if setting.kind is Kind.SWITCH and not value:
        return
    *folders, name = setting.path.split(".")
    place = body
    for folder in folders:
        inner = place.setdefault(folder, {})
        assert isinstance(inner, dict)
        place = inner
    place[name] = value


def _without(settings: dict[str, JsonValue], name: str) -> dict[str, JsonValue]:
    return {key: value for key, value in settings.items() if key != name}
