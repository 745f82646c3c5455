from __future__ import annotations

import pytest

from gesso.jobs import identity
from gesso.jobs.identity import is_id, new_id


def test_ids_sort_by_time_also_within_a_millisecond() -> None:
    made = [new_id() for _ in range(2000)]
    assert made == sorted(set(made))
    assert all(map(is_id, made))


def test_what_is_no_id_is_none() -> None:
    assert not any(map(is_id, ("", "x" * 25, "O" * 26, new_id().upper(), new_id() + "\n")))


def test_ids_go_on_after_one_of_a_clock_that_was_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_last", 0)
    ahead = "7zzzzzzzzz" + "a" * 16
    identity.begin_after(ahead)
    identity.begin_after(new_id())
    made = [new_id() for _ in range(3)]
    assert ahead < made[0] < made[1] < made[2]
    assert all(map(is_id, made))
