"""Datasets and trainings over HTTP."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.server.application import create_app
from gesso.server.routers import trainings as routers_trainings
from gesso.training import choosing
from gesso.training.choosing import OwnBase
from tests.training.trainers import TEXT, boxed

API = "/api/v1"


@pytest.fixture(autouse=True)
def _trainers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with boxed(tmp_path / "trainers", monkeypatch):
        pass


async def ask(client: httpx.AsyncClient, method: str, path: str, *, status: int = 200, **more: Any) -> Any:
    answer = await client.request(method, f"{API}{path}", **more)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def dataset(client: httpx.AsyncClient, text: str = TEXT, **wanted: Any) -> Any:
    blob = await ask(client, "POST", "/files?name=snow.txt", status=201, content=text.encode())
    return await ask(client, "POST", "/datasets", status=201, json={"files": [blob], **wanted})


async def train(client: httpx.AsyncClient, **options: Any) -> Any:
    order = {"dataset": "snow", "trainer": "bigrams", "name": options.pop("name", "poet"), "options": options}
    return await ask(client, "POST", "/trainings", status=201, json=order)


async def until(client: httpx.AsyncClient, training: str, *statuses: str, step: int = 0) -> Any:
    async with asyncio.timeout(60):
        while True:
            found = await ask(client, "GET", f"/trainings/{training}")
            if found["status"] in statuses and (found["latest"] or {"step": -1})["step"] >= step:
                return found
            await asyncio.sleep(0.05)


async def test_a_file_becomes_a_dataset_that_one_can_look_into(client: httpx.AsyncClient) -> None:
    made = await dataset(client, name="snow")
    assert (made["name"], made["files"]) == ("snow", [{"name": "snow.txt", "size_bytes": len(TEXT)}])
    assert (await ask(client, "GET", "/datasets"))["datasets"] == [made]
    assert await ask(client, "GET", f"/datasets/{made['digest']}") == made
    page = await ask(client, "GET", "/datasets/snow/preview?limit=1")
    assert (page["samples"][0]["source"], page["next_after"]) == ("snow.txt", 1)
    await ask(client, "DELETE", "/datasets/snow", status=204)
    await ask(client, "GET", "/datasets/snow", status=404)


@pytest.mark.parametrize(
    ("text", "words"), [("", "an empty file"), ("short", "only 5 bytes"), ("\x89PNG\x00" * 99, "unknown kind")]
)
async def test_what_cannot_be_learnt_from_is_refused(client: httpx.AsyncClient, text: str, words: str) -> None:
    blob = await ask(client, "POST", "/files?name=snow.txt", status=201, content=text.encode("latin-1"))
    problem = await ask(client, "POST", "/datasets", status=422, json={"files": [blob]})
    assert words in problem["message"]
    await ask(client, "POST", "/datasets", status=404, json={"files": [{"blob": "0" * 64, "name": "a.txt"}]})
    await ask(client, "POST", "/datasets", status=422, json={"files": []})


async def test_a_training_is_followed_to_its_model(client: httpx.AsyncClient) -> None:
    await dataset(client)
    trainers = (await ask(client, "GET", "/trainers"))["trainers"]
    assert [trainer["name"] for trainer in trainers] == ["bigrams"]
    assert "max_steps" in {port["name"] for port in trainers[0]["options"]}
    assert not {"dataset", "base", "name", "from_checkpoint"} & {port["name"] for port in trainers[0]["options"]}
    order = {"dataset": "snow", "trainer": "bigrams", "options": {"max_steps": 50}}
    assert (await ask(client, "POST", "/trainings/estimate", json=order))["steps"] == 50
    made = await train(client, max_steps=20)
    ended = await until(client, made["id"], "succeeded", "failed")
    assert (ended["status"], ended["model"], ended["error"]) == ("succeeded", "poet", None)
    assert ended["plan"]["steps"] == 20
    points = (await ask(client, "GET", "/trainings/poet/curve?after_step=19"))["points"]
    assert [point["step"] for point in points] == [20, 20]
    assert len((await ask(client, "GET", "/trainings/poet/samples"))["samples"]) == 4
    checkpoints = (await ask(client, "GET", "/trainings/poet/checkpoints"))["checkpoints"]
    assert [each["step"] for each in checkpoints] == [10, 20]
    marked = await ask(client, "POST", "/trainings/poet/memorised", json={"text": TEXT[:100]})
    assert marked["share"] == 1.0
    said = [sample["text"] for sample in (await ask(client, "GET", "/trainings/poet/samples"))["samples"][-2:]]
    assert ended["memorised"]["characters"] == sum(map(len, said))
    assert 0 <= ended["memorised"]["share"] <= 1
    assert marked["spans"] == [{"start": 0, "end": 100, "source": "snow.txt"}]
    zipped = await ask(client, "POST", "/trainings/poet/export", status=201)
    assert zipped["name"] == "poet.zip"
    assert (await client.get(f"{API}/files/{zipped['blob']}")).content.startswith(b"PK")
    assert "poet" in {model["name"] for model in (await ask(client, "GET", "/models"))["models"]}
    assert [each["id"] for each in (await ask(client, "GET", "/trainings"))["trainings"]] == [made["id"]]
    jobs = (await ask(client, "GET", "/jobs"))["jobs"]
    assert [(job["id"], job["kind"], job["wanted"]) for job in jobs] == [(made["id"], "training", "go on")]


async def test_it_pauses_goes_on_is_forked_and_canceled(client: httpx.AsyncClient) -> None:
    await dataset(client)
    made = await train(client, step_s=0.02, max_steps=2000)
    await until(client, made["id"], "processing", step=11)
    assert (await ask(client, "POST", "/trainings/poet/pause"))["status"] == "paused"
    forked = await ask(
        client, "POST", "/trainings/poet/fork", status=201, json={"step": 10, "options": {"max_steps": 5}}
    )
    assert (forked["from_training"], forked["from_step"]) == (made["id"], 10)
    assert (await until(client, forked["id"], "succeeded", "failed"))["model"] == "poet-2"
    await ask(client, "POST", "/trainings/poet/resume")
    await until(client, made["id"], "processing", step=12)
    assert (await ask(client, "POST", "/trainings/poet/finish"))["wanted"] == "finish"
    assert (await until(client, made["id"], "succeeded"))["model"] == "poet"
    second = await train(client, name="other", step_s=0.02)
    assert (await ask(client, "POST", "/trainings/other/cancel"))["status"] == "canceled"
    await ask(client, "POST", "/trainings/other/pause", status=409)
    await ask(client, "DELETE", "/trainings/other", status=204)
    await ask(client, "GET", f"/trainings/{second['id']}", status=404)


async def test_what_is_wrong_is_refused(client: httpx.AsyncClient, app: App) -> None:
    await dataset(client)
    order = {"dataset": "snow", "trainer": "bigrams", "name": "poet"}
    for wrong in (
        {"base": "./folder"},
        {"base": "/etc"},
        {"base": "C:\\x"},
        {"base": "~/x"},
        {"name": "../x"},
        {"options": {"nonsense": 1}},
        {"options": {"max_steps": "many"}},
        {"seed": -1},
        {"trainers": "x"},
        {"base": "owner/x@../y"},
    ):
        await ask(client, "POST", "/trainings", status=422, json={**order, **wrong})
    await ask(client, "POST", "/trainings", status=404, json={**order, "dataset": "none"})
    await ask(client, "GET", "/trainings/none", status=404)
    await ask(client, "GET", "/trainings/none/curve", status=404)
    await ask(client, "POST", "/trainings/none/fork", status=404, json={})
    await ask(client, "POST", "/trainings/none/memorised", status=404, json={"text": "x"})
    problem = await ask(client, "POST", "/jobs", status=404, json={"model": "trainer:bigrams", "inputs": {}})
    assert problem["code"] == "not_found"
    assert await app.jobs.list() == ()


async def test_what_a_training_begins_with_is_told_and_may_be_left_open(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bigrams,) = (await ask(client, "GET", "/trainers"))["trainers"]
    assert (bigrams["own_base"], bigrams["own_base_below_bytes"]) == ("", 0)
    await dataset(client, name="snow")
    begun = await train(client, max_steps=5)
    assert begun["base"] == "nothing"
    monkeypatch.setattr(choosing, "OWN_BASES", {"bigrams": OwnBase("storyteller", 5_000)})  # there is more text
    monkeypatch.setattr(routers_trainings, "OWN_BASES", choosing.OWN_BASES)
    (bigrams,) = (await ask(client, "GET", "/trainers"))["trainers"]
    assert (bigrams["own_base"], bigrams["own_base_below_bytes"]) == ("storyteller", 5_000)
    order = {"dataset": "snow", "trainer": "bigrams", "options": {"max_steps": 5}}
    told = await ask(client, "POST", "/trainings/estimate", json=order)
    assert told["base"] == "nothing"
    assert "--base storyteller" in told["words"][0]
    for base, status in (("nothing", 201), ("nobody", 422), ("../x", 422), ("", 201)):
        made = await ask(client, "POST", "/trainings", status=status, json=order | {"base": base, "name": f"b{base}x"})
        assert status != 201 or made["base"] == "nothing"


async def test_an_estimate_that_nobody_waits_for_any_more_ends(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, gone, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def try_for_ever(_: object) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    body = [{"type": "http.request", "body": b'{"dataset": "snow", "trainer": "bigrams"}', "more_body": False}]

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(_: object) -> None: ...

    monkeypatch.setattr(app.trainings, "estimate", try_for_ever)
    path = f"{API}/trainings/estimate"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:5142"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 5142),
    }
    asking = asyncio.create_task(create_app(app)(scope, receive, send))
    async with asyncio.timeout(60):
        await begun.wait()
        gone.set()
        await ended.wait()
        await asking


async def test_a_name_without_an_end_is_no_model(client: httpx.AsyncClient) -> None:
    await ask(client, "POST", f"/trainings/{'a' * 3000}/export", status=404)
