"""A home with a small trainer for every test that wants one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gesso.app import App
from gesso.settings import load
from tests.training.trainers import boxed


@pytest.fixture
def trainers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the trainer `bigrams`, in the place of the box."""
    with boxed(tmp_path / "trainers", monkeypatch) as folder:
        return folder


@pytest.fixture
async def app(warm_home: Path, trainers: Path) -> AsyncIterator[App]:
    """A Gesso whose home is empty but for environments, with that trainer."""
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        yield app
