"""A cancel breaks into code that never asks, and only where it may."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from gesso.errors import CanceledError
from gesso.runtime.worker.interrupt import Interrupt


@pytest.fixture
def interrupt() -> Iterator[Interrupt]:
    before = signal.getsignal(signal.SIGUSR1)
    yield Interrupt()
    signal.signal(signal.SIGUSR1, before)


def test_it_breaks_into_sleep_and_into_loops(interrupt: Interrupt) -> None:
    for sleeps in (True, False):
        canceled = threading.Event()

        def cancel(canceled: threading.Event = canceled) -> None:
            canceled.set()
            interrupt.fire()

        threading.Timer(0.05, cancel).start()
        with pytest.raises(CanceledError), interrupt.breakable(canceled.is_set):
            while True:
                time.sleep(600 if sleeps else 0)


def test_what_is_not_canceled_goes_on(interrupt: Interrupt) -> None:
    threads = [threading.Timer(0.01 * n, interrupt.fire) for n in range(5)]
    for thread in threads:
        thread.start()
    with interrupt.breakable(lambda: False):
        time.sleep(0.1)
    for thread in threads:
        thread.join()


def test_outside_nothing_is_broken_into(interrupt: Interrupt) -> None:
    with interrupt.breakable(lambda: True):
        pass
    interrupt.fire()


def test_tidying_up_is_not_broken_into_again(interrupt: Interrupt) -> None:
    tidied = []
    with pytest.raises(CanceledError), interrupt.breakable(lambda: True):
        try:
            interrupt.fire()
            time.sleep(600)
        finally:
            interrupt.fire()
            tidied.append(True)
    assert tidied == [True]
