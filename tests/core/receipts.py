"""Receipts for tests."""

from __future__ import annotations

from hypothesis import strategies as st

from tui_app.core.error_kinds import ErrorKind
from tui_app.core.quota import Source
from tui_app.core.receipts import Receipt

NOON = 1_790_000_000.0
"""A moment on 2026-09-21."""


def made(at: float = NOON, endpoint: str = "mine", **more: object) -> Receipt:
    """A whole answer of a model whose price is known: 1,000 tokens in, 100 out."""
    usual: dict[str, object] = {
        "model": "claude-haiku-4-5",
        "input_tokens": 1_000,
        "output_tokens": 100,
        "first_token_s": 0.5,
        "streamed_s": 2.0,
        "total_s": 2.5,
    }
    return Receipt(at=at, endpoint=endpoint, **{**usual, **more})  # type: ignore[arg-type]


counts = st.integers(0, 10**9)
stretches = st.none() | st.floats(0, 10_000)
kinds = st.sampled_from([kind.value for kind in ErrorKind])
receipts = st.builds(
    Receipt,
    at=st.floats(1_600_000_000, 1_800_000_000),
    endpoint=st.sampled_from(["mine", "other", "cluster/third"]),
    model=st.sampled_from(["claude-haiku-4-5", "claude-opus-4-8", "local [/x]"]),
    answered_by=st.sampled_from(["", "claude-haiku-4-5-20251001"]),
    source=st.sampled_from([source.value for source in Source]),
    conversation_id=st.none() | st.integers(1, 3),
    sandbox=st.none() | st.booleans(),
    outcome=st.sampled_from(["complete", "stopped", "failed"]),
    error=st.just("") | kinds,
    retried=st.lists(kinds, max_size=2).map(" ".join),
    input_tokens=counts,
    output_tokens=counts,
    cache_creation_input_tokens=counts,
    cache_read_input_tokens=counts,
    told=st.booleans(),
    first_token_s=stretches,
    streamed_s=stretches,
    queued_s=st.floats(0, 10_000),
    total_s=st.floats(0, 10_000),
)
"""Any receipts of the years 2020 to 2027."""
