from __future__ import annotations

import threading

import pytest

from gesso.server.direct.threads import Threads, is_small


@pytest.mark.parametrize("value", [None, True, 1.5, "fox", "a" * 5_000, [1, [2]], {"a": {"b": [1, 2]}}, [0.5] * 150])
def test_what_is_small_is_known(value: object) -> None:
    assert is_small(value)


@pytest.mark.parametrize("value", ["a" * 50_000, [0] * 1_000, [["a" * 5_000]] * 9, {"a": [0] * 500}, b"fox", object()])
def test_what_is_large_or_not_plain_is_known(value: object) -> None:
    assert not is_small(value)


async def test_work_is_done_elsewhere() -> None:
    threads = Threads(1)
    assert await threads.call(lambda a, *, b: (a + b, threading.current_thread().name), 1, b=2) != (3, "MainThread")
    with pytest.raises(ValueError, match="invalid literal"):
        await threads.call(int, "x")
