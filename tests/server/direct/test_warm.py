from __future__ import annotations

from pathlib import Path

import pytest

from gesso.app import App
from gesso.errors import NotFoundError, TrustError
from gesso.server.direct.warm import WarmModels
from tests.server.models import add_echo


async def test_a_model_stays_the_same_as_long_as_it_is_the_same(app: App, tmp_path: Path) -> None:
    folder = add_echo(app, tmp_path / "echo")
    models = WarmModels(app, fresh_s=0)
    first = await models.get("echo", options={}, device="auto")
    assert await models.get("echo", options={}, device="auto") is first
    assert await models.get("echo", options={}, device="cpu") is not first
    (folder / "notes.txt").write_text("another version")
    assert await models.get("echo", options={}, device="auto") is not first


async def test_for_a_moment_nothing_is_looked_at(app: App, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo")
    models = WarmModels(app, fresh_s=600)
    first = await models.get("echo", options={}, device="auto")
    app.registry.remove("echo")
    assert await models.get("echo", options={}, device="auto") is first


async def test_what_is_gone_or_not_trusted_any_more_is_not_run(app: App, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo")
    models = WarmModels(app, fresh_s=0)
    await models.get("echo", options={}, device="auto")
    app.trust.revoke(app.registry.find("echo"))
    with pytest.raises(TrustError):
        await models.get("echo", options={}, device="auto")
    app.registry.remove("echo")
    for name in ("echo", "./echo", "/etc"):
        with pytest.raises(NotFoundError):
            await models.get(name, options={}, device="auto")
