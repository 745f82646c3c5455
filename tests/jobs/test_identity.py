from __future__ import annotations

from gesso.jobs.identity import is_id, new_id


def test_ids_sort_by_time_also_within_a_millisecond() -> None:
    made = [new_id() for _ in range(2000)]
    assert made == sorted(set(made))
    assert all(map(is_id, made))


def test_what_is_no_id_is_none() -> None:
    assert not any(map(is_id, ("", "x" * 25, "O" * 26, new_id().upper(), new_id() + "\n")))
