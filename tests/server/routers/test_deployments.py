"""Deployments over HTTP: the owner's side, and the address that others have."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import httpx
import PIL.Image
import pytest

from gesso.app import App
from tests.hosting.models import add_poet, write_poet
from tests.server.models import add_echo

API = "/api/v1/deployments"
EDITOR = "https://editor.p5js.org"


@pytest.fixture
def poet(app: App, tmp_path: Path) -> Path:
    """The model's folder."""
    return add_poet(app, tmp_path / "poet")


async def host(client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await client.post(API, json={"model": "poet", **wanted})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def token(client: httpx.AsyncClient, name: str, **wanted: Any) -> str:
    answer = await client.post(f"{API}/{name}/tokens", json={"name": "bot", **wanted})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def png() -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.usefixtures("poet")
async def test_one_command_makes_a_url_with_a_token(client: httpx.AsyncClient) -> None:
    made = await host(client)
    assert (made["name"], made["path"], made["current"]) == ("poet", "/m/poet", 1)
    assert made["status"]["state"] == "waking"
    secret = await token(client, "poet")
    answer = await client.post("/m/poet/run", json={"inputs": {"prompt": "hi"}}, headers=bearer(secret))
    assert answer.status_code == 200, answer.text
    assert answer.json()["outputs"] == {"output": "v1 plain hi"}
    spec = (await client.get("/m/poet/spec", headers=bearer(secret))).json()
    assert [port["name"] for port in spec["inputs"]] == ["prompt", "wait_s"]
    status = (await client.get("/m/poet/status", headers=bearer(secret))).json()
    assert status["state"] == "awake"
    listed = (await client.get(f"{API}/poet/tokens")).json()["tokens"]
    assert [(each["name"], each["hint"], each["requests"]) for each in listed] == [("bot", secret[-4:], 1)]
    assert secret not in json.dumps(listed)
    figures = (await client.get(f"{API}/poet/figures", params={"minutes": 60, "step": 10})).json()
    assert (figures["total"]["requests"], figures["total"]["errors"]) == (1, 0)
    assert sum(step["requests"] for step in figures["steps"]) == 1
    lines = (await client.get(f"{API}/poet/log")).json()["lines"]
    assert [line["outcome"] for line in lines if line["kind"] == "request"] == ["succeeded"]


@pytest.mark.usefixtures("poet")
async def test_events_stream_and_the_log_of_the_model_is_heard(client: httpx.AsyncClient) -> None:
    await host(client, command="tell", name="teller", is_public=True)
    answer = await client.post(
        "/m/teller/run", json={"inputs": {"prompt": "w"}}, headers={"Accept": "text/event-stream"}
    )
    messages = [json.loads(line[5:]) for line in answer.text.splitlines() if line.startswith("data:")]
    assert [each["value"] for each in messages if each["type"] == "part"] == ["w0 ", "w1 ", "w2 "]
    assert messages[-1]["type"] == "result"


@pytest.mark.usefixtures("poet")
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/m/poet/run"), ("GET", "/m/poet/status"), ("GET", "/m/poet/spec")]
)
async def test_nobody_comes_in_without_the_token(client: httpx.AsyncClient, method: str, path: str) -> None:
    await host(client)
    for headers in ({}, bearer("gesso_wrong"), {"Authorization": "Basic x"}, {"Authorization": "Bearer "}):
        answer = await client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["code"] == "access"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    answer = await client.request(method, path.replace("poet", "nobody"))
    assert answer.status_code == 404


@pytest.mark.usefixtures("poet")
async def test_what_was_said_at_deployment_cannot_be_said_again(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True, options={"mood": "glad"})
    for said in ({"options": {"mood": "sad"}}, {"device": "cuda"}, {"command": "tell"}):
        answer = await client.post("/m/poet/run", json={"inputs": {}, **said})
        assert answer.status_code == 422, said
    answer = await client.post("/m/poet/run", json={"inputs": {"prompt": 7}})
    assert answer.status_code == 422
    assert answer.json()["where"] == "prompt"
    answer = await client.post("/m/poet/run", json={"inputs": {}, "command": "run"})
    assert answer.json()["outputs"] == {"output": "v1 glad "}


@pytest.mark.usefixtures("poet")
async def test_a_page_is_told_what_it_may_and_others_are_not_let_in(client: httpx.AsyncClient) -> None:
    await host(client)
    asks = {"Origin": EDITOR, "Access-Control-Request-Method": "POST"}
    answer = await client.options("/m/poet/run", headers=asks)
    assert answer.status_code == 403
    secret = await token(client, "poet", kind="browser", origins=[EDITOR])
    answer = await client.options("/m/poet/run", headers=asks)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == EDITOR
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    answer = await client.post("/m/poet/run", json={"inputs": {}}, headers=bearer(secret) | {"Origin": EDITOR})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == EDITOR
    for origin in ("https://evil.example", "null", f"{EDITOR}.evil.example"):
        answer = await client.post("/m/poet/run", json={"inputs": {}}, headers=bearer(secret) | {"Origin": origin})
        assert answer.status_code == 403, origin
        assert "Access-Control-Allow-Origin" not in answer.headers
    for path in ("/api/v1/models", "/api/v1/deployments", "/api/v1/settings", "/m/other/run"):
        assert (await client.get(path, headers={"Origin": EDITOR})).status_code == 403
    answer = await client.post("/m/poet/run", json={"inputs": {}}, headers=bearer(secret))
    assert answer.status_code == 403  # not from a page at all


async def test_a_page_that_may_not_is_told_where_its_token_is_good(client: httpx.AsyncClient, poet: Path) -> None:
    await host(client)
    secret = await token(client, "poet", kind="browser", origins=[EDITOR])
    here = {"Origin": "https://other.example"}
    answer = await client.post("/m/poet/run", json={"inputs": {}}, headers=bearer(secret) | here)
    assert (answer.status_code, answer.json()["code"]) == (403, "access")
    assert f"good in pages of {EDITOR}, and not of https://other.example" in answer.json()["message"]
    assert "allowed_origins" not in answer.text  # no setting is what is missing
    for wrong in ("gessob_wrong", None):
        answer = await client.post("/m/poet/run", headers=here | (bearer(wrong) if wrong else {}))
        assert answer.status_code == 403
        assert EDITOR not in answer.text  # nobody without the token learns of its pages
        assert "browser token that names this page" in answer.json()["hint"]
    assert (await client.post(API, json={"model": "poet"}, headers=here)).json()["code"] == "stranger"


async def test_a_version_that_is_there_already_is_not_made_again(client: httpx.AsyncClient, poet: Path) -> None:
    await host(client)
    answer = await client.post(f"{API}/poet/releases", json={"model": "poet"})
    assert answer.status_code == 409
    assert "Nothing has changed: version 1 of poet" in answer.json()["message"]
    added = await client.post(f"{API}/poet/releases", json={"model": "poet", "device": "cpu"})
    assert [each["number"] for each in added.json()["releases"]] == [1, 2]


async def test_those_that_share_workers_are_named_and_one_that_is_off_is_not_woken(
    client: httpx.AsyncClient, poet: Path
) -> None:
    await host(client, name="one")
    made = await host(client, name="two")
    assert made["shares_with"] == ["one"]
    assert (await host(client, name="three", device="cpu"))["shares_with"] == []
    await client.patch(f"{API}/two", json={"is_active": False})
    answer = await client.post(f"{API}/two/wake")
    assert answer.status_code == 409
    assert "switched off" in answer.json()["message"]


@pytest.mark.usefixtures("poet")
async def test_limits_are_told_with_the_time_to_wait(client: httpx.AsyncClient) -> None:
    await host(client)
    quick = await token(client, "poet", requests_per_minute=1)
    assert (await client.post("/m/poet/run", json={}, headers=bearer(quick))).status_code == 200
    answer = await client.post("/m/poet/run", json={}, headers=bearer(quick))
    assert (answer.status_code, answer.json()["code"]) == (429, "limit")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    capped = await token(client, "poet", max_requests=1)
    assert (await client.post("/m/poet/run", json={}, headers=bearer(capped))).status_code == 200
    answer = await client.post("/m/poet/run", json={}, headers=bearer(capped))
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers


async def test_a_new_version_is_switched_to_and_back(client: httpx.AsyncClient, poet: Path) -> None:
    await host(client, is_public=True)
    write_poet(poet, version=2)
    made = (await client.post(f"{API}/poet/releases", json={"model": "poet"})).json()
    assert (made["current"], len(made["releases"])) == (1, 2)
    for number, said in ((2, "v2 plain "), (1, "v1 plain ")):
        assert (await client.post(f"{API}/poet/switch", json={"release": number})).json()["current"] == number
        assert (await client.post("/m/poet/run", json={})).json()["outputs"]["output"] == said
    assert (await client.post(f"{API}/poet/switch", json={"release": 3})).status_code == 404


@pytest.mark.usefixtures("poet")
async def test_a_switch_under_load_drops_nothing(client: httpx.AsyncClient, poet: Path) -> None:
    await host(client, is_public=True)
    await client.post("/m/poet/run", json={})
    write_poet(poet, version=2)
    await client.post(f"{API}/poet/releases", json={"model": "poet"})
    is_over = False
    said: list[str] = []

    async def keep_asking() -> None:
        while not is_over:
            answer = await client.post("/m/poet/run", json={"inputs": {"wait_s": 0.02}})
            assert answer.status_code == 200, answer.text
            said.append(answer.json()["outputs"]["output"])

    askers = [asyncio.create_task(keep_asking()) for _ in range(4)]
    for number in (2, 1, 2):
        await client.post(f"{API}/poet/switch", json={"release": number})
        await asyncio.sleep(0.1)
    is_over = True
    await asyncio.gather(*askers)
    assert {"v1 plain ", "v2 plain "} == set(said)


@pytest.mark.usefixtures("poet")
async def test_it_is_changed_put_to_sleep_and_removed(client: httpx.AsyncClient) -> None:
    await host(client, is_public=True)
    assert (await client.post("/m/poet/run", json={})).status_code == 200
    assert (await client.post(f"{API}/poet/sleep")).json()["status"]["state"] == "asleep"
    assert (await client.post(f"{API}/poet/wake")).json()["status"]["state"] == "waking"
    changed = (await client.patch(f"{API}/poet", json={"is_active": False, "origins": [EDITOR]})).json()
    assert (changed["status"]["state"], changed["origins"]) == ("inactive", [EDITOR])
    assert (await client.post("/m/poet/run", json={})).status_code == 404
    for wrong in ({"origins": ["*"]}, {"requests_per_minute": -1}, {"nothing": 1}, {"is_active": "yes"}):
        assert (await client.patch(f"{API}/poet", json=wrong)).status_code == 422
    assert (await client.delete(f"{API}/poet")).status_code == 204
    assert (await client.get(f"{API}/poet")).status_code == 404
    assert (await client.get(API)).json() == {"deployments": []}


@pytest.mark.usefixtures("poet")
@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({}, 422),
        ({"model": "nobody"}, 404),
        ({"model": "poet", "name": "Not A Name"}, 422),
        ({"model": "poet", "command": "none"}, 404),
        ({"model": "poet", "options": {"mood": 1}}, 422),
        ({"model": "../../etc"}, 404),
    ],
)
async def test_what_cannot_be_hosted_is_refused(client: httpx.AsyncClient, wanted: Any, status: int) -> None:
    answer = await client.post(API, json=wanted)
    assert answer.status_code == status, answer.text
    assert answer.json()["message"]


async def test_a_guest_reads_no_file_of_the_owners(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo")
    kept = (await client.post("/api/v1/files", content=png())).json()
    await host(client, model="echo", name="echo", is_public=True)
    answer = await client.post("/m/echo/run", json={"inputs": {"image": kept}})
    assert (answer.status_code, answer.json()["where"]) == (422, "image")
    for path, body in (("/m/echo/v1/query", {"image": kept}), ("/m/echo/predictions", {"input": {"image": kept}})):
        answer = await client.post(path, json=body)
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert "kept here" in answer.text


@pytest.mark.usefixtures("poet")
async def test_who_leaves_before_the_end_pays_for_the_time_until_then(client: httpx.AsyncClient) -> None:
    await host(client)
    secret = await token(client, "poet")
    await client.post("/m/poet/run", json={}, headers=bearer(secret))
    asked = client.post("/m/poet/run", json={"inputs": {"wait_s": 0.3, "prompt": "fail"}}, headers=bearer(secret))
    assert (await asked).status_code == 422
    (spent,) = (await client.get(f"{API}/poet/tokens")).json()["tokens"]
    assert spent["compute_s"] >= 0.3


async def test_the_last_switch_holds(client: httpx.AsyncClient, poet: Path) -> None:
    await host(client, is_public=True)
    await client.post("/m/poet/run", json={})
    write_poet(poet, version=2)
    await client.post(f"{API}/poet/releases", json={"model": "poet"})
    first = asyncio.create_task(client.post(f"{API}/poet/switch", json={"release": 2}))
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    second = await client.post(f"{API}/poet/switch", json={"release": 1})
    assert second.json()["current"] == 1
    assert (await first).status_code in {200, 409}
    assert (await client.get(f"{API}/poet")).json()["current"] == 1


@pytest.mark.parametrize("path", ["/m/poet/run", "/m/poet/nope", "/m/poet/v1/nothing"])
async def test_what_is_not_there_is_no_page_of_the_studio(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code in {404, 405}
    assert "text/html" not in answer.headers["Content-Type"]
