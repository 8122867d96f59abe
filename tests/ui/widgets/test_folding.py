"""A large paste is one thing to every key, and its text is what is sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.pictures import png
from tests.strategies_storage import MESSAGES, UNHURRIED
from tests.ui.bench import seen, until
from tui_app.core.attachments import attachment
from tui_app.core.user_messages import MOST_PASTED, UserMessage
from tui_app.ui.widgets.folding import MOST_UNFOLDED
from tui_app.ui.widgets.prompt import Prompt

LOG = "".join(f"line {number}\n" for number in range(30))
LABEL = "[pasted 30 lines, 230 bytes]"
PHOTO = attachment("a.png", png(3, 2))


class PromptApp(App[None]):
    """A prompt alone, which remembers what it handed in and what it refused."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[UserMessage] = []
        self.refused: list[str] = []

    def compose(self) -> ComposeResult:
        yield Prompt()

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        self.sent.append(event.message)

    def on_folding_area_paste_refused(self, event: Prompt.PasteRefused) -> None:
        self.refused.append(event.words)


@dataclass
class Desk:
    """The app with its prompt."""

    app: PromptApp
    pilot: Pilot[None]
    prompt: Prompt

    async def paste(self, text: str) -> None:
        """Paste as a terminal does."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)


@asynccontextmanager
async def desk() -> AsyncGenerator[Desk, None]:
    """A desk with the cursor in the prompt."""
    app = PromptApp()
    async with app.run_test(size=(80, 24)) as pilot:
        prompt = app.query_one(Prompt)
        prompt.focus()
        yield Desk(app, pilot, prompt)


async def test_a_large_paste_is_a_chip_and_is_sent_as_its_text_in_its_place() -> None:
    async with desk() as at:
        await at.press(*"Say ")
        await at.paste(LOG.replace("\n", "\r"))
        await at.press(*" end")
        assert at.prompt.text == f"Say {LABEL} end"
        await until(at.pilot, lambda: LABEL in seen(at.app))
        await at.press("enter")
        assert at.app.sent == [UserMessage(f"Say {LOG} end", ((4, 4 + len(LOG)),))]
        assert at.prompt.text == ""


async def test_a_small_paste_is_text() -> None:
    async with desk() as at:
        await at.paste("one\r\ntwo")
        assert at.prompt.text == "one\ntwo"
        assert at.prompt.pieces == ()


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("backspace",), "ab"),
        (("left", "left", "delete"), "ab"),
        (("ctrl+w",), "ab"),
        (("left", "x"), f"a{LABEL}xb"),
        (("home", "right", "shift+right", "backspace"), "ab"),
        (("home", "right", "right", "x"), f"a{LABEL}xb"),
        (("left", "left", "x"), f"ax{LABEL}b"),
        (("backspace", "ctrl+z"), f"a{LABEL}b"),
    ],
)
async def test_keys_take_a_chip_whole_or_leave_it_whole(keys: tuple[str, ...], left: str) -> None:
    async with desk() as at:
        await at.press("a", "b", "left")
        await at.paste(LOG)
        if keys[0].startswith("left"):
            await at.press("end")
        await at.press(*keys)
        assert at.prompt.text == left


async def test_a_chip_is_unfolded_and_folded_again_by_undo() -> None:
    async with desk() as at:
        await at.press(*"Say ")
        await at.paste(LOG)
        await at.press(*" end")
        assert at.prompt.unfold(LABEL)
        await at.pilot.pause()
        assert at.prompt.text == f"Say {LOG} end"
        await at.press("ctrl+z")
        assert at.prompt.text == f"Say {LABEL} end"
        await at.press("ctrl+y")
        assert at.prompt.text == f"Say {LOG} end"


async def test_two_pastes_of_the_same_size_are_two_chips() -> None:
    async with desk() as at:
        other = LOG.replace("line", "enil")
        for text in (LOG, other, LOG):
            await at.paste(text)
        assert [piece for _, piece in at.prompt.pieces] == [LOG, other, LOG]
        assert at.prompt.message.text == LOG + other + LOG


async def test_what_looks_like_a_chip_and_was_typed_stays_what_it_is() -> None:
    async with desk() as at:
        await at.press(*LABEL)
        await at.paste(LOG)
        assert at.prompt.message.text == LABEL + LOG


async def test_a_paste_of_many_megabytes_is_refused_with_words() -> None:
    async with desk() as at:
        await at.press(*"kept")
        await at.paste("x" * (MOST_PASTED + 1))
        await until(at.pilot, lambda: bool(at.app.refused))
        assert "at most 4.0 MB are taken" in at.app.refused[0]
        assert at.prompt.text == "kept"


async def test_what_is_too_long_to_be_edited_stays_folded() -> None:
    async with desk() as at:
        await at.paste("y" * (MOST_UNFOLDED + 1))
        ((name, _),) = at.prompt.pieces
        assert not at.prompt.unfold(name)
        at.prompt.put("z" * (MOST_UNFOLDED + 1))
        assert len(at.prompt.text) < 100
        assert at.prompt.message.text == "z" * (MOST_UNFOLDED + 1)


async def test_cut_and_copied_is_the_text() -> None:
    async with desk() as at:
        await at.press("a")
        await at.paste(LOG)
        await at.press("shift+home", "ctrl+c")
        assert at.app.clipboard == f"a{LOG}"
        await at.press("ctrl+x")
        assert (at.app.clipboard, at.prompt.text) == (f"a{LOG}", "")
        await at.press("ctrl+v")
        assert at.prompt.message.text == f"a{LOG}"


async def test_up_brings_an_earlier_prompt_back_with_its_chips_and_down_what_was_not_sent() -> None:
    earlier = UserMessage(f"see {LOG}", ((4, 4 + len(LOG)),), (PHOTO,))
    async with desk() as at:
        at.prompt.earlier = (earlier,)
        await at.press(*"new ")
        await at.paste(LOG)
        unsent = at.prompt.message
        await at.press("up")
        assert at.prompt.message == earlier
        await at.press("down")
        assert at.prompt.message == unsent


async def test_a_text_from_an_editor_keeps_the_chips_that_it_left_alone() -> None:
    async with desk() as at:
        await at.press(*"Say ")
        await at.paste(LOG)
        at.prompt.attachments = (PHOTO,)
        at.prompt.put_text(f"Please say {LOG} now")
        assert at.prompt.text == f"Please say {LABEL} now"
        assert at.prompt.attachments == (PHOTO,)
        at.prompt.put_text(f"Well: {LOG}".removesuffix("\n"))
        assert at.prompt.text == "Well: [pasted 30 lines, 229 bytes]"
        at.prompt.put_text("all new")
        assert at.prompt.pieces == ()


async def test_any_message_is_shown_and_is_the_same_again() -> None:
    async with desk() as at:

        @UNHURRIED
        @given(MESSAGES, st.booleans())
        def shown(message: UserMessage, labelled: bool) -> None:
            text = "".join(
                " " if each != "\n" and each.splitlines() == [""] else each for each in message.text
            )
            message = UserMessage(f"{text}{LABEL}" if labelled else text, message.folds, message.attachments)
            at.prompt.put(message)
            assert at.prompt.message == message

        shown()
