from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from gesso.cli.opening import split_reference
from tests.cli.conftest import Gesso, write_model

HELLO = 'class Hello(Model):\n    def run(self) -> str:\n        return "hello"\n'


class Screen(io.StringIO):
    """Something that somebody sits before."""

    def isatty(self) -> bool:
        return True


def somebody(answer: str, monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Let a person sit there who answers; return the screen with what they are shown."""
    answers, screen = Screen(answer), Screen()
    monkeypatch.setattr(sys, "stdin", answers)
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


def test_without_anybody_to_ask_a_stranger_does_not_run(gesso: Gesso, work: Path) -> None:
    ended = gesso("run", write_model(HELLO))
    assert (ended.code, ended.out) == (5, "")
    assert "If you wrote it yourself, or trust whoever did, run it again with --trust." in ended.err


def test_trust_is_given_once(gesso: Gesso, work: Path) -> None:
    model = write_model(HELLO)
    assert gesso("run", model, "--trust").code == 0
    assert gesso("run", model).code == 0


def test_somebody_is_asked_and_shown_what_it_means(gesso: Gesso, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = '# /// script\n# [tool.gesso]\n# licence = "MIT"\n# authors = ["Ada"]\n# ///\n'
    model = write_model(HELLO, "hello.py", head=head)
    screen = somebody("n\n", monkeypatch)
    assert gesso("run", model).code == 5
    assert "If you wrote it yourself, say yes. Trust" in screen.getvalue()
    for words in ("Hello is a model from outside", str(work / "hello.py"), "MIT", "Ada", "read and change your files"):
        assert words in screen.getvalue()


def test_who_says_yes_is_not_asked_again(gesso: Gesso, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = write_model(HELLO)
    somebody("yes\n", monkeypatch)
    assert gesso("run", model).out == "hello\n"
    assert gesso("run", model).code == 0


def test_what_a_stranger_wrote_cannot_play_with_the_terminal(gesso: Gesso, work: Path) -> None:
    sly = '# /// script\n# [tool.gesso]\n# licence = "MIT\\u001b[2J\\u202e"\n# ///\n'
    ended = gesso("run", write_model(HELLO, head=sly))
    assert ended.code == 5
    assert "\x1b" not in ended.err
    assert "\u202e" not in ended.err


def test_what_one_began_oneself_is_trusted(gesso: Gesso, work: Path) -> None:
    assert gesso("init", "mine").code == 0
    assert gesso("run", "./mine", "-i", "photo=@photo.png").code == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pose", ("pose", None)),
        ("pose:draw", ("pose", "draw")),
        ("./models/a.py:draw", ("./models/a.py", "draw")),
        ("./a:b/c", ("./a:b/c", None)),
        (":draw", (":draw", None)),
        ("./old:count letters", ("./old", "count letters")),
        ("old:make-it", ("old", "make-it")),
        ("runway+http://localhost:9000", ("runway+http://localhost:9000", None)),
        ("runway+http://localhost:9000:draw", ("runway+http://localhost:9000", "draw")),
    ],
)
def test_a_command_follows_the_colon(text: str, expected: tuple[str, str | None]) -> None:
    assert split_reference(text) == expected


def test_on_windows_a_drive_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert split_reference("C:models") == ("C:models", None)
    assert split_reference("C:/models:draw") == ("C:/models", "draw")
