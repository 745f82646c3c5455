"""A model is fetched from a repository, trusted, and runs like any other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gesso.errors import NotFoundError, TrustError
from tests.journeys.conftest import HEAD, Studio, run
from tests.registry.git.repositories import commit, make_repository, serving_repositories

CODE = HEAD + 'class Greet(Model):\n    def run(self) -> str:\n        return "first"\n'

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git, as the models in repositories do")


async def test_from_the_address_to_the_result(
    nothing_left: None, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, registry = studio.app, studio.app.registry
    monkeypatch.setattr(registry._git, "_allow_private", True)
    make_repository(tmp_path / "web" / "greet", {"model.py": CODE})
    with serving_repositories(tmp_path / "web") as server:
        with pytest.raises(NotFoundError, match="not on this computer yet"):
            await app.open(server.url("greet"))
        assert server.asked == []
        source = await registry.fetch(server.url("greet"), studio.news.append)
        with pytest.raises(TrustError):
            await app.open(server.url("greet"))
        app.trust.trust(source)
        first, _ = await run(await app.open(server.url("greet")))
        commit(tmp_path / "web" / "greet", {"model.py": CODE.replace("first", "second")})
        newer = await registry.fetch(server.url("greet"), studio.news.append, is_newest=True)
    app.trust.trust(newer)
    second, _ = await run(await app.open(server.url("greet")))
    again, _ = await run(await app.open(source.address))
    assert [result.outputs["output"] for result in (first, second, again)] == ["first", "second", "first"]
    assert {contact.what_for for contact in app.door.ledger.contacts()} == {"the model greet"}
