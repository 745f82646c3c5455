from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest

from gesso.cli.plan import plan
from gesso.errors import SettingsError
from gesso.spec.model import Command, Port
from tests.cli.test_opening import Screen

WORDS, COUNT = Port(name="words", type="text"), Port(name="count", type="number")
PICTURE, MASK, FOLDER = (Port(name=name, type=name) for name in ("image", "mask", "directory"))
PICTURES = Port(name="pictures", type="list", constraints={"items": {"type": "image"}})


def streamed(outputs: Sequence[Port], *words: str) -> str:
    return plan(Command(name="run", outputs=tuple(outputs)), words, sources=frozenset()).streamed


def test_a_minus_takes_the_one_output_that_is_left() -> None:
    assert streamed([PICTURE], "-") == "image"
    assert streamed([PICTURE, WORDS], "-", "-o.png") == "words"
    assert streamed([PICTURE, WORDS], "image=-") == "image"


@pytest.mark.parametrize(
    ("outputs", "words", "said"),
    [
        ([PICTURE, WORDS], ["-"], "Say which: -o image=- or -o words=-"),
        ([PICTURE, WORDS], ["image=-", "words=-"], "Only one output"),
        ([PICTURE], ["out.png", "-"], "none is left"),
        ([PICTURE], ["out/", "-"], "takes all the outputs"),
        ([PICTURES], ["-"], "several files"),
        ([FOLDER], ["-"], "is a folder"),
    ],
)
def test_what_cannot_go_there_is_refused(outputs: list[Port], words: list[str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        streamed(outputs, *words)
    assert said in str(caught.value)


def test_a_terminal_gets_what_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Screen())
    assert streamed([PICTURE, WORDS], "-") == "words"
    with pytest.raises(SettingsError, match="terminal cannot show a picture"):
        streamed([PICTURE], "-")
    with pytest.raises(SettingsError, match="words or count"):
        streamed([WORDS, COUNT], "-")
