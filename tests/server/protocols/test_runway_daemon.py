"""Runway's daemon, as the plug-ins for Unity and Photoshop speak to it."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.server.application import create_app
from gesso.server.owner import OwnerKey
from gesso.server.protocols.runway_sessions import version_number
from tests.server.protocols.painter import add_painter, opened, picture

JSON = {"Accept": "application/json", "Content-Type": "application/json"}


@pytest.fixture
async def painter(app: App, tmp_path: Path) -> Path:
    """The model, described already."""
    folder = add_painter(app, tmp_path / "painter")
    await app.registry.spec(app.registry.find("painter"))
    return folder


async def start(client: httpx.AsyncClient, model: str = "painter", **order: Any) -> dict[str, Any]:
    """Start a model as Unity does."""
    provider = {"runLocation": "Remote", "runType": None, "gpuIndex": -1}
    asked = {"modelVersionId": version_number(model), "modelOptions": {}, "application": "Unity"}
    answer = await client.post("/v1/model_sessions", json=asked | {"providerOptions": provider} | order, headers=JSON)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    assert made["id"] == made["modelSession"]["id"]  # Photoshop reads the one, Unity the other
    return dict(made["modelSession"])


async def until(client: httpx.AsyncClient, session: dict[str, Any], status: str) -> dict[str, Any]:
    """Poll as the plug-ins do."""
    async with asyncio.timeout(60):
        while True:
            found = (await client.get(f"/v1/model_sessions/{session['id']}")).json()["modelSession"]
            if found["runningStatus"] == status:
                return dict(found)
            await asyncio.sleep(0.02)


async def test_it_is_found_at_its_own_port(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/healthcheck", headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {"success": True})


@pytest.mark.usefixtures("painter")
async def test_models_are_listed_in_the_shape_that_unity_reads(client: httpx.AsyncClient) -> None:
    models = {model["name"]: model for model in (await client.get("/v1/models", headers=JSON)).json()["models"]}
    assert {"pose", "painter"} <= set(models)
    found = models["painter"]
    assert found["defaultVersionId"] == version_number("painter")
    assert [field["name"] for field in found["options"]] == ["mood"]
    assert [command["name"] for command in found["commands"]] == ["run", "find", "cut"]
    assert found["commands"][0]["outputs"][0]["type"] == "image"
    for model in models.values():  # Unity goes through both without a look whether they are there
        assert isinstance(model["options"], list)
        assert isinstance(model["commands"], list)
        assert isinstance(model["description"], str)
        assert 0 < model["defaultVersionId"] < 2**31


def test_the_number_of_a_model_never_changes() -> None:
    assert version_number("pose") == 1626857684
    numbers = {version_number(f"model-{number}") for number in range(1000)}
    assert len(numbers) == 1000


@pytest.mark.usefixtures("painter")
async def test_unity_starts_runs_and_stops_a_model(client: httpx.AsyncClient) -> None:
    session = await start(client, modelOptions={"mood": "glad"})
    assert session["runningStatus"] in {"STARTING", "RUNNING"}
    assert (session["application"], session["modelVersionId"]) == ("Unity", version_number("painter"))
    session = await until(client, session, "RUNNING")
    assert session["startedRunningAt"]
    assert session["model"]["name"] == "painter"
    answer = await client.post(f"{session['url']}/run", json={"image": picture(), "caption": "fox"}, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert answer.json()["caption"] == "glad fox red 0.5"
    assert opened(answer.json()["image"]).format == "JPEG"
    listed = (await client.get("/v1/model_sessions", params={"show": "active"})).json()["modelSessions"]
    assert [each["id"] for each in listed] == [session["id"]]
    assert (await client.delete(f"/v1/model_sessions/{session['id']}")).status_code == 200
    assert (await client.get("/v1/model_sessions?show=active")).json() == {"modelSessions": []}
    ended = (await client.get("/v1/model_sessions")).json()["modelSessions"]
    assert [(each["runningStatus"], bool(each["endedAt"])) for each in ended] == [("STOPPED", True)]
    assert (await client.post(f"{session['url']}/run", json={"image": picture()})).status_code == 404


@pytest.mark.usefixtures("painter")
async def test_photoshop_stops_its_own_and_leaves_others(client: httpx.AsyncClient) -> None:
    mine, other = await start(client, application="Photoshop"), await start(client)
    answer = await client.post("/v1/model_sessions/stop_all", json={"application": "Photoshop"}, headers=JSON)
    assert answer.json() == {"success": True}
    active = (await client.get("/v1/model_sessions?show=active")).json()["modelSessions"]
    assert [each["id"] for each in active] == [other["id"]]
    await until(client, mine, "STOPPED")
    assert (await client.post("/v1/model_sessions/stop_all")).json() == {"success": True}
    assert (await client.get("/v1/model_sessions?show=active")).json() == {"modelSessions": []}


@pytest.mark.usefixtures("painter")
async def test_a_session_is_a_model_of_the_sdk(client: httpx.AsyncClient) -> None:
    session = await start(client)
    for path in ("", "/", "/meta"):
        meta = (await client.get(session["url"] + path)).json()
        assert (meta["modelSDKVersion"], meta["GPU"]) == ("0.6.1", False)
        assert [command["name"] for command in meta["commands"]] == ["run", "find", "cut"]
    assert meta["millisSinceLastCommand"] is None
    await until(client, session, "RUNNING")
    assert (await client.get(f"{session['url']}/healthcheck")).json() == {"status": "RUNNING"}
    command = (await client.get(f"{session['url']}/find")).json()
    assert [field["type"] for field in command["inputs"]] == ["image_point", "vector"]
    answer = await client.get(f"{session['url']}/nothere")
    assert answer.status_code == 404
    assert "Unknown command: nothere." in answer.json()["error"]
    assert (await client.post(f"{session['url']}/setup", json={"mood": "sad"})).json() == {"success": True}
    headers = {"X-Runway-Output-Format": "image=PNG", "Content-Encoding": "gzip", "Content-Type": "application/json"}
    body = gzip.compress(json.dumps({"image": picture()}).encode())
    answer = await client.post(f"{session['url']}/run", content=body, headers=headers)
    assert (answer.json()["caption"], opened(answer.json()["image"]).format) == ("sad  red 0.5", "PNG")
    meta = (await client.get(f"{session['url']}/meta")).json()
    assert meta["millisRunning"] >= meta["millisSinceLastCommand"] >= 0


@pytest.mark.usefixtures("painter")
@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"modelVersionId": 1}, 404),
        ({"modelVersionId": "pose"}, 400),
        ({"modelVersionId": -1}, 400),
        ({"modelVersionId": 2**40}, 400),
        ({"modelVersionId": None}, 400),
        ({"modelOptions": []}, 400),
        ({"modelOptions": {"mood": 7}}, 400),
        ({"application": 7}, 400),
        ({"providerOptions": "Remote"}, 400),
    ],
)
async def test_an_order_that_is_wrong_is_told_so(client: httpx.AsyncClient, order: Any, status: int) -> None:
    asked = {"modelVersionId": version_number("painter"), "application": "Unity"} | order
    answer = await client.post("/v1/model_sessions", json=asked)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]
    assert (await client.get("/v1/model_sessions")).json() == {"modelSessions": []}


@pytest.mark.parametrize("content", [b"", b"fox", b"[]", b"{}", b"\xff"])
async def test_a_body_that_is_none_is_told_so(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post("/v1/model_sessions", content=content, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_a_model_that_nobody_trusts_is_not_started(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "gesso.toml").write_text('name = "theirs"\n')
    (folder / "model.py").write_text("raise SystemExit('run')\n")
    app.registry.add(str(folder))
    answer = await client.post("/v1/model_sessions", json={"modelVersionId": version_number("theirs")})
    assert answer.status_code == 403
    assert "theirs" in answer.json()["error"]
    listed = (await client.get("/v1/models")).json()["models"]
    assert next(model for model in listed if model["name"] == "theirs")["commands"] == []


async def test_a_model_that_cannot_get_ready_has_failed(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "gesso.toml").write_text('name = "broken"\n')
    (folder / "model.py").write_text(
        "from gesso import Model\nclass Broken(Model):\n"
        "    def setup(self) -> None:\n        raise OSError('no weights')\n"
        "    def run(self, text: str) -> str:\n        return text\n"
    )
    app.trust.trust(app.registry.add(str(folder)))
    found = await until(client, await start(client, "broken"), "FAILED")
    assert "no weights" in found["error"]
    answer = await client.post(f"{found['url']}/run", json={"text": "a"})
    assert answer.status_code == 404


PATHS = [
    *(("GET", "/v1/healthcheck"), ("GET", "/v1/models"), ("GET", "/v1/model_sessions"), ("POST", "/v1/model_sessions")),
    *(("GET", "/v1/model_sessions/1"), ("DELETE", "/v1/model_sessions/1"), ("POST", "/v1/model_sessions/stop_all")),
    *(("GET", "/runway/sessions/1"), ("GET", "/runway/sessions/1/meta"), ("POST", "/runway/sessions/1/run")),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_where_a_key_is_asked_for_it_is_closed(app: App, method: str, path: str) -> None:
    key = OwnerKey(app.settings.home)
    key.make()
    transport = httpx.ASGITransport(create_app(app, key=key))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:5142") as client:
        answer = await client.request(method, path)
        assert answer.status_code == 401
        assert answer.json()["error"]


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_other_computers_and_pages_stay_out(app: App, method: str, path: str) -> None:
    far = httpx.ASGITransport(create_app(app, address="0.0.0.0"), client=("192.0.2.7", 1234))
    async with httpx.AsyncClient(transport=far, base_url="http://127.0.0.1:5142") as client:
        assert (await client.request(method, path)).status_code == 401
    near = httpx.ASGITransport(create_app(app))
    async with httpx.AsyncClient(transport=near, base_url="http://127.0.0.1:5142") as client:
        for origin in ("null", "http://localhost:3000", "https://evil.example"):
            assert (await client.request(method, path, headers={"Origin": origin})).status_code == 403


async def test_a_page_with_a_token_of_its_own_learns_of_no_models(client: httpx.AsyncClient, app: App) -> None:
    """It may ask at `/v1/models`, for OpenAI's words; what is on this computer is no business of it."""
    editor = "https://editor.p5js.org"
    await client.post("/api/v1/deployments", json={"model": "pose", "is_public": True})
    await client.patch("/api/v1/deployments/pose", json={"origins": [editor]})
    answer = await client.get("/v1/models", headers={"Origin": editor})
    assert answer.status_code in {200, 401}
    assert "models" not in answer.json()


@pytest.mark.parametrize("path", ["/v1/none", "/v1", "/runway", "/runway/sessions", "/v1/model_sessions/1/none"])
async def test_a_wrong_address_is_no_page_of_the_studio(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"
