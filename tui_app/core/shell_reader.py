"""A command line as a shell takes it apart, without doing anything that it says."""

from __future__ import annotations

import re
from typing import Final

from tui_app.core.clippings import Clipping, Unreadable, reference
from tui_app.core.shell_words import Word

_GAP: Final = re.compile(r"(?:[ \t]++|\\\n)*+")
_BARE: Final = re.compile(r"[^\s'\"\\$`;|&<>()]++")
_IN_DOUBLE: Final = re.compile(r"[^\"\\$`]++")
_VARIABLE: Final = re.compile(r"\$(?:\{([A-Za-z_]\w*+)(?:[:?\-=+][^}\n]*+)?\}|([A-Za-z_]\w*+))", re.ASCII)
_HEREDOC: Final = re.compile(r"<<(-?)[ \t]*+(?:'([^'\n]++)'|\"([^\"\n]++)\"|\\?([\w.\-]++))")
_IN_DOCUMENT: Final = re.compile(r"[^\\$`]++")
_IN_ANSI: Final = re.compile(r"(?:[^'\\]++|\\.)*+'", re.DOTALL)
_REDIRECT: Final = re.compile(r"\d?(?:<<<|>>|>&|<&|>|<)")
_ANSI: Final = re.compile(
    r"\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))", re.DOTALL
)
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}


class ShellReader:
    """Reads one simple command, with the here-documents that belong to it; `at` is where it stands."""

    def __init__(self, clipping: Clipping, at: int) -> None:
        self.clipping, self.at = clipping, at
        self._text = clipping.text
        self._waiting: list[tuple[str, bool, bool]] = []

    def command(self) -> tuple[list[Word], Word | None]:
        """The words, and what comes on standard input if that stands here too. Raises Unreadable."""
        words: list[Word] = []
        given: Word | None = None
        while (next_ := self._next()) not in {"", "\n", ";", "|", "&", "(", ")", "#"}:
            if next_ in "<>" or (next_.isdigit() and _REDIRECT.match(self._text, self.at)):
                given = self._redirected() or given
            else:
                words.append(self._word())
        if self._waiting:
            given = self._documents()
        return words, given

    def _next(self) -> str:
        gap = _GAP.match(self._text, self.at)
        assert gap is not None
        self.at = gap.end()
        return self._text[self.at : self.at + 1]

    def _redirected(self) -> Word | None:
        heredoc = _HEREDOC.match(self._text, self.at)
        if heredoc and not self._text.startswith("<<<", self.at):
            tabs, single, double, bare = heredoc.groups()
            quoted = bare is None or "\\" in heredoc.group()
            self._waiting.append((single or double or bare, quoted, bool(tabs)))
            self.at = heredoc.end()
            return None
        sign = _REDIRECT.match(self._text, self.at)
        assert sign is not None
        self.at = sign.end()
        word = self._word() if self._next() not in {"", "\n"} else Word()
        return word if sign.group().endswith("<<<") else None

    def _word(self) -> Word:
        word, start = Word(), self.at
        while self.at < len(self._text):
            if bare := _BARE.match(self._text, self.at):
                word.add(bare.group(), self.at, bare.end())
                self.at = bare.end()
            elif not self._special(word):
                break
        if self.at == start:
            raise Unreadable(start, "this is no command line that can be read")
        return word

    def _special(self, word: Word) -> bool:
        """Take a quoted part, an escape or a variable; False where the word ends."""
        text, at = self._text, self.at
        match text[at]:
            case "'":
                self._single(word)
            case '"':
                self._double(word)
            case "\\":
                self.at = min(at + 2, len(text))
                if text[at + 1 : at + 2] != "\n":
                    word.add(text[at + 1 : at + 2], at, self.at)
            case "$" if text.startswith("$'", at):
                self._ansi(word)
            case "$":
                self._variable(word)
            case "`":
                raise Unreadable(at, "what a command prints is not known here")
            case _:
                return False
        return True

    def _single(self, word: Word) -> None:
        end = self.clipping.find("'", self.at + 1)
        if end < 0:
            raise Unreadable(self.at, "the quotation that begins here has no end")
        word.add(self._text[self.at + 1 : end], self.at + 1, end)
        self.at = end + 1

    def _double(self, word: Word) -> None:
        start, self.at = self.at, self.at + 1
        word.add("", self.at, self.at)
        if self.clipping.find('"', self.at) < 0:
            raise Unreadable(start, "the quotation that begins here has no end")
        while self.at < len(self._text):
            if plain := _IN_DOUBLE.match(self._text, self.at):
                word.add(plain.group(), self.at, plain.end())
                self.at = plain.end()
            elif self._text[self.at] == '"':
                self.at += 1
                return
            else:
                self._inside(word, '"\\$`\n')
        raise Unreadable(start, "the quotation that begins here has no end")

    def _inside(self, word: Word, escapable: str) -> None:
        """Take a backslash, a variable or a command within double quotes or a here-document."""
        at, next_ = self.at, self._text[self.at + 1 : self.at + 2]
        match self._text[at]:
            case "\\" if next_ and next_ in escapable:
                word.add("" if next_ == "\n" else next_, at, at + 2)
                self.at += 2
            case "$":
                self._variable(word)
            case "`":
                raise Unreadable(at, "what a command prints is not known here")
            case plain:
                word.add(plain, at, at + 1)
                self.at += 1

    def _variable(self, word: Word) -> None:
        found = _VARIABLE.match(self._text, self.at)
        if found is None and self._text.startswith("$(", self.at):
            raise Unreadable(self.at, "what a command prints is not known here")
        end = found.end() if found else self.at + 1
        word.add(reference(found[1] or found[2]) if found else "$", self.at, end)
        self.at = end

    def _ansi(self, word: Word) -> None:
        start = self.at
        found = _IN_ANSI.match(self._text, start + 2)
        if found is None:
            raise Unreadable(start, "the quotation that begins here has no end")
        try:
            text = _ANSI.sub(_unescaped, found.group()[:-1])
        except (ValueError, OverflowError):
            raise Unreadable(start, "this quotation escapes what is no character") from None
        word.add(text, start + 2, found.end() - 1)
        self.at = found.end()

    def _documents(self) -> Word:
        """The here-documents after this line; the last is what the command gets."""
        given = Word()
        line_end = self.clipping.find("\n", self.at)
        self.at = len(self._text) if line_end < 0 else line_end + 1
        for mark, quoted, tabs in self._waiting:
            given = self._document(mark, quoted, tabs)
        return given

    def _document(self, mark: str, quoted: bool, tabs: bool) -> Word:
        """A here-document; one without its mark goes on to the end, as in a shell."""
        start, end, after = self.at, *self._end_of_document(mark, tabs)
        word = Word()
        if quoted:
            word.add(self._text[start:end], start, end)
        while not quoted and self.at < end:
            if plain := _IN_DOCUMENT.match(self._text, self.at, end):
                word.add(plain.group(), self.at, plain.end())
                self.at = plain.end()
            else:
                self._inside(word, "\\$`\n")
        self.at = after
        return word

    def _end_of_document(self, mark: str, tabs: bool) -> tuple[int, int]:
        """Where the text ends, and where the line with the mark does."""
        indent = r"\t*+" if tabs else ""
        found = re.compile(rf"^{indent}{re.escape(mark)}$", re.MULTILINE).search(self._text, self.at)
        return (found.start(), found.end()) if found else (len(self._text), len(self._text))


def _unescaped(found: re.Match[str]) -> str:
    """What an escape in `$'…'` stands for. Raises ValueError for what is no character."""
    *codes, octal, letter = found.groups()
    code = next((each for each in codes if each), "")
    if code or octal:
        return chr(int(code, 16) if code else int(octal, 8)).encode().decode()
    return _LETTERS.get(letter, letter if letter in "\\'\"?" else f"\\{letter}")
