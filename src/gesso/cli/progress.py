"""Show how far something is: a bar for a person, a few plain lines for a file or a program."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from gesso.spec import runnable

_PERCENT: Final = re.compile(r":? *\d+ ?%$")  # of a download, say: a line for each would be many


class Bar:
    """A bar that moves and goes away when the work is done."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._fraction = 0.0

    def show(self, event: runnable.Progress) -> None:
        """Show a new state. Without a fraction the bar only says that something is going on."""
        if event.fraction < self._fraction:  # another work begins: its time counts from now
            self._bar.reset(self._task)
        self._fraction = event.fraction
        total = 1.0 if event.fraction > 0 else None
        self._bar.update(self._task, description=event.text, completed=event.fraction, total=total)
        self._bar.start()  # at the first state, so that there is none without words

    def close(self) -> None:
        """Take the bar away."""
        self._bar.stop()


class Lines:
    """A line whenever there is something new to say: another text, or a quarter more."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._said = ("", 0)

    def show(self, event: runnable.Progress) -> None:
        """Write a line, unless it would say what the last one did."""
        state = (_PERCENT.sub("", event.text), int(event.fraction * 4))
        if state == self._said or not any(state):
            return
        self._said = state
        percent = f"{event.fraction:.0%} " if event.fraction > 0 else ""
        self._write(f"{percent}{event.text}".rstrip())

    def close(self) -> None:
        """Forget what was said."""
