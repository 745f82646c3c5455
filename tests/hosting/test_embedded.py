"""What the engine in this process keeps: models that have files, also those for another platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.app import App
from gesso.errors import InputError
from gesso.hosting.deployment import Release
from gesso.hosting.embedded import EmbeddedEngine
from gesso.settings import load
from gesso.spec.runnable import Request, Result
from tests.conftest import ROOT


async def test_a_model_that_serves_itself_is_not_kept(home: Path) -> None:
    async with App(load(), report=lambda _: None) as app:
        engine = EmbeddedEngine(app.registry, app.runtime, blobs=app.blobs, folder=home / "hosted")
        with pytest.raises(InputError, match="one that serves itself"):
            await engine.pin("runway+http://localhost:9000", is_trusted=True)


async def test_a_runway_model_is_kept_and_run(warm_home: Path) -> None:
    async with App(load(), report=lambda _: None) as app:
        app.home.own()
        engine = EmbeddedEngine(app.registry, app.runtime, blobs=app.blobs, folder=warm_home / "hosted")
        pinned = await engine.pin(str(ROOT / "tests" / "compat" / "models" / "growing"), is_trusted=True)
        release = Release(
            number=1,
            model=pinned.model,
            digest=pinned.digest,
            archive=pinned.archive,
            command="write",
            created_at="2026-01-01T00:00:00+00:00",
        )
        model = await engine.runnable(release)
        events = [event async for event in model.run(Request(inputs={"prompt": "once"}, command="write"))]
        assert isinstance(events[-1], Result)
        assert events[-1].outputs["text"] == "once..."
