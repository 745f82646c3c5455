"""What stands in the terminal: results on standard output; progress, remarks, questions and errors on the other one.

A program can rely on standard output having nothing else. Colours and bars are shown only to a person, who is there
when standard error is a terminal.
"""

from __future__ import annotations

import getpass
import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gesso.cli.streams import Results, told
from gesso.errors import GessoError, InstallError, ModelError, SetupError
from gesso.types.base import Json

if TYPE_CHECKING:
    from rich.console import Console

    from gesso.cli.progress import Bar, Lines
    from gesso.doctor.finding import Finding
    from gesso.spec.runnable import Event

_LAST_LINES: Final = 10  # of a detail: the end of a traceback or of an installer's words says what went wrong
_WIDE: Final = 1000  # columns, where nobody looks: a program wants one line for one thing
_WORDS: Final = {"good": ("ok", "green"), "remark": ("note", "yellow"), "problem": ("wrong", "bold red")}
_QUIET_COLOURS: Final = {  # of the bar: it is not what one looks at
    "bar.back": "dim",
    "bar.complete": "bold",
    "bar.pulse": "default",
    "progress.elapsed": "dim",
    "progress.remaining": "dim",
    "progress.spinner": "bold",
}
_STYLES: Final = {"debug": "dim", "info": "dim", "warning": "yellow", "error": "red"}
_UNPRINTABLE: Final = dict.fromkeys(  # what moves the cursor, and what turns the direction of writing round
    [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)],
    "\N{REPLACEMENT CHARACTER}",
)


class Terminal:
    """The terminal of one command, whose `words` stood after `gesso`.

    `is_quiet`: results and errors only. `is_debug`: all there is to know.
    """

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = tuple(words)
        self.is_quiet = False
        self.is_debug = False
        self._display: Bar | Lines | None = None

    # -- results ------------------------------------------------------------------------------------------------------

    def result(self, text: str, *, end: str = "\n") -> None:
        """Print a result, or a part of one, on standard output."""
        self.clear()
        print(printable(text) if sys.stdout.isatty() else text, end=end, flush=True)

    def check_results(self) -> None:
        """Raise `StorageError` if no results can be printed: better before the work than after it."""
        if isinstance(sys.stdout, Results):
            sys.stdout.check()

    def json(self, value: Json) -> None:
        """Print a value as JSON on standard output."""
        self.result(json.dumps(value, indent=2, ensure_ascii=False))

    def raw(self, data: bytes) -> None:
        """Write bytes to standard output as they are; to a terminal, as a text on lines of its own."""
        if sys.stdout.isatty():
            self.result(data.decode(errors="replace").rstrip("\n"))
            return
        self.clear()
        with told():
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table on standard output; into a file, each row is one line."""
        from rich.table import Table
        from rich.text import Text

        table = Table(*heads, box=None, pad_edge=False, header_style="dim")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        self._results.print(table)

    def finding(self, finding: Finding) -> None:
        """Print what the doctor has found: how it is, where, and what to do."""
        self.clear()
        word, style = _WORDS[finding.kind]
        self._results.print(f"{word:6}", style=style, end="", highlight=False)
        self._line(self._results, finding.title + (f" ({finding.where})" if finding.where else ""))
        lines = [
            (finding.message, "bold"),
            (finding.hint, ""),
            *((line, "dim") for line in self._shown_detail(finding.detail)),
        ]
        for text, line_style in lines:
            if text:
                self._line(self._results, f"      {text}", style=line_style)

    # -- the other things ---------------------------------------------------------------------------------------------

    def say(self, text: str, *, style: str = "") -> None:
        """Say something to the person, unless they asked for quiet."""
        if not self.is_quiet:
            self._print(text, style=style)

    def warn(self, text: str) -> None:
        """Say what went wrong with a part of the work, also to those who asked for quiet."""
        self.clear()
        self._print(text, style="red")

    def report(self, event: Event) -> None:
        """Show the progress and the log of a run as they happen."""
        from gesso.spec.runnable import Log, Progress

        if isinstance(event, Progress) and not self.is_quiet:
            self._shown.show(replace(event, text=printable(event.text)))
        elif isinstance(event, Log) and (event.level != "debug" or self.is_debug):
            label = f"{event.level}: " if event.level in ("warning", "error") else ""
            self.say(label + event.text, style=_STYLES.get(event.level, ""))

    def clear(self) -> None:
        """Take the progress away; the next one begins anew."""
        if self._display is not None:
            self._display.close()
            self._display = None

    def fail(self, error: GessoError) -> None:
        """Say what went wrong, what to do, and, dimmed, the details."""
        self.clear()
        self._print(error.message, style="bold")
        if error.hint:
            self._print(error.hint)
        is_elsewhere = isinstance(error, InstallError) and not self.is_debug  # the hint names the file with all of it
        for line in [] if is_elsewhere else self._shown_detail(error.detail):
            self._print(f"  {line}", style="dim")
        if self.is_debug and not isinstance(error, InstallError | ModelError | SetupError):  # theirs is the detail
            self._errors.print_exception(word_wrap=True)

    def ask(self, question: str) -> bool | None:
        """Ask a question that "no" is the careful answer to; None if there is nobody to answer."""
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return None
        self.clear()
        with interruptible():
            print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
            answer = sys.stdin.readline()
        return answer.strip().lower() in ("y", "yes")

    def ask_secret(self, question: str) -> str:
        """Ask for something that nobody shall see; "" if there is nobody to answer."""
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return ""
        self.clear()
        with interruptible():
            return getpass.getpass(question, sys.stderr).strip()

    # -- inside -------------------------------------------------------------------------------------------------------

    def _print(self, text: str, *, style: str = "") -> None:
        self._line(self._errors, text, style=style)

    def _line(self, console: Console, text: str, *, style: str = "") -> None:
        console.print(printable(text), style=style, markup=False, highlight=False, soft_wrap=True)

    def _shown_detail(self, detail: str) -> list[str]:
        """Return the last lines of a detail, or all of them with --debug."""
        lines = detail.rstrip().splitlines()
        if self.is_debug or len(lines) <= _LAST_LINES + 1:  # a line that says that one is hidden is no shorter
            return lines
        return [f"({len(lines) - _LAST_LINES} lines more with --debug)", *lines[-_LAST_LINES:]]

    @cached_property
    def _errors(self) -> Console:
        from rich.console import Console
        from rich.theme import Theme

        return Console(stderr=True, emoji=False, theme=Theme(_QUIET_COLOURS))

    @cached_property
    def _results(self) -> Console:
        from rich.console import Console

        return Console(emoji=False, width=None if sys.stdout.isatty() else _WIDE)

    @property
    def _shown(self) -> Bar | Lines:
        if self._display is None:
            from gesso.cli.progress import Bar, Lines

            self._display = Bar(self._errors) if self._errors.is_terminal else Lines(self._print)
        return self._display


def printable(text: str) -> str:
    """Return a text that others wrote without the signs that would make a terminal do something."""
    return text.translate(_UNPRINTABLE)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C break off at once what is done inside: inside an event loop it would only be noted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        print(file=sys.stderr)  # what follows begins on a line of its own, and not behind ^C
        raise
    finally:
        signal.signal(signal.SIGINT, before)
