from __future__ import annotations

import pytest
from starlette.requests import Request

from gesso.errors import InputError
from gesso.server.hosted.wanted import Preference


def preference(**headers: str) -> Preference:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Preference.of(Request({"type": "http", "headers": raw}))


@pytest.mark.parametrize(
    ("said", "wait_s", "is_async"),
    [
        ("", None, False),
        ("wait", 59.5, False),
        ("wait=5", 4.5, False),
        ("wait = 5", 4.5, False),
        ("wait=9999", 59.5, False),
        ("wait=0", 0.5, False),
        ("wait=-1", None, False),
        ("wait=x, nonsense", None, False),
        ("respond-async", None, True),
        ("respond-async, wait=3", 2.5, True),
        ("WAIT", 59.5, False),
    ],
)
def test_prefer_is_read(said: str, wait_s: float | None, *, is_async: bool) -> None:
    found = preference(prefer=said)
    assert (found.wait_s, found.is_async) == (wait_s, is_async)


@pytest.mark.parametrize(("said", "seconds"), [("30s", 30), ("1m", 60), ("1h30m45s", 5445), ("24h", 86400), ("90", 90)])
def test_a_time_is_read(said: str, seconds: float) -> None:
    assert preference(cancel_after=said).deadline_s == seconds


@pytest.mark.parametrize("said", ["", "s", "1s", "4", "25h", "1d", "-5s", "5m1h", "9" * 30, "٣٠s"])
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(InputError):
        Preference.of(Request({"type": "http", "headers": [(b"cancel-after", said.encode())]}))
