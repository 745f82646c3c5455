from __future__ import annotations

import pytest

from gesso.errors import LimitError
from gesso.hosting.purse import Purse
from gesso.hosting.tokens import Token


def purse(**limits: object) -> Purse:
    return Purse(Token(id="t", deployment="poet", name="bot", **limits))  # type: ignore[arg-type]  # each test says which


def test_requests_are_taken_before_they_run() -> None:
    mine = purse(max_requests=2)
    mine.reserve(10)
    mine.reserve(10)
    with pytest.raises(LimitError, match="All 2 requests") as refused:
        mine.reserve(10)
    assert refused.value.retry_after_s is None


def test_time_is_held_while_runs_are_under_way_and_given_back() -> None:
    mine = purse(max_compute_s=1.0)
    first = mine.reserve(600)
    second = mine.reserve(600)  # gets what is left
    with pytest.raises(LimitError, match="1 seconds"):
        mine.reserve(1)
    assert second.spend(0.1) is None
    third = mine.reserve(100)
    for reserve in (first, third, third):
        reserve.settle()
    assert mine.compute_ms == 100


def test_a_long_run_may_spend_more_than_it_held_and_is_told() -> None:
    mine = purse(max_compute_s=1.0)
    reserve = mine.reserve(100)
    assert reserve.spend(0.9) is None
    assert isinstance(reserve.spend(0.2), LimitError)
    assert mine.compute_ms == 1100


def test_what_is_spent_is_told_once_to_be_saved_and_can_be_put_back() -> None:
    mine = purse()
    mine.reserve(5).spend(0.25)
    assert mine.take_unsaved() == (1, 250)
    assert mine.take_unsaved() == (0, 0)
    mine.put_back(1, 250)
    assert mine.take_unsaved() == (1, 250)


def test_what_came_to_nothing_is_given_back_with_its_request() -> None:
    mine = purse(max_requests=1)
    mine.reserve(10).undo()
    mine.reserve(10)
    assert mine.take_unsaved() == (1, 0)
    with pytest.raises(LimitError, match="All 1 requests"):
        mine.check_left()


def test_what_others_hold_may_be_there_again() -> None:
    mine = purse(max_compute_s=1.0)
    held = mine.reserve(1000)
    with pytest.raises(LimitError, match="held for others") as refused:
        mine.check_left()
    assert refused.value.retry_after_s is not None
    held.spend(1.0)
    with pytest.raises(LimitError, match="used up") as refused:
        mine.check_left()
    assert refused.value.retry_after_s is None
