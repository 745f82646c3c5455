"""Runway's hosted protocol on the wire, as its documentation and its npm package have it."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.server.protocols import runway_errors
from tests.server.protocols.painter import add_painter, host, opened, picture, token

EDITOR = "https://editor.p5js.org"
QUERY = "/m/painter/v1/query"


@pytest.fixture(autouse=True)
def painter(app: App, tmp_path: Path) -> Path:
    """The model's folder."""
    return add_painter(app, tmp_path / "painter")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks too often need not wait for long here."""
    monkeypatch.setattr(runway_errors, "RATE_WAIT_S", 0.3)


async def until_running(client: httpx.AsyncClient, headers: dict[str, str]) -> list[str]:
    """Ask as `waitUntilAwake` does. Returns what was told."""
    told: list[str] = []
    async with asyncio.timeout(60):
        while "running" not in told:
            told.append((await client.get("/m/painter/v1", headers=headers)).json()["status"])
            await asyncio.sleep(0.02)
    return told


async def test_a_model_wakes_says_what_it_is_and_answers(client: httpx.AsyncClient, app: App) -> None:
    await host(client)
    bearer = await token(client, "painter")
    answer = await client.get("/m/painter/v1", headers=bearer)
    told = answer.json()
    assert told.pop("status") in {"starting", "running"}
    assert told == {"queryRoute": "/v1/query", "dataRoute": None, "errorRoute": None}
    assert (await until_running(client, bearer))[-1] == "running"
    info = (await client.get("/m/painter/v1/info", headers=bearer)).json()
    assert set(info) == {"name", "description", "inputs", "outputs"}
    assert [field["name"] for field in info["inputs"]][:3] == ["image", "caption", "strength"]
    strength = info["inputs"][2]
    assert strength == {
        "name": "strength", "type": "number", "description": None, "default": 0.5, "min": 0, "max": 1, "step": 0.1,
    }  # fmt: skip
    answer = await client.post(QUERY, json={"image": picture(), "caption": "fox"}, headers=bearer)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    outputs = answer.json()
    assert (outputs["caption"], outputs["size"]) == ("plain fox red 0.5", [6, 4])
    assert outputs["image"].startswith("data:image/jpeg;base64,")
    log = await app.hosting.log("painter")
    assert [entry.protocol for _, entry in log if entry.kind == "request"] == ["runway"]  # the rest costs nothing


@pytest.mark.parametrize("path", ["/m/painter{}/v1", "/m/painter{}//v1/", "/m/painter{}/v1//", "/m//painter{}/v1"])
@pytest.mark.parametrize("middle", ["", ".runwayml.cloud"])
async def test_slashes_are_tolerated(client: httpx.AsyncClient, path: str, middle: str) -> None:
    await host(client, is_public=True)
    base = path.format(middle)
    assert (await client.get(base)).json()["queryRoute"] == "/v1/query"
    assert (await client.get(f"{base}//info")).json()["name"] == "run"
    answer = await client.post(f"{base}/query", json={"image": picture()})
    assert answer.status_code == 200, answer.text


async def test_the_owner_chooses_the_command(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True, command="find", name="finder")
    told = (await client.post("/m/finder/v1/query", json={"corner": [0.5, 0.25], "z": [1, 2, 3]})).json()
    assert told["points"] == [[0.5, 0.25]]
    assert told["pose"] == [[0.5, 0.0], [0.5, 1.0]]
    assert told["boxes"] == [[0.1, 0.2, 0.3, 0.4]]
    assert opened(told["mask"]).size == (3, 2)


async def test_the_form_of_pictures_is_asked_for(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True)
    asked = {"image": picture()}
    answer = await client.post(QUERY, json=asked, headers={"X-Runway-Output-Format": "image=PNG"})
    assert opened(answer.json()["image"]).format == "PNG"
    answer = await client.post(QUERY, json=asked, headers={"X-Runway-Output-Format": "image=EXR"})
    assert answer.status_code == 400
    assert "JPEG or PNG" in answer.json()["error"]


async def test_nobody_comes_in_without_the_token(client: httpx.AsyncClient) -> None:
    await host(client)
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "kN5PB/GGgL5IcXxViegzUA=="}):
        for method, path in (("GET", ""), ("GET", "/info"), ("POST", "/query")):
            answer = await client.request(method, f"/m/painter/v1{path}", headers=headers)
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert "token" in answer.json()["error"]


async def test_what_is_not_there_or_switched_off_is_404(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True)
    await client.patch("/api/v1/deployments/painter", json={"is_active": False})
    for name in ("painter", "nobody", "Painter", "painter.runwayml.cloud", "painter.example.cloud"):
        for method, path in (("GET", ""), ("GET", "/info"), ("POST", "/query"), ("GET", "/none"), ("GET", "/query")):
            answer = await client.request(method, f"/m/{name}/v1{path}")
            assert answer.status_code == 404, (name, path)
            assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "JSON"),
        (b"fox", "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[]", "JSON"),
        (b'"text"', "JSON"),
        (b"null", "JSON"),
        (b'{"image": NaN}', "JSON"),
        (b'{"a":' * 5000, "JSON"),
        (b'{"image": ' + b"[" * 500 + b"]" * 500 + b"}", "JSON"),
        (b'{"caption": "\\ud800"}', "JSON"),
        (b"{}", "image"),
        (b'{"image": 7}', "image"),
        (b'{"image": "data:image/png;base64,AAAA"}', "image"),
        (b'{"image": {"url": "http://127.0.0.1:5142/api/v1/settings"}}', "image"),
        (b'{"image": {"blob": "' + b"0" * 64 + b'"}}', "."),
    ],
)
async def test_a_body_that_is_wrong_is_told_so(client: httpx.AsyncClient, content: bytes, word: str) -> None:
    await host(client, is_public=True)
    answer = await client.post(QUERY, content=content)
    assert answer.status_code in {400, 404}, answer.text
    assert word in answer.json()["error"]
    assert {"code", "message", "hint"} <= set(answer.json())


async def test_json_is_read_whatever_the_body_says_that_it_is(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True)
    body = json.dumps({"image": picture(), "caption": "fox", "unknown": 1}).encode()
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "image/png"}):
        answer = await client.post(QUERY, content=body, headers=headers)
        assert answer.json()["caption"] == "plain fox red 0.5"
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert (await client.post(QUERY, content=gzip.compress(body), headers=packed)).status_code == 200
    assert (await client.post(QUERY, content=body, headers=packed)).status_code == 400
    answer = await client.request("GET", "/m/painter/v1", content=body)
    assert answer.status_code == 200


async def test_what_is_too_large_is_refused_before_it_is_read(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True)
    answer = await client.post(QUERY, content=b"{}", headers={"Content-Length": "100000001"})
    assert answer.status_code == 413
    assert "error" in answer.json()
    bomb = gzip.compress(b" " * 100_000_001)
    answer = await client.post(QUERY, content=bomb, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413


async def test_a_picture_may_be_as_large_as_in_a_direct_run(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True)
    answer = await client.post(QUERY, json={"image": picture(), "caption": "x" * 11_000_000})
    assert (answer.status_code, "caption" in answer.json()["error"]) == (400, True)


async def test_a_model_that_fails_is_500_and_no_traceback_leaves(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True)
    answer = await client.post(QUERY, json={"image": picture(), "caption": "fail"})
    assert answer.status_code == 500
    assert "nope" in answer.json()["error"]
    assert "Traceback" not in answer.text
    assert (await client.post(QUERY, json={"image": picture()})).status_code == 200


async def test_a_model_that_cannot_wake_is_500(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "gesso.toml").write_text('name = "broken"\n')
    (folder / "model.py").write_text(
        "from gesso import Model\nclass Broken(Model):\n"
        "    def setup(self) -> None:\n        raise OSError('no weights')\n"
        "    def run(self, text: str) -> str:\n        return text\n"
    )
    app.trust.trust(app.registry.add(str(folder)))
    await host(client, model="broken", is_public=True)
    for method, path, body in (("GET", "/info", None), ("POST", "/query", {"text": "a"})):
        answer = await client.request(method, f"/m/broken/v1{path}", json=body)
        assert answer.status_code == 500
        assert "no weights" in answer.json()["error"]
    assert (await client.get("/m/broken/v1")).json()["status"] == "starting"


async def test_a_cap_is_403_and_a_rate_waits_before_429(client: httpx.AsyncClient, waits: None) -> None:
    await host(client)
    capped, quick = (
        await token(client, "painter", max_requests=1),
        await token(client, "painter", requests_per_minute=1),
    )
    asked: dict[str, Any] = {"json": {"image": picture()}}
    assert (await client.post(QUERY, headers=capped, **asked)).status_code == 200
    answer = await client.post(QUERY, headers=capped, **asked)
    assert answer.status_code == 403
    assert "used up" in answer.json()["error"]
    assert (await client.get("/m/painter/v1/info", headers=capped)).status_code == 200  # which costs nothing
    assert (await client.post(QUERY, headers=quick, **asked)).status_code == 200
    began = time.monotonic()
    answer = await client.post(QUERY, headers=quick, **asked)
    assert time.monotonic() - began >= 0.3
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


async def test_a_page_uses_a_browser_token(client: httpx.AsyncClient) -> None:
    await host(client)
    bearer = await token(client, "painter", kind="browser", origins=[EDITOR])
    path = "/m/painter.runwayml.cloud/v1//query"
    asks = {"Origin": EDITOR, "Access-Control-Request-Method": "POST"}
    answer = await client.options(path, headers=asks)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == EDITOR
    assert "X-Runway-Output-Format" in answer.headers["Access-Control-Allow-Headers"]
    answer = await client.post(path, json={"image": picture()}, headers=bearer | {"Origin": EDITOR})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == EDITOR
    for origin in ("https://evil.example", "null"):
        answer = await client.post(path, json={}, headers=bearer | {"Origin": origin})
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert (await client.post(path, json={}, headers=bearer)).status_code == 403  # from no page at all


async def test_a_token_that_is_taken_back_ends_what_is_under_way(client: httpx.AsyncClient) -> None:
    await host(client)
    bearer = await token(client, "painter")
    await until_running(client, bearer)
    asking = asyncio.create_task(client.post(QUERY, json={"image": picture(), "wait_s": 60}, headers=bearer))
    path = "/api/v1/deployments/painter"
    async with asyncio.timeout(30):
        while (await client.get(path)).json()["status"]["busy"] == 0:
            await asyncio.sleep(0.01)
    token_id = (await client.get(f"{path}/tokens")).json()["tokens"][0]["id"]
    assert (await client.delete(f"{path}/tokens/{token_id}")).status_code == 204
    answer = await asking
    assert answer.status_code == 401
    assert "taken back" in answer.json()["error"]
