from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from gesso.cli.shell import command_line, quoted


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("image=@photo.jpg", "image=@photo.jpg"),
        ("image=@my photos/", '"image=@my photos/"'),
        ("Übung.png", "Übung.png"),
        ("", '""'),
        ("it's", '"it\'s"'),
        ("5 $ only", "'5 $ only'"),
        ('a "fox"', "'a \"fox\"'"),
        ("a;rm -rf b", '"a;rm -rf b"'),
    ],
)
def test_a_word_stays_one_word(word: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert quoted(word) == expected
    assert shlex.split(quoted(word)) == [word]


def test_on_windows_quotes_are_double_and_backslashes_mean_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert quoted(r"C:\photos\a.png") == r"C:\photos\a.png"
    assert quoted(r"C:\my photos\a.png") == r'"C:\my photos\a.png"'
    assert quoted("5 $ only") == '"5 $ only"'


def test_a_command_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert command_line("gesso", "run", Path("my model")) == 'gesso run "my model"'
