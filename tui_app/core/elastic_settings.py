"""Problems of an endpoint's settings, grouped, ordered and worded as Elasticsearch 9.5 does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tui_app.core.conversation import SAMPLING_ALONE
from tui_app.core.elastic_errors import ARGUMENT, VALIDATION, Refused, numbered, refused
from tui_app.core.java_text import java_text
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.problems import Fault, Problem

_TYPES: Final = {
    "model_id": "String",
    "url": "String",
    "api_key": "String",
    "max_tokens": "Integer",
    "temperature": "Double",
    "top_p": "Double",
    "top_k": "Integer",
    "rate_limit": "Map",
}
_SERVICE: Final = ("model_id", "url", "rate_limit", "rate_limit.requests_per_minute")


class SettingsFindings:
    """What `Endpoint.parse` found in a body, for telling it in Elasticsearch's words.

    `max_tokens_scope` is how the group of `max_tokens` is called: another one in a request than in an
    endpoint.
    """

    def __init__(
        self, body: JsonObject, problems: Sequence[Problem], max_tokens_scope: str = "task_settings"
    ) -> None:
        self._body, self._problems, self._scope = body, problems, max_tokens_scope

    def refuse_service_settings(self) -> None:
        """Raise Refused for what is wrong with model, URL or rate limit."""
        found = [self._words(problem) for name in _SERVICE for problem in self._at("service_settings", name)]
        extra = self._unknown("service_settings.rate_limit")
        if extra:
            found.append(f"Rate limit settings contain unknown entries [{java_text(extra)}]")
        if found:
            bad_url = [p for p in self._at("service_settings", "url") if p.fault is Fault.INVALID]
            raise refused(found[0], kind=ARGUMENT) if bad_url and len(found) == 1 else _invalid(found)

    def refuse_task_settings(self) -> None:
        """Raise Refused for what is wrong with max_tokens or a sampling setting.

        The first sampling setting of a wrong type ends the reading; nothing else is told of its group.
        """
        for name in SAMPLING_ALONE:
            for problem in self._at("task_settings", name):
                raise refused(self._words(problem))
        found = [self._words(problem) for problem in self._at("task_settings", "max_tokens")]
        if found:
            raise _invalid(found)

    def refuse_key(self, *, required: bool) -> None:
        """Raise Refused for what is wrong with the key, or where there is none although one is required."""
        found = [self._words(problem) for problem in self._at("service_settings", "api_key")]
        if required and not found and self._value("service_settings.api_key") is None:
            found = ["[secret_settings] does not contain the required setting [api_key]"]
        if found:
            raise _invalid(found)

    def refuse_unknown(self, top: JsonObject) -> None:
        """Raise Refused for settings that nobody knows; `top` are those at the top of the body."""
        for extra in (top, self._unknown("service_settings"), self._unknown("task_settings")):
            if extra:
                settings = f"Configuration contains settings [{java_text(extra)}]"
                raise refused(f"{settings} unknown to the [anthropic] service")

    def refuse_rest(self) -> None:
        """Raise Refused for any problem that none of the others told."""
        for problem in self._problems:
            raise refused(str(problem))

    def _at(self, group: str, name: str) -> list[Problem]:
        path = f"{group}.{name}"
        return [each for each in self._problems if each.path == path and each.fault is not Fault.UNKNOWN]

    def _unknown(self, group: str) -> dict[str, JsonValue]:
        names = [
            each.path.removeprefix(f"{group}.")
            for each in self._problems
            if each.fault is Fault.UNKNOWN and each.path.startswith(f"{group}.")
        ]
        inside = self._value(group)
        return {name: inside[name] for name in names if isinstance(inside, Mapping) and name in inside}

    def _value(self, path: str) -> JsonValue:
        value: JsonValue = self._body
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _words(self, problem: Problem) -> str:
        group, _, name = problem.path.rpartition(".")
        scope = {"api_key": "secret_settings", "max_tokens": self._scope}.get(name, group.rpartition(".")[2])
        value = java_text(self._value(problem.path), name)
        match problem.fault:
            case Fault.MISSING:
                words = f"[{scope}] does not contain the required setting [{name}]"
            case Fault.EMPTY:
                words = f"[{scope}] Invalid value empty string. [{name}] must be a non-empty string"
            case Fault.NOT_POSITIVE:
                kind = "long" if name == "requests_per_minute" else "integer"
                words = f"[{scope}] Invalid value [{value}]. [{name}] must be a positive {kind}"
            case Fault.INVALID if name == "url":
                words = f"unable to parse url [{value}]. Reason: {problem.message}"
            case Fault.INVALID:
                words = f"[{scope}] Invalid value of [{name}]: {problem.message}"
            case _ if name == "requests_per_minute":
                words = (
                    f"field [{name}] is not of one of the expected types. "
                    f"The value [{value}] cannot be converted to one of [Integer, Long]"
                )
            case _:
                words = wrong_type(name, value, _TYPES.get(name, "Map"))
        return words


def wrong_type(name: str, value: str, kind: str) -> str:
    """Say that a value, as Java prints it, is not of the Java type that it should be."""
    return (
        f"field [{name}] is not of the expected type. The value [{value}] cannot be converted to a [{kind}]"
    )


def _invalid(reasons: list[str]) -> Refused:
    return refused(numbered(reasons), kind=VALIDATION)
