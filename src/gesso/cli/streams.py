"""Standard input, output and error as they may be: closed, full, or with nobody at the other end."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Final

import typer

from gesso.cli.exits import READER_GONE
from gesso.errors import StorageError

_FULL: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows knows no quota by number
_STREAMS: Final = (("stdin", os.O_WRONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w"))


class Results(io.TextIOWrapper):
    """Standard output. What hinders it is told in words; if the reader goes away, the command ends without any."""

    def write(self, text: str, /) -> int:
        """Write a part of the results."""
        with told():
            return super().write(text)

    def flush(self) -> None:
        """See that what was written has gone out."""
        with told():
            super().flush()

    def check(self) -> None:
        """Raise `StorageError` if it is closed."""
        with told():
            os.write(self.fileno(), b"")


class Remarks(io.TextIOWrapper):
    """Standard error. What cannot be said is left unsaid, because the work matters more."""

    def write(self, text: str, /) -> int:
        """Say something."""
        with contextlib.suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """See that what was said has gone out."""
        with contextlib.suppress(OSError):
            super().flush()


def prepare() -> None:
    """Put the streams of this process in order, before anything is read or written.

    One that is closed gets a stand-in, so that no file that is opened later takes its number and is written into.
    Nothing can be read from the stand-in for the input or written to the one for the output, as if they were closed.
    """
    for number, (name, how, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            taken = os.open(os.devnull, how)
            if taken != number:
                os.dup2(taken, number)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - until the end
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = _as(Results, sys.stdout)
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _as(Remarks, sys.stderr)


def _as(kind: type[io.TextIOWrapper], stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """Return another wrapper for what lies under a stream. It takes every letter, which a pipe on Windows would not."""
    return kind(
        stream.detach(),
        encoding="utf-8",
        errors="replace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Say in words why nothing can be written to standard output."""
    try:
        yield
    except OSError as error:
        if _is_reader_gone(error):
            raise typer.Exit(READER_GONE) from error
        raise StorageError(
            f"The results cannot be written to standard output: {_reason(error)}.",
            hint="Send it somewhere else; `gesso run` writes files with -o.",
        ) from error


def finish() -> None:
    """Send what could not be written nowhere, so that the end of the process does not stumble over it again."""
    try:
        sys.stdout.flush()
    except (StorageError, typer.Exit):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _is_reader_gone(error: OSError) -> bool:
    return error.errno == errno.EPIPE or (sys.platform == "win32" and error.errno == errno.EINVAL)


def _reason(error: OSError) -> str:
    if error.errno == errno.EBADF:
        return "it is closed"
    return "the disk is full" if error.errno in _FULL else (error.strerror or str(error)).lower()
