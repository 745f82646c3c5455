from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from gesso.app import App
from gesso.errors import InstallError
from gesso.runtime.host.environment import Environment, Environments, Report
from gesso.spec.model import SCHEMA_VERSION, Requirements
from tests.server.models import TOML, add_echo
from tests.server.routers.test_files import SVG, png


async def test_the_models_in_the_box_are_listed(client: httpx.AsyncClient) -> None:
    models = (await client.get("/api/v1/models")).json()["models"]
    pose = next(model for model in models if model["name"] == "pose")
    assert pose["origin"] == "box"
    assert pose["is_trusted"] is True
    assert pose["licence"]
    assert pose["problem"] is None


async def test_a_model_comes_with_its_spec(client: httpx.AsyncClient) -> None:
    pose = (await client.get("/api/v1/models/pose")).json()
    assert pose["spec"]["commands"][0]["inputs"][0]["type"] == "image"
    assert pose["spec"]["schema_version"] == SCHEMA_VERSION


async def test_a_stranger_is_shown_without_running_it(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo", is_trusted=False)
    echo = (await client.get("/api/v1/models/echo")).json()
    assert echo["spec"] is None
    assert echo["problem"]["code"] == "trust"
    assert echo["licence"] == "MIT"
    assert echo["is_trusted"] is False


async def test_a_broken_model_says_why_and_hides_no_other(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = add_echo(app, tmp_path / "echo")
    (folder / "gesso.toml").write_text("name = [")
    models = {model["name"]: model for model in (await client.get("/api/v1/models")).json()["models"]}
    assert models["echo"]["problem"]["code"] == "declaration"
    assert models["pose"]["problem"] is None


async def test_a_picture_of_a_model_is_handed_out(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = add_echo(app, tmp_path / "echo")
    assert (await client.get("/api/v1/models/echo/preview")).status_code == 404
    (folder / "preview.png").write_bytes(png())
    answer = await client.get("/api/v1/models/echo/preview")
    assert answer.content == png()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "private, no-cache"


async def test_a_picture_is_a_picture_and_lies_in_the_models_folder(
    app: App, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    folder = add_echo(app, tmp_path / "echo")
    picture = folder / "preview.png"
    picture.write_bytes(SVG)
    assert (await client.get("/api/v1/models/echo/preview")).status_code == 404
    picture.unlink()
    (tmp_path / "private.png").write_bytes(png())
    picture.symlink_to(tmp_path / "private.png")
    assert (await client.get("/api/v1/models/echo/preview")).status_code in {404, 422}
    picture.unlink()
    picture.mkdir()
    assert (await client.get("/api/v1/models/echo/preview")).status_code == 404


async def test_examples_are_ready_to_be_sent(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = add_echo(app, tmp_path / "echo")
    (folder / "gesso.toml").write_text(TOML.replace("[[examples]]", '[[examples]]\nimage = "package:numpy/version.py"'))
    examples = (await client.get("/api/v1/models/echo/examples")).json()["examples"]
    assert examples[0]["inputs"]["text"] == "an example"
    image = examples[0]["inputs"]["image"]
    assert image["name"] == "version.py"
    assert (await client.get(f"/api/v1/files/{image['blob']}")).status_code == 200


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Requirements]:
    """What somebody had installed; nothing really is."""
    asked: list[Requirements] = []

    async def make(environments: Environments, requirements: Requirements, *, report: Report) -> Environment:
        asked.append(requirements)
        raise InstallError("There is no such package.")

    monkeypatch.setattr(Environments, "prepare", make)
    return asked


NEEDY = "dependencies = ['a-package-that-nobody-has']\n" + TOML.replace(
    "[[examples]]", '[[examples]]\ntext = "alone"\n[[examples]]\nimage = "package:a/b.png"'
)


async def test_whoever_only_looks_has_nothing_installed(
    app: App, client: httpx.AsyncClient, tmp_path: Path, *, installed: list[Requirements]
) -> None:
    (add_echo(app, tmp_path / "echo") / "gesso.toml").write_text(NEEDY)
    shown = (await client.get("/api/v1/models/echo")).json()
    assert (shown["spec"], shown["problem"]["code"]) == (None, "not_prepared")
    examples = (await client.get("/api/v1/models/echo/examples")).json()
    assert examples == {"examples": [{"inputs": {"text": "alone"}}], "is_prepared": False}
    assert (await client.get("/api/v1/models/echo/preview")).status_code == 404
    assert (await client.get("/api/v1/models")).status_code == 200
    assert installed == []
    prepared = await client.post("/api/v1/models/echo/prepare")
    assert (prepared.status_code, prepared.json()["code"]) == (422, "install")
    assert [needs.dependencies for needs in installed] == [("a-package-that-nobody-has",)]


async def test_a_model_that_was_prepared_has_its_spec(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo")
    assert (await client.post("/api/v1/models/echo/prepare")).json()["spec"]["name"] == "echo"
    assert (await client.get("/api/v1/models/echo")).json()["spec"]["name"] == "echo"
    assert (await client.get("/api/v1/models/echo/examples")).json()["is_prepared"] is True


async def test_a_stranger_is_not_prepared(
    app: App, client: httpx.AsyncClient, tmp_path: Path, *, installed: list[Requirements]
) -> None:
    (add_echo(app, tmp_path / "echo", is_trusted=False) / "gesso.toml").write_text(NEEDY)
    assert (await client.post("/api/v1/models/echo/prepare")).status_code == 403
    assert installed == []


async def test_an_example_of_a_stranger_runs_nothing(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = add_echo(app, tmp_path / "echo", is_trusted=False)
    (folder / "gesso.toml").write_text(TOML.replace("[[examples]]", '[[examples]]\nimage = "package:numpy/version.py"'))
    assert (await client.get("/api/v1/models/echo/examples")).status_code == 403


@pytest.mark.parametrize("end", ["", "/preview", "/examples"])
async def test_a_model_that_is_not_there(client: httpx.AsyncClient, end: str) -> None:
    answer = await client.get(f"/api/v1/models/pos{end}")
    assert answer.status_code == 404
    assert "hint" in answer.json()
