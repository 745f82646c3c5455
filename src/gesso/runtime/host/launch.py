"""Start a worker: its command, its environment variables, the memory that it shares with this process."""

from __future__ import annotations

import contextlib
import os
import secrets
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesso.runtime.host import guarded
from gesso.runtime.host.environment import child_variables
from gesso.runtime.host.guarded import Guarded
from gesso.runtime.host.strays import MARK
from gesso.runtime.transport import memory

_PACKAGE: Final = Path(__file__).parents[2]
_BOOTSTRAP: Final = _PACKAGE / "runtime" / "worker" / "bootstrap.py"

_NOT_FOR_WORKERS: Final = frozenset({"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"})

_THREAD_COUNTS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True)
class Launched:
    """A worker that has been started: its program, the memories shared with it (descriptors), and its mark."""

    program: Guarded
    from_host: int
    to_host: int
    mark: str

    @property
    def process(self) -> Process:
        """The worker's process; on POSIX systems its guard's."""
        return self.program.process

    def close(self) -> None:
        """End the worker and give back what this process holds of it."""
        self.program.end()
        # there is no public way to give up a pipe that a stray process holds open
        self.process._transport.close()  # type: ignore[attr-defined]  # see above
        for file in (self.from_host, self.to_host):
            with contextlib.suppress(OSError):
                os.close(file)


def worker_variables(scratch: Path, threads: int, *, mark: str) -> dict[str, str]:
    """Return the environment variables of a worker that may use `threads` threads; `mark` is its own (`strays.py`).

    Threads that wait for each other sleep (GNU's and Intel's OpenMP each have a word of their own for it): spinning
    ones make workers that stand side by side many times slower. What a model leaves among its temporary files goes with
    the folder `scratch`.
    """
    counts = dict.fromkeys(_THREAD_COUNTS, str(threads))
    ours = counts | {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    return ours | child_variables(
        _NOT_FOR_WORKERS, {MARK: mark, **temporary}
    )  # a person's own setting of threads goes first


async def launch(python: Path, scratch: Path, *, threads: int, cwd: Path) -> Launched:
    """Start a worker with the interpreter of its environment.

    `scratch` is this process's folder for passing files; it is removed if this process dies before it could.
    """
    memories = [memory.create(), memory.create()]
    mark = secrets.token_hex(16)
    files = [file for file, _ in memories]
    addresses = [path or str(file) for file, path in memories]
    command = [str(python), "-I", "-u", "-X", "utf8", str(_BOOTSTRAP), str(_PACKAGE), *addresses]
    try:
        program = await guarded.start(
            command,
            variables=worker_variables(scratch, threads, mark=mark),
            scratch=scratch,
            inherited=files,
            cwd=cwd,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )
    except BaseException:
        for file in files:
            os.close(file)
        raise
    return Launched(program, from_host=files[0], to_host=files[1], mark=mark)
