"""`@concurrent` and `@streaming` are taken as Cog takes them."""

from __future__ import annotations

from typing import Any

import pytest
from cog import concurrent, streaming
from cog.decorators import CONCURRENT_MARK


async def waits() -> str:
    return "fox"


def works() -> str:
    return "fox"


def test_with_and_without_brackets() -> None:
    assert streaming(works) is works
    assert streaming()(works) is works
    assert getattr(concurrent(max=4)(waits), CONCURRENT_MARK) == 4
    assert concurrent(works) is works


@pytest.mark.parametrize(("most", "error"), [(0, ValueError), (True, TypeError), ("4", TypeError)])
def test_a_bad_number_is_refused(most: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        concurrent(max=most)


def test_only_async_methods_wait_side_by_side() -> None:
    with pytest.raises(TypeError, match="async"):
        concurrent(max=2)(works)
