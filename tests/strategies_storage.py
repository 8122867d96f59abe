"""Values of what is kept on disk: a plain one, and any, for hypothesis."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.core.bodies import is_no_key
from tests.pictures import png
from tui_app.core.attachments import attachment
from tui_app.core.conversation import Answer, Block, Outcome, Settings, Timing, Turn, Usage
from tui_app.core.endpoint import Endpoint, KeySource, Local, RateLimit, ServiceSettings, TaskSettings
from tui_app.core.jsons import JsonValue
from tui_app.core.storage import Health
from tui_app.core.user_messages import UserMessage

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For a busy machine."""

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MOMENT = st.floats(0, 4e9, allow_nan=False)
SECONDS = st.floats(0, 1e6, allow_nan=False)
COUNT = st.integers(0, 2**63 - 1)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | NUMBER | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
OBJECT = st.dictionaries(st.text(max_size=9), JSON, max_size=4)

IDS = st.from_regex(r"[a-z0-9]([a-z0-9_\-.]{0,20}[a-z0-9])?", fullmatch=True)
URLS = st.sampled_from(["https://gateway.example", "http://[::1]:8080/v1", "https://example.org/a%20b/"])
KEY_SOURCES = st.builds(
    KeySource,
    place=st.sampled_from(["keyring", "run", "environment", "command", "vault"]),
    variable=st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True),
    command=TEXT,
)
LOCALS = st.builds(
    Local,
    sandbox=st.booleans(),
    auth_scheme=st.sampled_from(["x-api-key", "bearer"]),
    anthropic_version=st.sampled_from(["2023-06-01", "2026-10-21"]),
    note=TEXT,
    key=KEY_SOURCES,
)
ENDPOINTS = st.builds(
    Endpoint,
    inference_id=IDS,
    service=st.just("anthropic"),
    service_settings=st.builds(
        ServiceSettings,
        model_id=TEXT.filter(bool).filter(is_no_key),
        url=st.none() | URLS,
        rate_limit=st.builds(RateLimit, requests_per_minute=st.integers(1, 2**63 - 1)),
    ),
    task_settings=st.builds(
        TaskSettings,
        max_tokens=st.integers(1, 2**31 - 1),
        temperature=st.none() | NUMBER,
        top_p=st.none() | NUMBER,
        top_k=st.none() | st.integers(-(2**31), 2**31 - 1),
    ),
    local=LOCALS,
)

ANSWERS = st.builds(
    Answer,
    outcome=st.sampled_from(Outcome),
    blocks=st.lists(st.builds(Block, TEXT, st.text(max_size=40), OBJECT), max_size=3).map(tuple),
    model=TEXT,
    stop_reason=st.none() | TEXT,
    stop_details=st.none() | OBJECT,
    usage=st.builds(Usage, COUNT, COUNT, COUNT, COUNT),
    timing=st.builds(Timing, SECONDS, st.none() | SECONDS, SECONDS, st.none() | SECONDS),
    request_id=st.none() | TEXT,
    attempts=st.integers(0, 9),
    error=TEXT,
    advice=TEXT,
)
FILES = st.builds(
    attachment,
    TEXT,
    st.one_of(
        TEXT.filter(lambda text: bool(text) and "\0" not in text).map(str.encode),
        st.builds(png, st.integers(1, 50), st.integers(1, 50)),
    ),
)


@st.composite
def messages(draw: st.DrawFn) -> UserMessage:
    """Any prompt, with folds and files."""
    pieces = draw(st.lists(st.tuples(TEXT, TEXT.filter(bool)), max_size=3))
    text, folds = "", []
    for before, folded in pieces:
        text += before
        folds.append((len(text), len(text) + len(folded)))
        text += folded
    files = draw(st.lists(FILES, max_size=2, unique=True))
    return UserMessage(text + draw(TEXT), tuple(folds), tuple(files))


MESSAGES = messages()
TURNS = st.builds(
    lambda turn, message: turn.asking(message),
    st.builds(Turn, st.just(0), TEXT, MOMENT, IDS, TEXT, ANSWERS),
    MESSAGES,
)
SETTINGS = st.builds(
    Settings,
    TEXT,
    st.none() | st.integers(),
    st.none() | NUMBER,
    st.none() | NUMBER,
    st.none() | st.integers(),
)
HEALTHS = st.builds(Health, st.none() | MOMENT, st.none() | SECONDS, st.none() | MOMENT, TEXT, st.booleans())


def endpoint(inference_id: str = "claude", max_tokens: int = 100) -> Endpoint:
    """A small endpoint that is whole."""
    body: JsonValue = {
        "service": "anthropic",
        "service_settings": {"model_id": "claude-haiku-4-5"},
        "task_settings": {"max_tokens": max_tokens},
    }
    return Endpoint.parse(inference_id, body)[0]
