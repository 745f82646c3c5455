from __future__ import annotations

import io

from rich.console import Console

from gesso.cli.progress import Bar, Lines
from gesso.spec.runnable import Progress


def test_lines_say_only_what_is_new() -> None:
    said: list[str] = []
    lines = Lines(said.append)
    for event in (
        Progress(0.0, "Starting"),
        Progress(0.0, "Starting"),
        Progress(0.01, "Painting"),
        Progress(0.02, "Painting"),
        Progress(0.02, "Painting: 40 %"),
        Progress(0.3, "Painting"),
        Progress(0.0, ""),
    ):
        lines.show(event)
    assert said == ["Starting", "1% Painting", "30% Painting"]


def test_a_bar_shows_the_words_and_goes_away() -> None:
    screen = io.StringIO()
    bar = Bar(Console(file=screen, force_terminal=True, width=80))
    bar.show(Progress(0.0, "Starting [bold]x[/]"))
    bar.show(Progress(0.5, "Painting"))
    bar.show(Progress(0.1, "Drying"))
    bar.close()
    assert "Starting [bold]x[/]" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")  # the line is wiped
