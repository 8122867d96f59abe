"""Standard streams: text comes out as it came in, and none of them need be there."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.cli.streams import AnswerStream, OutputFailed, say, whole_characters, write, write_json

ANY_TEXT = st.text(st.characters())


class Output(io.StringIO):
    """A standard stream that is a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__(newline="")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def printed(*pieces: str, terminal: bool) -> str:
    """What comes out of an answer in these pieces."""
    with pytest.MonkeyPatch.context() as patch:
        output = Output(terminal=terminal)
        patch.setattr(sys, "stdout", output)
        stream = AnswerStream()
        for piece in pieces:
            stream.write(piece)
        stream.end()
        return output.getvalue()


@given(st.lists(ANY_TEXT))
def test_an_answer_comes_out_the_same_however_it_was_cut(pieces: list[str]) -> None:
    assert printed(*pieces, terminal=False) == whole_characters("".join(pieces))


@given(ANY_TEXT)
def test_whole_characters_are_left_alone_and_the_rest_can_be_written(text: str) -> None:
    assert whole_characters(text).encode().decode() == whole_characters(text)
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert whole_characters(text) == text


def test_a_terminal_is_not_driven_by_an_answer() -> None:
    assert printed("\x1b]0;title\x07\x1b[2Jred\x9b31m\ta\u2028b\x85c", terminal=True) == (
        "]0;title[2Jred31m\ta\u2028b\x85c\n"
    )


def test_a_last_line_end_is_added_on_a_terminal_alone_and_only_where_there_is_none() -> None:
    assert printed("a", terminal=True) == "a\n"
    assert printed("a", "\n", terminal=True) == "a\n"
    assert printed("a", terminal=False) == "a"
    assert printed("a\n\n", terminal=False) == "a\n\n"


def test_an_output_that_is_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputFailed, match="closed"):
        write("a")


def test_an_error_stream_that_is_closed_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    say("nobody hears it")
    output = Output(terminal=False)
    output.close()
    monkeypatch.setattr(sys, "stderr", output)
    say("nor this")
    assert output.closed


def test_json_on_one_line_is_plain_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    write_json({"text": "ä\u2028\n"}, indent=None)
    assert capsys.readouterr().out == '{"text": "\\u00e4\\u2028\\n"}\n'
