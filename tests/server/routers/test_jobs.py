from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from gesso.app import App
from tests.server.models import add_echo
from tests.server.routers.test_files import png

PICTURE = "data:image/png;base64," + base64.b64encode(png()).decode()
ASKED = {"model": "echo", "inputs": {"image": PICTURE, "text": "snow"}}


@pytest.fixture
def echo(app: App, tmp_path: Path) -> Path:
    return add_echo(app, tmp_path / "echo")


async def submit(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/jobs", json=ASKED | more)
    assert answer.status_code == 201, answer.text
    job: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    return job


async def done(client: httpx.AsyncClient, job: dict[str, Any]) -> dict[str, Any]:
    async with asyncio.timeout(90):
        while job["status"] not in {"succeeded", "failed", "canceled"}:
            await asyncio.sleep(0.1)
            job = (await client.get(f"/api/v1/jobs/{job['id']}")).json()
    return job


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("echo")
async def test_a_job_goes_its_way(client: httpx.AsyncClient) -> None:
    job = await submit(client, seed=7)
    stream = await client.get(f"/api/v1/jobs/{job['id']}/events", timeout=90)
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    told = [json.loads(line[6:]) for line in stream.text.splitlines() if line.startswith("data: ")]
    assert {"job", "progress", "log"} <= {event["type"] for event in told}
    assert told[0]["job"]["id"] == job["id"]
    assert told[-1]["job"]["status"] == "succeeded", told[-1]
    job = (await client.get(f"/api/v1/jobs/{job['id']}")).json()
    outputs = {output["name"]: output for output in job["outputs"]}
    assert outputs["text"]["value"] == "SNOW"
    assert job["recipe"]["seed"] == 7
    file = outputs["image"]["files"][0]
    assert (await client.get(f"/api/v1/files/{file['blob']}")).headers["Content-Type"] == "image/png"
    assert (await client.get(f"/api/v1/files/{file['blob']}/thumbnail")).status_code == 200

    again = await client.post("/api/v1/jobs", json=ASKED | {"inputs": job["inputs"], "seed": 7})  # vary: as it is shown
    assert (await done(client, again.json()))["recipe"]["outputs"] == job["recipe"]["outputs"]
    listed = (await client.get("/api/v1/jobs", params={"limit": 1})).json()
    assert listed["jobs"][0]["id"] == again.json()["id"]
    older = (await client.get("/api/v1/jobs", params={"before": listed["next_before"], "status": "succeeded"})).json()
    assert [listed["id"] for listed in older["jobs"]] == [job["id"]]
    assert older["next_before"] is None
    retried = await client.post(f"/api/v1/jobs/{job['id']}/retry")
    assert (retried.status_code, retried.json()["retry_of"]) == (201, job["id"])
    assert (await client.delete(f"/api/v1/jobs/{job['id']}")).status_code == 204
    assert (await client.get(f"/api/v1/jobs/{job['id']}")).status_code == 404


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("echo")
async def test_files_that_were_sent_before_are_inputs(client: httpx.AsyncClient) -> None:
    kept = (await client.post("/api/v1/files", content=png(), params={"name": "fox.png"})).json()
    job = await submit(client, inputs={"image": kept, "data": {"url": "plain JSON"}})
    assert job["inputs"]["image"] == kept
    assert job["inputs"]["data"] == {"url": "plain JSON"}
    assert (await done(client, job))["status"] == "succeeded"


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("echo")
async def test_a_job_that_waits_or_runs_is_canceled(client: httpx.AsyncClient) -> None:
    job = await submit(client, inputs={"image": PICTURE, "wait_s": 60})
    canceled = await client.post(f"/api/v1/jobs/{job['id']}/cancel")
    assert canceled.json()["status"] == "canceled"
    assert (await client.post(f"/api/v1/jobs/{job['id']}/cancel")).json()["status"] == "canceled"


@pytest.mark.usefixtures("echo")
async def test_the_same_key_makes_one_job_wherever_it_stands(client: httpx.AsyncClient) -> None:
    first = await submit(client, idempotency_key="k")
    assert (await submit(client, idempotency_key="k"))["id"] == first["id"]
    answer = await client.post("/api/v1/jobs", json=ASKED, headers={"Idempotency-Key": "k"})
    assert answer.json()["id"] == first["id"]
    other = await client.post("/api/v1/jobs", json=ASKED | {"idempotency_key": "k", "seed": 99})
    assert other.status_code in {201, 409}


async def test_a_stranger_is_not_run(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo", is_trusted=False)
    answer = await client.post("/api/v1/jobs", json=ASKED)
    assert answer.status_code == 403
    assert answer.json()["code"] == "trust"


@pytest.mark.parametrize(
    "model", ["./echo", "/etc", "../echo", "~", "model.py", "git+https://evil.example/x", "nobody", "ECHO", "a\0b", "é"]
)
async def test_a_model_is_named_and_never_a_path(client: httpx.AsyncClient, model: str, tmp_path: Path) -> None:
    answer = await client.post("/api/v1/jobs", json=ASKED | {"model": model})
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert (await client.get(f"/api/v1/models/{quote(model, safe='')}")).status_code == 404


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize(
    ("inputs", "where"),
    [
        ({}, "image"),
        ({"image": 5}, "image"),
        ({"image": "/etc/passwd"}, "image"),
        ({"image": "file:///etc/passwd"}, "image"),
        ({"image": PICTURE, "text": 5}, "text"),
        ({"image": PICTURE, "surplus": 5}, "surplus"),
        ({"image": PICTURE, "wait_s": "NaN"}, "wait_s"),
    ],
)
async def test_a_wrong_input_is_said_where_it_is(client: httpx.AsyncClient, inputs: Any, where: str) -> None:
    answer = await client.post("/api/v1/jobs", json={"model": "echo", "inputs": inputs})
    assert answer.status_code == 422
    assert answer.json()["where"] == where
    assert answer.json()["expected"]


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize(
    "reference",
    [
        {"blob": "0" * 64},
        {"blob": ""},
        {"blob": "x"},
        {"blob": "../../gesso.db"},
        {"blob": 5},
        {"blob": "0" * 64, "name": 5},
        {"blob": "0" * 64, "name": {}},
        {"files": {"a": 5}},
        {"path": "/etc/passwd"},
        [{"blob": "0" * 64}],
    ],
)
async def test_a_reference_to_nothing_is_refused(client: httpx.AsyncClient, reference: Any) -> None:
    answer = await client.post("/api/v1/jobs", json={"model": "echo", "inputs": {"image": reference}})
    assert answer.status_code in {404, 422}, answer.text
    assert "Traceback" not in answer.text


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5142/api/v1/health",
        "http://localhost/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user:password@example.org/",
        "",
        "x" * 5000,
    ],
)
async def test_an_address_inside_is_not_fetched(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.post("/api/v1/jobs", json={"model": "echo", "inputs": {"image": {"url": url}}})
    assert answer.status_code == 422
    assert answer.json()["code"] in {"fetch", "input"}
    assert answer.json()["message"].startswith("image:")


@pytest.mark.usefixtures("echo")
async def test_many_addresses_at_once_are_refused(client: httpx.AsyncClient) -> None:
    urls = [{"url": "http://10.0.0.1/"}] * 40
    answer = await client.post("/api/v1/jobs", json={"model": "echo", "inputs": {"image": urls}})
    assert answer.status_code == 422
    assert "addresses" in answer.json()["message"]


async def test_an_address_is_fetched_and_kept(
    app: App, client: httpx.AsyncClient, echo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hand_out(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(png()) + png())
        await writer.drain()
        writer.close()

    app.settings = app.settings.model_copy(update={"fetch_private": True})
    async with await asyncio.start_server(hand_out, "127.0.0.1", 0) as elsewhere:
        port = elsewhere.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/fox.png"
        job = await submit(client, inputs={"image": {"url": url}})
    assert job["inputs"]["image"]["name"] == "fox.png"
    assert job["inputs"]["image"]["media_type"] == "image/png"


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"model": "echo", "inputs": ' + b'{"a":' * 200_000,
        b'{"model": "echo", "inputs": {"data": ' + b"[" * 150 + b"]" * 150 + b"}}",
        b'{"model": "echo", "inputs": {"text": NaN}}',
        b'{"model": "echo", "inputs": {"wait_s": Infinity}}',
        b'{"model": "echo", "inputs": {"wait_s": 1e999}}',
        b'{"model": "echo", "inputs": {"text": "\\ud800"}}',
        b'{"model": "echo", "inputs": {"\\ud800": 1}}',
        b'{"model": "\\ud800", "inputs": {}}',
        b'{"model": "echo", "inputs": {"data": ' + b"9" * 5000 + b"}}",
        b'{"model": "echo", "seed": -1}',
        b'{"model": "echo", "seed": 4294967296}',
        b'{"model": "echo", "seed": "7"}',
        b'{"model": "echo", "seed": true}',
        b'{"model": "echo", "deadline_s": 0}',
        b'{"model": "echo", "deadline_s": NaN}',
        b'{"model": "echo", "priority": "root"}',
        b'{"model": "echo", "kind": "training"}',
        b'{"model": "echo", "parent_id": "x"}',
        b'{"model": "echo", "idempotency_key": ""}',
        b'{"model": "echo", "command": "__init__"}',
        b'{"model": "echo", "options": {"x": 1}}',
        b'{"model": "echo", "device": "cuda:0; rm -rf /"}',
        b'{"model": "' + b"a" * 300 + b'"}',
    ],
)
async def test_a_body_that_is_no_order_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/jobs", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert set(answer.json()) >= {"code", "message", "hint"}
    assert "Traceback" not in answer.text


async def test_very_many_fields_are_refused_in_one_go(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/jobs", json={"model": "echo"} | {f"field{number}": 0 for number in range(200)})
    assert answer.status_code == 422
    assert answer.json()["expected"] == "an object with at most 100 fields"
    assert answer.json()["given"] == "an object with 201 fields"


async def test_json_with_very_many_parts_is_refused_in_words(client: httpx.AsyncClient) -> None:
    body = b'{"model": "echo", "inputs": {"data": [' + b",".join([b"0"] * 1_000_001) + b"]}}"
    answer = await client.post("/api/v1/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("Expected JSON of at most 250000 parts, but got more")


async def test_json_is_limited(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/jobs", json={"model": "echo", "inputs": {"text": "x" * 10_000_001}})
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", ""]
)
async def test_what_a_form_of_a_page_could_send_is_no_json(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.post("/api/v1/jobs", content=json.dumps(ASKED), headers={"Content-Type": kind})
    assert answer.status_code == 422


@pytest.mark.parametrize("end", ["", "/events"])
@pytest.mark.parametrize("job", ["x", "0" * 26, "..%2f..", "%00", "a" * 3000, "é"])
async def test_a_job_that_is_not_there(client: httpx.AsyncClient, job: str, end: str) -> None:
    answer = await client.get(f"/api/v1/jobs/{job}{end}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "status=lost", "status=queued&status=x", "search=" + "a" * 501, "limit=1e1"],
)
async def test_a_wrong_question_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/v1/jobs?{query}")).status_code == 422


@pytest.mark.parametrize("search", ["'", '"', "%", "*", "a OR b", "NEAR(", "\0", "фото", "-x", "()", "a:b", "\\"])
async def test_any_words_can_be_searched_for(client: httpx.AsyncClient, search: str) -> None:
    assert (await client.get("/api/v1/jobs", params={"search": search})).status_code == 200


async def test_before_a_job_that_is_not_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/jobs", params={"before": "'; drop table jobs"})).status_code in {200, 404, 422}
