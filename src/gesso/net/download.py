"""Download a large file whose hash is known: resumed where it broke off, checked, and only then given its name."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gesso.errors import FetchError
from gesso.net.attempt import Attempt, Report, Wanted
from gesso.net.door import Door
from gesso.net.exchange import Errand
from gesso.net.part import Part
from gesso.spec.runnable import Progress

_PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0)  # before each further attempt, while nothing new comes
_PATIENCE_S: Final = 30.0  # so long may a server say nothing


async def download(
    wanted: Wanted, path: Path, *, door: Door, report: Report, what_for: str = "", allow_private: bool = False
) -> None:
    """Download a file to `path`; afterwards it is there, and its hash is right.

    What has come lies in `<name>.part` meanwhile. It stays if the download is canceled or the connection cannot be had
    again, and the next one goes on from there. If the hash is wrong nothing stays. `what_for` (the file's name, if it
    is empty) and `allow_private`: see `Errand`. The caller sees to it that nobody else downloads to `path`. Raises
    `FetchError`.
    """
    what_for = what_for or wanted.name
    door.check(what_for, hint=f"Download {wanted.shown_url} on another computer, and save it here as {path}")
    part = Part(path, name=wanted.name)
    await _in_thread(part.take_up)

    def attempt(is_canceled: Callable[[], bool]) -> None:
        errand = Errand(
            door=door,
            what_for=what_for,
            allow_private=allow_private,
            patience_s=_PATIENCE_S,
            is_canceled=is_canceled,
        )
        Attempt(wanted, part, tell=tell).make(errand)

    loop = asyncio.get_running_loop()

    def tell(event: Progress) -> None:
        loop.call_soon_threadsafe(report, event)

    await _persist(wanted, part, attempt=attempt, report=report)
    if part.sha256 != wanted.sha256 and part.is_pieced:  # its pieces may be of two versions
        part.remove()
        await _persist(wanted, part, attempt=attempt, report=report)
    if part.sha256 != wanted.sha256:
        got = part.sha256
        part.remove()
        raise wanted.refuse(got, f"the SHA-256 {wanted.sha256}")
    await asyncio.to_thread(part.finish)


async def _persist(
    wanted: Wanted, part: Part, *, attempt: Callable[[Callable[[], bool]], None], report: Report
) -> None:
    """Attempt it until all of it is there; give up after some attempts that brought nothing new."""
    most_bytes, failures = part.size_bytes, 0
    while wanted.size_bytes == 0 or part.size_bytes != wanted.size_bytes:
        try:
            await _in_thread(attempt)
            return
        except FetchError as error:
            failures = 0 if part.size_bytes > most_bytes else failures + 1
            most_bytes = max(most_bytes, part.size_bytes)
            if not error.is_passing or failures >= len(_PAUSES_S):
                raise
        pause_s = _PAUSES_S[failures]
        fraction = part.size_bytes / wanted.size_bytes if wanted.size_bytes else 0.0
        report(Progress(fraction, f"{wanted.name}: the connection broke off; trying again in {pause_s:g} seconds"))
        await asyncio.sleep(pause_s)


async def _in_thread(work: Callable[[Callable[[], bool]], None]) -> None:
    """Do work in a thread. It gets what says whether it was canceled, and if it was, this waits until it has ended."""
    canceled = threading.Event()
    task = asyncio.create_task(asyncio.to_thread(work, canceled.is_set))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        canceled.set()
        await asyncio.gather(task, return_exceptions=True)
        raise
