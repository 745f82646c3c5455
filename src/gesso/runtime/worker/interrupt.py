"""Break into a model's code when its run is canceled: code that never asks whether it is.

The host's cancel is heard in the second thread. It sends this process a signal, whose handler Python runs in the main
thread, between two steps of the model's Python code or out of a system call that waits (`time.sleep`, a read). Code in
a library that does not come back to Python hears nothing; after a while the host ends the process. Cog does the same
(replicate/cog, python/cog/server/worker.py).

It may come between any two steps, also when the model has just called Gesso and half a message is on its way: such
code is `unbroken`.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from gesso.errors import CanceledError

if sys.platform == "win32":
    _SIGNAL: Final = signal.SIGINT
else:
    _SIGNAL: Final = signal.SIGUSR1


class _Hold:
    """How deep the main thread is in code that nothing may break into, and what waits until it is out of it."""

    depth = 0
    missed: Callable[[], None] | None = None


_HOLD: Final = _Hold()


@contextmanager
def unbroken() -> Iterator[None]:
    """Let nothing break into the code inside: a cancel that comes meanwhile breaks in at its end."""
    if threading.current_thread() is not threading.main_thread():  # nothing ever breaks in there
        yield
        return
    _HOLD.depth += 1
    try:
        yield
    finally:
        _HOLD.depth -= 1
    if _HOLD.depth == 0 and _HOLD.missed is not None:
        missed, _HOLD.missed = _HOLD.missed, None
        missed()


class Interrupt:
    """Raises `raising` in the main thread, inside `breakable` and nowhere else. Made in the main thread.

    A model of another platform may know another exception than ours; what comes out of `breakable` is ours again.
    """

    def __init__(self) -> None:
        self.raising: type[BaseException] = CanceledError
        self._is_canceled: Callable[[], bool] | None = None
        signal.signal(_SIGNAL, lambda _signal, _frame: self._look())

    @contextmanager
    def breakable(self, is_canceled: Callable[[], bool]) -> Iterator[None]:
        """Let `fire` break into the code inside if `is_canceled` says so, or did so before."""
        self._is_canceled = is_canceled
        try:
            self._look()
            yield
        except CanceledError:
            raise
        except self.raising as error:
            raise CanceledError("The run was canceled.") from error
        finally:
            self._is_canceled = None

    def fire(self) -> None:
        """Have the main thread look whether what it does is canceled. From any thread."""
        if sys.platform == "win32":  # untested: after the documentation of _thread.interrupt_main
            _thread.interrupt_main(_SIGNAL)
        else:
            main = threading.main_thread().ident
            assert main is not None
            signal.pthread_kill(main, _SIGNAL)

    def _look(self) -> None:
        if self._is_canceled is None or not self._is_canceled():
            return
        if _HOLD.depth:
            _HOLD.missed = self._look
            return
        self._is_canceled = None  # once: what the model does about it is not broken into again
        raise self.raising("The run was canceled.")
