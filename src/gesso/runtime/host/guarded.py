"""Programs that cannot outlive this process: the seam between operating systems.

On POSIX systems a guard stands between (see `runtime/worker/guard.py`); on Windows the program is in a job object.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_GUARD: Final = Path(__file__).parent.parent / "worker" / "guard.py"
_READ_BYTES: Final = 1 << 16


@dataclass
class Guarded:
    """A program that has been started: its process (on POSIX systems the guard's), and what ends all of it."""

    process: Process
    _end: Callable[[], None] | None

    def end(self) -> None:
        """End the program and everything that came from it. Also gives back what this process holds of it."""
        end, self._end = self._end, None
        if end is not None:
            end()


async def start(
    command: Sequence[str], *, variables: Mapping[str, str], scratch: Path, inherited: Sequence[int] = (), **pipes: Any
) -> Guarded:
    """Start a program with the environment variables `variables`.

    `scratch` is a folder to remove if this process dies first. `inherited` are descriptors that the program gets under
    the same numbers (not on Windows). `pipes` are `stdin`, `stdout`, `stderr` and `cwd` as asyncio takes them.
    """
    if sys.platform == "win32":  # untested: see windows_job.py
        from gesso.runtime.host.windows_job import Job

        process = await asyncio.create_subprocess_exec(*command, env=variables, **pipes)
        job = Job()
        job.add(process.pid)
        return Guarded(process, job.close)
    else:
        guards, ours = os.pipe()
        guard = [sys.executable, "-I", "-S", str(_GUARD), str(guards), str(scratch)]
        try:
            process = await asyncio.create_subprocess_exec(
                *guard, *command, env=variables, pass_fds=(guards, *inherited), start_new_session=True, **pipes
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(guards)
        return Guarded(process, lambda: os.close(ours))


async def run(
    command: Sequence[str], hear: Callable[[str], None], *, variables: Mapping[str, str], scratch: Path
) -> int:
    """Run a program and hand each line that it prints to `hear`. Returns its exit code, or 128 + the signal.

    If the run is canceled, the program and all it started are ended before this returns; if this process is killed,
    they are too, and the folder `scratch` is removed in its place.
    """
    program = await start(command, variables=variables, scratch=scratch, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    try:
        assert program.process.stdout is not None
        async for line in _lines(program.process.stdout):
            hear(line)
        return await program.process.wait()
    finally:
        program.end()
        await asyncio.shield(program.process.communicate())  # waits for its end and the end of its output


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Yield the lines that are not empty; a carriage return ends one too, because progress bars are drawn with it."""
    rest = b""
    while chunk := await stream.read(_READ_BYTES):
        *lines, rest = re.split(rb"[\r\n]+", rest + chunk)
        for line in filter(None, lines):
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")
