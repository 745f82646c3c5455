"""The machine: what the server holds in the end it must have held in the beginning, and nothing when it has ended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.leftovers import what_stays
from tests.soak.models import KEPT_WORKERS
from tests.soak.server import Server, command_of
from tests.soak.watching import GROWTH_MB, Sample, growth

_MORE_HANDLES: Final = 4
_OF_A_WORKER: Final = 2  # the worker, and the guard beside it
_TRACEBACK: Final = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*\n)*.*")
_SHOWN: Final = 2000
_MEMORIES: Final = 2  # there and back


def faults_at_rest(server: Server, now: Sample, *, before: Sample | None = None) -> list[str]:
    """Look at a server that should rest: only the workers are there that are always kept, and nothing else of theirs.

    With `before` its handles are compared with those that it had before it worked.
    """
    faults = []
    if now.memories != _MEMORIES * KEPT_WORKERS:
        faults.append(f"{now.memories} shared memories are open, for {KEPT_WORKERS} worker there should be {_MEMORIES}")
    if now.processes != _OF_A_WORKER * KEPT_WORKERS:
        shown = [command_of(process) for process in server.family()]
        faults.append(f"{now.processes} processes run while nobody asks for anything: {shown}")
    more = Counter[str]() if before is None else now.handles - before.handles
    if more.total() > _MORE_HANDLES:
        faults.append(f"{more.total()} more handles are open than at the start, at most {_MORE_HANDLES} may: {more}")
    return faults


def faults_of_memory(samples: Sequence[Sample]) -> list[str]:
    """Look at the memory of a server's life: after getting warm it must not grow."""
    found = growth(samples)
    if found.grown_mb <= GROWTH_MB:
        return []
    return [
        f"The server's own memory grew by {found.grown_mb:.1f} MB from the middle third of its life to the last, "
        f"at most {GROWTH_MB:g} MB may be: {found}"
    ]


def faults_after_end(home: Path, temporary: Path) -> list[str]:
    """Look for what is left when the server has ended: processes, shared memory, temporary files."""
    left = what_stays(str(home))
    return [
        *(f"left running: {line}" for line in left.processes),
        *(f"left in memory: {line}" for line in left.memory),
        *(f"left among temporary files: {path}" for path in temporary.iterdir()),
        *(f"left in the home: {path}" for path in _left_in(home)),
    ]


def _left_in(home: Path) -> Iterator[Path]:
    yield from (home / "runs").glob("*")
    yield from (path for path in (home / "server.json", home / "server-key.json") if path.exists())
    yield from home.rglob(".unfinished-*")


def faults_of_log(text: str) -> list[str]:
    """Find what the server has said of its own faults."""
    found = _TRACEBACK.findall(text)
    return [f"{len(found)} tracebacks in the server's log, the first ends:\n{found[0][-_SHOWN:]}"] if found else []
