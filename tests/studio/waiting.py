"""Waiting for what a page comes to; what Playwright's `expect` has a word for is said with that."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

Value = TypeVar("Value")

_LONGEST_S: Final = 10
_PAUSE_S: Final = 0.05


def eventually(read: Callable[[], Value], is_right: Callable[[Value], bool]) -> Value:
    """Read a value until it is right, and return it. After ten seconds it must be."""
    end = time.monotonic() + _LONGEST_S
    while not is_right(value := read()):
        if time.monotonic() > end:
            raise AssertionError(f"after {_LONGEST_S} seconds it is still {value!r}")
        time.sleep(_PAUSE_S)
    return value


def run_nothing_by_itself(page: Any) -> None:
    """Have a page run a quick model only when somebody presses the button. To be said before the page is there."""
    page.add_init_script("""localStorage.setItem("gesso.preferences", '{"state": {"isLive": false}, "version": 0}')""")


def asks_for_job(request: Any) -> bool:
    return bool(request.method == "POST" and request.url.endswith("/api/v1/jobs"))


def brings_file(request: Any) -> bool:
    return bool(request.method == "POST" and "/api/v1/files?" in request.url)
