"""The learning rate rises, and falls to a tenth."""

from __future__ import annotations

import pytest

from gesso.trainers.text.schedule import rate_at


def test_it_rises_to_the_highest_and_falls_to_a_tenth() -> None:
    rates = [rate_at(step, steps=100, warm_up=10, highest=1.0) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * step for step in range(1, 11)])
    assert max(rates) == 1
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rate_at(100, steps=100, warm_up=10, highest=1.0) == pytest.approx(0.1)


def test_a_run_of_one_step_has_a_rate() -> None:
    assert rate_at(0, steps=1, warm_up=1, highest=0.5) == 0.5
