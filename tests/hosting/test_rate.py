from __future__ import annotations

import pytest

from gesso.errors import LimitError
from gesso.hosting import rate
from gesso.hosting.rate import Rates


def test_a_minutes_worth_may_come_at_once_and_then_as_the_rate_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("gesso.hosting.rate.time.monotonic", lambda: now)
    rates = Rates()
    for _ in range(30):
        rates.take("a", per_minute=30)
    with pytest.raises(LimitError) as refused:
        rates.take("a", per_minute=30)
    assert refused.value.retry_after_s == pytest.approx(2.0)
    rates.take("b", per_minute=30)  # somebody else
    now += 2.0
    rates.take("a", per_minute=30)
    with pytest.raises(LimitError):
        rates.take("a", per_minute=30)
    now += 3600
    for _ in range(30):
        rates.take("a", per_minute=30)


def test_only_so_many_clients_are_remembered() -> None:
    rates = Rates()
    for number in range(rate._MOST_CLIENTS + 10):
        rates.take(str(number), per_minute=1)
    assert len(rates._full_at) == rate._MOST_CLIENTS
    with pytest.raises(LimitError):
        rates.take(str(rate._MOST_CLIENTS), per_minute=1)
