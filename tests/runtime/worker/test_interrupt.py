"""A cancel breaks into code that never asks, and only where it may."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from gesso.errors import CanceledError
from gesso.runtime.worker.interrupt import Interrupt, unbroken


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


def test_a_model_of_another_platform_hears_its_own_exception_and_the_worker_ours(interrupt: Interrupt) -> None:
    class Theirs(BaseException):
        pass

    canceled, heard = threading.Event(), []
    interrupt.raising = Theirs

    def cancel() -> None:
        canceled.set()
        interrupt.fire()

    threading.Timer(0.05, cancel).start()
    with pytest.raises(CanceledError), interrupt.breakable(canceled.is_set):
        try:
            time.sleep(600)
        except Exception:  # noqa: BLE001 - that it passes by is what is tested
            heard.append("Exception")
        except Theirs:
            heard.append("Theirs")
            raise
    assert heard == ["Theirs"]
    with pytest.raises(ValueError, match="fox"), interrupt.breakable(lambda: False):
        raise ValueError("fox")


def test_what_is_not_canceled_goes_on(interrupt: Interrupt) -> None:
    threads = [threading.Timer(0.01 * n, interrupt.fire) for n in range(5)]
    for thread in threads:
        thread.start()
    with interrupt.breakable(lambda: False):
        time.sleep(0.1)
    for thread in threads:
        thread.join()


def test_outside_nothing_is_broken_into(interrupt: Interrupt) -> None:
    canceled = threading.Event()
    with interrupt.breakable(canceled.is_set):
        pass
    canceled.set()
    interrupt.fire()


def test_what_was_canceled_a_moment_before_does_not_begin(interrupt: Interrupt) -> None:
    begun = []
    with pytest.raises(CanceledError), interrupt.breakable(lambda: True):
        begun.append(True)
    assert not begun


def test_what_must_stay_whole_is_broken_off_at_its_end(interrupt: Interrupt) -> None:
    canceled, done = threading.Event(), []
    with pytest.raises(CanceledError), interrupt.breakable(canceled.is_set):
        with unbroken():
            with unbroken():
                canceled.set()
                interrupt.fire()
                time.sleep(0.01)
                done.append("inside")
            done.append("outside")
        done.append("behind")
    assert done == ["inside", "outside"]


def test_another_thread_that_must_stay_whole_holds_nothing_up(interrupt: Interrupt) -> None:
    canceled, inside, leave = threading.Event(), threading.Event(), threading.Event()

    def stay() -> None:
        with unbroken():
            inside.set()
            leave.wait()

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait()
    with pytest.raises(CanceledError), interrupt.breakable(canceled.is_set):
        canceled.set()
        interrupt.fire()
        time.sleep(600)
    leave.set()
    thread.join()


def test_tidying_up_is_not_broken_into_again(interrupt: Interrupt) -> None:
    canceled, tidied = threading.Event(), []
    with pytest.raises(CanceledError), interrupt.breakable(canceled.is_set):
        try:
            canceled.set()
            interrupt.fire()
            time.sleep(600)
        finally:
            interrupt.fire()
            tidied.append(True)
    assert tidied == [True]
