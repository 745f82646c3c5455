"""A queue for every test that wants one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.jobs.fakes import Queue, open_queue


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[Queue]:
    """A queue in a home of its own, with a model that does what the test tells it."""
    async with open_queue(tmp_path / "home") as made:
        yield made
