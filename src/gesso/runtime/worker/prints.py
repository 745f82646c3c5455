"""What a model prints becomes lines of its run's log, in order with everything else it says."""

from __future__ import annotations

import io
from collections.abc import Callable

from gesso.sdk.context import current

_LONGEST_LINE = 10_000  # characters: a model that prints a megabyte without a newline still gets through


class PrintedLines(io.TextIOBase):
    """A text stream that hands on whole lines: to the current run, or to `outside` when none is running."""

    def __init__(self, descriptor: int, outside: Callable[[str, str], None]) -> None:
        self._descriptor = descriptor
        self._outside = outside
        self._line = ""
        self.buffer = open(descriptor, "wb", buffering=0, closefd=False)  # noqa: SIM115 - lives as long as the stream

    def fileno(self) -> int:
        """Return the descriptor below, for a child process that is to print to the same place."""
        return self._descriptor

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has an attribute; libraries ask for it
        """Always UTF-8."""
        return "utf-8"

    def writable(self) -> bool:
        """Say that one can write."""
        return True

    def write(self, text: str) -> int:
        """Take text; each line that is now whole goes out. A carriage return starts the line again (progress bars)."""
        *lines, self._line = (self._line + text).split("\n")
        if len(self._line) > _LONGEST_LINE:
            lines.append(self._line)
            self._line = ""
        for line in lines:
            for start in range(0, len(line) or 1, _LONGEST_LINE):
                self._emit(line[start : start + _LONGEST_LINE])
        return len(text)

    def finish(self) -> None:
        """Hand on a last line without a newline."""
        if self._line:
            line, self._line = self._line, ""
            self._emit(line)

    def _emit(self, line: str) -> None:
        shown = line.rstrip("\r").rpartition("\r")[2]
        context = current()
        if context is None:
            self._outside(shown, "info")
        else:
            context.log(shown, "info")
