"""Start a worker process so that nothing of it can outlive this one: the seam between operating systems.

On POSIX systems a guard stands between (see `runtime/worker/guard.py`); on Windows the worker is in a job object that
ends with its last handle.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesso.runtime.host.environment import child_variables
from gesso.runtime.transport import memory

_WORKER: Final = Path(__file__).parent.parent / "worker"
_PACKAGE: Final = Path(__file__).parent.parent.parent

_NOT_FOR_WORKERS: Final = frozenset({"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"})


@dataclass(frozen=True)
class Launched:
    """A worker process that has been started: its pipes, and the memory shared with it (descriptors)."""

    process: Process
    from_host: int
    to_host: int
    _holder: socket.socket | object  # what keeps the worker alive while this process has it

    def kill(self) -> None:
        """End the worker and everything that came from it, now."""
        if isinstance(self._holder, socket.socket):
            self._holder.close()  # the guard sees it and ends everything
        else:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()

    def close(self) -> None:
        """Give back what this process holds of a worker that has ended."""
        if isinstance(self._holder, socket.socket):
            self._holder.close()
        for file in (self.from_host, self.to_host):
            with contextlib.suppress(OSError):
                os.close(file)


def child_environment(threads: int) -> dict[str, str]:
    """Return the environment variables of a worker that may use `threads` threads.

    OpenMP's threads wait passively: spinning ones make workers that stand side by side many times slower.
    """
    ours = {"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE"}
    return ours | child_variables(_NOT_FOR_WORKERS, {})


async def launch(python: Path, scratch: Path, *, threads: int, cwd: Path) -> Launched:
    """Start a worker with the interpreter of its environment.

    `scratch` is this process's folder for passing files; the guard removes it if this process does not.
    """
    from_host, from_host_path = memory.create()
    to_host, to_host_path = memory.create()
    worker = [str(python), "-I", "-u", "-X", "utf8", str(_WORKER / "bootstrap.py"), str(_PACKAGE)]
    environment = child_environment(threads)
    if sys.platform == "win32":  # untested: see windows_job.py
        from gesso.runtime.host.windows_job import Job

        process = await asyncio.create_subprocess_exec(
            *worker, "alone", from_host_path, to_host_path,
            stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, cwd=cwd,
        )  # fmt: skip
        job = Job()
        job.add(process.pid)
        return Launched(process, from_host, to_host, job)
    else:
        ours, guards = socket.socketpair()
        guard = [sys.executable, "-I", "-S", str(_WORKER / "guard.py"), str(guards.fileno()), str(scratch)]
        with guards:
            process = await asyncio.create_subprocess_exec(
                *guard, *worker, "guarded", str(from_host), str(to_host),
                stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, cwd=cwd,
                pass_fds=(guards.fileno(), from_host, to_host), start_new_session=True,
            )  # fmt: skip
        return Launched(process, from_host, to_host, ours)
