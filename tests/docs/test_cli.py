"""docs/cli.md names the commands, the exit codes and the settings that there are."""

from __future__ import annotations

import re

import pytest
import typer.main
from typer.core import TyperGroup

from gesso.cli.commands import app
from gesso.cli.exits import MEANINGS
from gesso.settings import Settings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def rows(title: str) -> list[list[str]]:
    """Return the cells of the first table under a heading ("" for the beginning), without its head."""
    section = PAGE.partition(f"## {title}\n")[2] if title else PAGE
    table = re.search(r"(?:^\|.*\n)+", section, flags=re.MULTILINE)
    assert table is not None
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].strip().splitlines()[2:]]


def test_the_exit_codes_are_the_real_ones() -> None:
    assert {int(code): meaning for code, meaning in rows("Exit codes")} == MEANINGS


def test_the_commands_are_the_real_ones() -> None:
    named = [re.findall(r"`gesso (\w+)", row[0])[0] for row in rows("")]
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    assert named == command.list_commands(typer.Context(command))


@pytest.mark.parametrize(
    "option",
    [
        "-i",
        "-o",
        "--json",
        "--example",
        "--seed",
        "--option",
        "--trust",
        "-q",
        "--debug",
        "--recipe",
        "--here",
        "--resume",
        "--new-key",
        "--token",
        "--public-url",
    ],
)
def test_every_option_that_wants_a_word_has_one(option: str) -> None:
    assert f"`{option}" in PAGE


def test_the_settings_are_real_ones() -> None:
    known = {f"`GESSO_{name.upper()}`" for name in Settings.model_fields}
    assert {row[0] for row in rows("Settings")} <= known
