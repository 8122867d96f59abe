"""The lines to paste."""

from __future__ import annotations

import ast

from pydantic import SecretStr

from tui_app.core.connecting import pastes
from tui_app.core.served import Serving

URL = "http://127.0.0.1:9250"


def test_every_client_is_told_the_address_and_the_key() -> None:
    found = {paste.name: "\n".join(paste.lines) for paste in pastes(Serving(URL, SecretStr("the-key")))}
    assert set(found) == {"curl", "Python", "JavaScript"}
    for text in found.values():
        assert URL in text
        assert "the-key" in text
    ast.parse(found["Python"])


def test_without_access_control_no_key_is_spoken_of() -> None:
    text = repr(pastes(Serving(URL, None)))
    assert "None" not in text
    assert "auth" not in text.lower().replace("elasticsearch", "")
