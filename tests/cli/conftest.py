"""The command line as fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.bench import CommandLine


@pytest.fixture
def inferterm(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> CommandLine:
    """The command, on memory."""
    return CommandLine(capsys, monkeypatch, tmp_path)
