from __future__ import annotations

import pytest
import typer
from typer.core import TyperGroup

from gesso.cli import models
from gesso.cli.commands import app
from tests.cli.conftest import Gesso


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("the floor gave way")

    monkeypatch.setattr(models, "registry", fail)


def test_a_fault_of_our_own_is_told_in_words(gesso: Gesso, fault: None) -> None:
    ended = gesso("models")
    assert ended.code == 1
    assert "RuntimeError: the floor gave way" in ended.err
    assert "fault in Gesso" in ended.err
    assert "Traceback" not in ended.err


def test_with_debug_it_has_its_traceback(gesso: Gesso, fault: None) -> None:
    with pytest.raises(RuntimeError):
        gesso("add", "x", "--debug")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu"], "Did you mean 'run'?"),
        (["jobs", "shwo"], "Did you mean 'show'?"),
        (["run", "pose", "--outptu", "a.png"], "Did you mean --output?"),
        (["models", "--jsno"], "Did you mean --json?"),
        (["run", "pose", "--line-width", "2"], "-i line_width=..."),
        (["run"], "Say which model"),
        (["pose", "--example"], "gesso run pose --example"),
        (["./a model.py"], 'gesso run "./a model.py"'),
    ],
)
def test_words_that_are_unknown_are_told_with_what_was_meant(gesso: Gesso, words: list[str], said: str) -> None:
    ended = gesso(*words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "Possible options" not in ended.err


def helps() -> list[list[str]]:
    """Return the words for the help of every command."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    below = [[name, sub] for name, one in group.commands.items() for sub in getattr(one, "commands", {})]
    return [[], *([name] for name in group.commands), *below]


@pytest.mark.parametrize("words", helps(), ids=" ".join)
def test_every_help_has_an_example(gesso: Gesso, words: list[str]) -> None:
    ended = gesso(*words, "--help")
    assert ended.code == 0
    assert f"gesso {' '.join(words)}".rstrip() in ended.out.partition("Example")[2]
