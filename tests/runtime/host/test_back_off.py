"""A worker that dies again and again is started later and later; one success and all is forgotten."""

from __future__ import annotations

from gesso.runtime.host.back_off import BackOff


def test_it_waits_from_the_third_failure_on_and_never_more_than_half_a_minute() -> None:
    back_off = BackOff()
    waits = []
    for _ in range(10):
        waits.append(back_off.wait_s)
        back_off.failed()
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 30, 30]
    assert back_off.failures == 10


def test_a_success_ends_it() -> None:
    back_off = BackOff()
    for _ in range(5):
        back_off.failed()
    back_off.succeeded()
    assert back_off.wait_s == 0
    assert back_off.failures == 5


def test_it_can_go_on_for_ever() -> None:
    back_off = BackOff()
    for _ in range(5000):
        back_off.failed()
    assert back_off.wait_s == 30
