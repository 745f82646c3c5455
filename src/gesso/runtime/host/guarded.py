"""Run a program to its end, so that neither it nor what it starts outlives this process.

On POSIX systems the guard stands between (see `runtime/worker/guard.py`); on Windows the program is in a job object.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

_GUARD: Final = Path(__file__).parent.parent / "worker" / "guard.py"
_READ_BYTES: Final = 1 << 16


async def run(
    command: Sequence[str], hear: Callable[[str], None], *, variables: Mapping[str, str], scratch: Path
) -> int:
    """Run a program and hand each line that it prints to `hear`. Returns its exit code, or 128 + the signal.

    `variables` are its environment variables. If the run is canceled, the program and all it started are ended before
    this returns; if this process is killed, they are too, and the folder `scratch` is removed in its place.
    """
    async with _started(command, variables=variables, scratch=scratch) as process:
        assert process.stdout is not None
        async for line in _lines(process.stdout):
            hear(line)
        return await process.wait()


@contextlib.asynccontextmanager
async def _started(command: Sequence[str], *, variables: Mapping[str, str], scratch: Path) -> AsyncIterator[Process]:
    process, end = await _start(command, variables=variables, scratch=scratch)
    try:
        yield process
    finally:
        end()
        await asyncio.shield(process.communicate())  # waits for its end and the end of its output


async def _start_guarded(
    command: Sequence[str], *, variables: Mapping[str, str], scratch: Path
) -> tuple[Process, Callable[[], None]]:
    """Start the program below a guard. Returns the guard, and what makes it end everything."""
    guards, ours = os.pipe()
    guard = [sys.executable, "-I", "-S", str(_GUARD), str(guards), str(scratch)]
    try:
        process = await asyncio.create_subprocess_exec(
            *guard,
            *command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=variables,
            pass_fds=(guards,),
            start_new_session=True,
        )  # fmt: skip - one argument a line would hide the two that matter
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(guards)
    return process, lambda: os.close(ours)


async def _start_in_job(
    command: Sequence[str],
    *,
    variables: Mapping[str, str],
    scratch: Path,  # noqa: ARG001 - the next attempt removes it
) -> tuple[Process, Callable[[], None]]:
    """Start the program in a job object of Windows (untested). Returns it, and what ends the job."""
    from gesso.runtime.host.windows_job import Job

    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=variables)
    jobs = [Job()]
    jobs[0].add(process.pid)
    return process, jobs.clear  # a job ends with its last handle


_start: Final = _start_in_job if sys.platform == "win32" else _start_guarded


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Yield the lines that are not empty; a carriage return ends one too, because progress bars are drawn with it."""
    rest = b""
    while chunk := await stream.read(_READ_BYTES):
        *lines, rest = re.split(rb"[\r\n]+", rest + chunk)
        for line in filter(None, lines):
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")
