"""A call waits for company only where company is to be expected, and never long."""

from __future__ import annotations

import pytest

from gesso.runtime.host.window import Window


def test_who_is_alone_never_waits() -> None:
    window = Window()
    for _ in range(3):
        assert window.opens_until(1, since=5.0, latest=5.0) == 5.0
        window.called(1)
        window.ended(0.02, waiting=0)


def test_after_a_call_with_many_it_waits_while_they_come_half_a_call_at_most() -> None:
    window = Window()
    window.called(8)
    window.ended(0.02, waiting=8)
    assert window.opens_until(8, since=5.0, latest=4.99) == pytest.approx(5.004)
    assert window.opens_until(9, since=5.0, latest=5.003) == pytest.approx(5.007)
    assert window.opens_until(15, since=5.0, latest=5.009) == pytest.approx(5.010)
    assert window.opens_until(16, since=5.0, latest=5.009) == 5.0


def test_who_does_not_come_is_not_waited_for_again() -> None:
    window = Window()
    window.called(16)
    window.ended(0.02, waiting=0)
    assert window.opens_until(1, since=0.0, latest=0.0) > 0.0
    window.called(1)
    window.ended(0.02, waiting=0)
    assert window.opens_until(1, since=0.0, latest=0.0) == 0.0


def test_a_long_call_is_no_reason_to_wait_long() -> None:
    window = Window()
    window.called(4)
    window.ended(60.0, waiting=0)
    assert window.opens_until(1, since=0.0, latest=0.0) == pytest.approx(0.02)
    assert window.opens_until(3, since=0.0, latest=0.049) == pytest.approx(0.05)
