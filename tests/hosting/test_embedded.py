"""What the engine in this process keeps: models that have files, also those for another platform."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gesso.app import App
from gesso.errors import DamagedError, InputError
from gesso.hosting.deployment import Release
from gesso.hosting.embedded import EmbeddedEngine
from gesso.settings import load
from gesso.spec.runnable import Request, Result
from tests.conftest import ROOT
from tests.hosting.models import write_poet


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


async def test_a_copy_that_is_gone_is_said_to_be_gone(warm_home: Path, tmp_path: Path) -> None:
    async with App(load(), report=lambda _: None) as app:
        app.home.own()
        engine = EmbeddedEngine(app.registry, app.runtime, blobs=app.blobs, folder=warm_home / "hosted")
        pinned = await engine.pin(str(write_poet(tmp_path / "poet")), is_trusted=True)
        app.blobs.remove(pinned.archive, unused_since=time.time() + 60)
        release = Release(
            number=1, model=pinned.model, digest=pinned.digest, archive=pinned.archive, command="run", created_at=""
        )
        with pytest.raises(DamagedError, match="The copy of poet that was deployed is gone") as refused:
            await engine.runnable(release)
        assert "Deploy the model again" in refused.value.hint
