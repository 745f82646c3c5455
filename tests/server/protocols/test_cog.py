"""Cog's interface of one deployment, as a container of that model would speak it."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from tests.server.protocols.models import bearer, host, told
from tests.server.protocols.test_replicate import data_url, picture, size_of

ASYNC = {"Prefer": "respond-async"}
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
async def writer(app: App, tmp_path: Path) -> dict[str, str]:
    """A deployment that writes, and the header with its token."""
    return bearer(await host(app, tmp_path, "writer"))


async def test_a_prediction_is_waited_for(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    asked = {"input": {"prompt": "a fox", "max_tokens": 2}}
    answer = await client.post("/m/writer/predictions", json=asked, headers=writer)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["status"], "".join(made["output"]), made["input"]) == ("succeeded", " fox a", asked["input"])
    assert made["metrics"]["predict_time"] >= 0
    failed = await client.post("/m/writer/predictions", json={"input": {"prompt": "fail"}}, headers=writer)
    assert (failed.status_code, failed.json()["status"]) == (200, "failed")
    assert "no more words" in failed.json()["error"]


async def test_files_go_in_and_out_as_data(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    painter = bearer(await host(app, tmp_path, "painter"))
    answer = await client.post(
        "/m/painter/predictions", json={"input": {"image": data_url(picture())}}, headers=painter
    )
    assert size_of(answer.json()["output"]) == (2, 3)
    measured = bearer(await host(app, tmp_path, "painter", command="measure", as_name="measure"))
    answer = await client.post(
        "/m/measure/predictions", json={"input": {"image": data_url(picture())}}, headers=measured
    )
    output = answer.json()["output"]
    assert output["size"] == 6
    assert base64.b64decode(output["picture"].partition(",")[2])


async def test_the_same_id_makes_one_prediction(client: httpx.AsyncClient, app: App, writer: dict[str, str]) -> None:
    asked = {"input": {"prompt": "a fox", "max_tokens": 5, "wait_s": 0.1}}
    path = "/m/writer/predictions/wjx3whax6rf4vphkegkhcvpv6a"
    first = await client.put(path, json=asked, headers=writer | ASYNC)
    assert first.status_code == 202
    assert first.json()["id"] == "wjx3whax6rf4vphkegkhcvpv6a"
    assert first.json()["status"] in {"starting", "processing"}
    again = [client.put(path, json=asked, headers=writer) for _ in range(3)]
    for answer in await asyncio.gather(*again):
        assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    after = (await client.put(path, json=asked, headers=writer)).json()
    assert "".join(after["output"]) == " fox a fox a fox"
    assert app.hosting.door.purses("writer")[0].requests == 1
    answer = await client.put(path, json=asked | {"id": "other"}, headers=writer)
    assert answer.status_code == 422
    answer = await client.put(f"/m/writer/predictions/{'x' * 200}", json=asked, headers=writer)
    assert answer.status_code == 422


async def test_one_that_is_busy_says_so(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    slow = {"id": "slow", "input": {"prompt": "a fox", "max_tokens": 100, "wait_s": 0.1}}
    await client.post("/m/writer/predictions", json=slow, headers=writer | ASYNC)
    answer = await client.post("/m/writer/predictions", json={"input": {"prompt": "x"}}, headers=writer)
    assert answer.status_code == 409
    assert "Already running a prediction" in answer.json()["detail"]
    for _ in range(100):
        health = (await client.get("/m/writer/health-check", headers=writer)).json()
        if health["status"] != "STARTING":
            break
        await asyncio.sleep(0.1)
    assert health["status"] == "BUSY"
    assert (await client.post("/m/writer/predictions/slow/cancel", headers=writer)).json() == {}
    assert (await client.post("/m/writer/predictions/slow/cancel", headers=writer)).status_code == 404
    assert (await client.get("/m/writer/health-check", headers=writer)).json()["status"] == "READY"
    answer = await client.post("/m/writer/predictions", json={"input": {"prompt": "x"}}, headers=writer)
    assert answer.status_code == 200


async def test_events_come_as_they_happen(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    writer = bearer(await host(app, tmp_path, "writer"))
    asked = {"input": {"prompt": "a fox", "max_tokens": 2, "wait_s": 0.05}}
    answer = await client.post("/m/writer/predictions", json=asked, headers=writer | EVENTS)
    kinds = [line[7:] for line in answer.text.splitlines() if line.startswith("event: ")]
    assert (kinds[0], kinds[-1]) == ("start", "completed")
    said = [json.loads(text) for text in told(answer)]
    chunks = [each for each in said if "chunk" in each]
    assert [each["index"] for each in chunks] == list(range(len(chunks)))
    assert "".join(each["chunk"] for each in chunks) == "".join(said[-1]["output"]) == " fox a"
    painter = bearer(await host(app, tmp_path, "painter"))
    answer = await client.post("/m/painter/predictions", json={"input": {}}, headers=painter | EVENTS)
    assert answer.status_code == 406


async def test_it_describes_itself_as_cog_does(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    described = (await client.get("/m/writer/openapi.json", headers=writer)).json()
    schemas = described["components"]["schemas"]
    assert list(schemas["Input"]["properties"]) == ["prompt", "max_tokens", "temperature", "wait_s"]
    assert schemas["Input"]["properties"]["max_tokens"]["default"] == 5
    assert schemas["Output"]["items"] == {"type": "string"}
    assert "/predictions" in described["paths"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"input": {"prompt": 7}}, 422),
        ({}, 422),
        ({"input": {"prompt": "x"}, "output_file_prefix": "http://169.254.169.254/"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "http://169.254.169.254/"}, 422),
        ({"id": "", "input": {"prompt": "x"}}, 422),
        (7, 422),
    ],
)
async def test_what_is_wrong_is_said_as_cog_says_it(
    client: httpx.AsyncClient, writer: dict[str, str], asked: Any, status: int
) -> None:
    answer = await client.post("/m/writer/predictions", json=asked, headers=writer)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"][0]["type"] == "value_error"
    for body in (b"", b"{", b'{"input": {"prompt": NaN}}', b"[" * 5000):
        answer = await client.post("/m/writer/predictions", content=body, headers=writer)
        assert answer.status_code == 422, body


async def test_nobody_comes_in_without_the_token(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    asked = {"input": {"prompt": "x"}}
    for headers in ({}, bearer("gesso_wrong")):
        for method, path in (
            ("POST", "/m/writer/predictions"),
            ("PUT", "/m/writer/predictions/one"),
            ("POST", "/m/writer/predictions/one/cancel"),
            ("GET", "/m/writer/health-check"),
            ("GET", "/m/writer/openapi.json"),
        ):
            answer = await client.request(method, path, json=asked, headers=headers)
            assert answer.status_code == 401, path
    assert (await client.get("/m/nobody/health-check", headers=writer)).status_code == 404
