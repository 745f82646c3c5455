"""What the stories share: a Gesso with a home of its own, and models written on the spot."""

from __future__ import annotations

import os
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gesso.app import App
from gesso.runtime.host.model import WorkerModel
from gesso.settings import load
from gesso.spec.runnable import Event, Log, Request, Result

HEAD = """
from __future__ import annotations
import os, subprocess, sys, time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
import numpy as np
from gesso import (
    CanceledError, Field, File, Image, Model, Range, State, command, is_canceled, log, preview, progress, scratch, seed
)
"""


class Studio:
    """A Gesso in this process, and every event that it told."""

    def __init__(self, app: App, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self.news: list[Event] = []

    def write(self, code: str, *, name: str = "story", manifest: str = "") -> Path:
        """Write a model folder and trust it; `code` comes after the imports that every story needs."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "model.py").write_text(HEAD + textwrap.dedent(code), encoding="utf-8")
        (folder / "gesso.toml").write_text(textwrap.dedent(manifest) or f'name = "{name}"\n', encoding="utf-8")
        self.app.trust.trust(self.app.registry.find(str(folder)))
        return folder

    async def open(self, code: str, *, name: str = "story", manifest: str = "", **options: Any) -> WorkerModel:
        """Write a model and open it."""
        return await self.app.open(str(self.write(code, name=name, manifest=manifest)), options=options)


async def run(model: WorkerModel, command: str | None = None, **inputs: Any) -> tuple[Result, list[Event]]:
    """Run a model once. Returns the result and what it said before."""
    events = [event async for event in model.run(Request(inputs=inputs, command=command))]
    assert isinstance(events[-1], Result)
    return events[-1], events[:-1]


def lines(events: list[Event], level: str = "info") -> list[str]:
    """Return the lines that a model logged or printed at a level."""
    return [event.text for event in events if isinstance(event, Log) and event.level == level]


def worker_of(pid: int) -> Callable[[], bool]:
    """Return a function that says whether a process still runs."""

    def runs() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    return runs


@pytest.fixture
async def studio(warm_home: Path, tmp_path: Path) -> AsyncIterator[Studio]:
    """A Gesso whose home is the test's own, but for the environments of models."""
    news: list[Event] = []
    async with App(load(), report=news.append) as app:
        made = Studio(app, tmp_path)
        made.news = news
        yield made
