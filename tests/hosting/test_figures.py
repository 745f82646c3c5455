from __future__ import annotations

import pytest

from gesso.hosting.figures import BOUNDS_MS, Figures, Minute, read_minute
from gesso.storage.hosting_rows import MinuteRow


def test_quantiles_are_at_most_half_an_octave_above() -> None:
    minute = Minute()
    for took_ms in range(1, 1001):
        minute.count(is_error=False, took_s=took_ms / 1000, compute_s=0.001)
    for share, true_ms in ((0.5, 500), (0.99, 990)):
        told = minute.quantile_ms(share)
        assert told is not None
        assert true_ms <= told <= true_ms * 1.42
    assert (minute.requests, minute.compute_ms, minute.errors) == (1000, 1000, 0)


def test_nothing_has_no_quantile_and_what_is_very_slow_has_the_last_bound() -> None:
    minute = Minute()
    assert minute.quantile_ms(0.5) is None
    minute.count(is_error=True, took_s=10**6, compute_s=0)
    assert minute.quantile_ms(0.5) == BOUNDS_MS[-1]
    assert minute.errors == 1


def test_a_minute_goes_on_where_another_process_has_stopped() -> None:
    first, second = Figures(), Figures()
    first.now("poet").count(is_error=False, took_s=0.01, compute_s=0.5)
    rows = first.take_changed()
    assert first.take_changed() == []
    second.load(rows)
    second.now("poet").count(is_error=True, took_s=0.01, compute_s=0.5)
    (row,) = second.take_changed()
    assert (row.requests, row.errors, row.compute_ms) == (2, 1, 1000)
    assert sum(read_minute(row).latencies) == 2


def test_minutes_add_up() -> None:
    one, two = Minute(), Minute()
    one.count(is_error=False, took_s=0.01, compute_s=1)
    two.count(is_error=True, took_s=0.01, compute_s=2)
    two.refused = 3
    one.add(two)
    assert (one.requests, one.errors, one.refused, one.compute_ms) == (2, 1, 3, 3000)


def test_what_is_refused_has_no_latency() -> None:
    minute = Minute()
    minute.refuse()
    minute.refuse(compute_s=0.5)
    assert (minute.requests, minute.errors, minute.refused, minute.compute_ms) == (0, 0, 2, 500)
    assert minute.quantile_ms(0.5) is None


@pytest.mark.parametrize("latencies", ["", "nonsense", "[1]", '{"a": 1}', '["x"]'])
def test_a_broken_minute_is_read_without_its_latencies(latencies: str) -> None:
    row = MinuteRow(deployment="poet", minute=1, requests=3, errors=1, refused=0, compute_ms=5, latencies=latencies)
    minute = read_minute(row)
    minute.count(is_error=False, took_s=0.01, compute_s=0)
    assert (minute.requests, sum(minute.latencies)) == (4, 1)
