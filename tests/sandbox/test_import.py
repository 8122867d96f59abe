import subprocess
import sys

import pytest

_HEAVY = ("starlette", "uvicorn", "pydantic", "anyio", "httpx")


def _loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module", ["tui_app.sandbox", "tui_app.sandbox.server", "tui_app.sandbox.agreed_words"]
)
def test_nothing_heavy_is_imported_before_a_server_starts(module: str) -> None:
    assert _loaded_by(module).isdisjoint(_HEAVY)


def test_the_sandbox_knows_nothing_of_the_rest() -> None:
    own = {name for name in _loaded_by("tui_app.sandbox.app, tui_app.sandbox.serving")}
    strangers = [name for name in own if name.startswith("tui_app.")]
    assert strangers and all(name.startswith("tui_app.sandbox") for name in strangers)
