"""Replicate's interface: predictions made, fetched, streamed and canceled, and nobody sees another's."""

from __future__ import annotations

import asyncio
import base64
import io
from pathlib import Path
from typing import Any

import httpx
import PIL.Image
import pytest

from gesso.app import App
from gesso.hosting.hosting import ReleaseOrder
from gesso.hosting.tokens import TokenOrder
from tests.server.protocols.models import bearer, host, told

BASE = "/replicate/v1"
PREDICTIONS = f"{BASE}/predictions"


def picture(width: int = 3, height: int = 2) -> bytes:
    made = io.BytesIO()
    PIL.Image.new("RGB", (width, height), (200, 30, 30)).save(made, "PNG")
    return made.getvalue()


def data_url(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def size_of(url: str) -> tuple[int, int]:
    with PIL.Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as made:
        return made.size


@pytest.fixture
async def writer(app: App, tmp_path: Path) -> dict[str, str]:
    """A deployment that writes, and the header with its token."""
    return bearer(await host(app, tmp_path, "writer"))


@pytest.fixture
async def painter(app: App, tmp_path: Path) -> dict[str, str]:
    """A deployment that turns pictures, and the header with its token."""
    return bearer(await host(app, tmp_path, "painter"))


async def ended(client: httpx.AsyncClient, made: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """Poll until it is over."""
    while made["status"] not in {"succeeded", "failed", "canceled"}:
        await asyncio.sleep(0.05)
        made = (await client.get(made["urls"]["get"], headers=headers)).json()
    return made


async def test_a_prediction_is_made_and_polled(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    asked = {"input": {"prompt": "a fox", "max_tokens": 3}}
    answer = await client.post(f"{BASE}/models/me/writer/predictions", json=asked, headers=writer)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["status"] == "starting"
    assert made["model"] == "gesso/writer"
    assert len(made["version"]) == 64
    assert made["input"] == asked["input"]
    assert set(made["urls"]) == {"get", "cancel", "stream", "web"}
    over = await ended(client, made, writer)
    assert "".join(over["output"]) == " fox a fox"  # in pieces as they came; those that came at once are one
    assert over["logs"] == "2 words, temperature 1"
    assert over["metrics"]["predict_time"] >= 0
    assert over["started_at"] <= over["completed_at"]
    assert over["error"] is None
    listed = (await client.get(PREDICTIONS, headers=writer)).json()
    assert [each["id"] for each in listed["results"]] == [made["id"]]
    assert listed["next"] is None


async def test_whoever_waits_gets_the_end_or_takes_it_for_no_beginning(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    asked = {"input": {"prompt": "a fox", "max_tokens": 2}}
    path = f"{BASE}/deployments/me/writer/predictions"
    answer = await client.post(path, json=asked, headers=writer | {"Prefer": "wait"})
    assert (answer.status_code, answer.json()["status"]) == (201, "succeeded")
    slow = {"input": {"prompt": "a fox", "max_tokens": 40, "wait_s": 0.1}}
    answer = await client.post(path, json=slow, headers=writer | {"Prefer": "wait=1"})
    assert (answer.status_code, answer.json()["status"]) == (202, "starting")  # clients poll on from this alone
    now = (await client.get(answer.json()["urls"]["get"], headers=writer)).json()
    assert now["status"] == "processing"
    assert "".join(now["output"]).startswith(" fox a")
    assert "%|█" in now["logs"]
    canceled = (await client.post(now["urls"]["cancel"], headers=writer)).json()
    assert canceled["status"] == "canceled"
    assert canceled["completed_at"]


async def test_files_come_as_data_and_as_uploads(client: httpx.AsyncClient, painter: dict[str, str]) -> None:
    path = f"{BASE}/models/me/painter/predictions"
    waiting = painter | {"Prefer": "wait"}
    answer = await client.post(path, json={"input": {"image": data_url(picture())}}, headers=waiting)
    made = answer.json()
    assert made["status"] == "succeeded", made
    assert size_of(made["output"]) == (2, 3)
    assert made["input"]["image"].startswith("http://127.0.0.1:5142/replicate/v1/predictions/")
    form = {"content": ("fox.png", picture(5, 4), "image/png"), "metadata": ("blob", b"{}", "application/json")}
    kept = (await client.post(f"{BASE}/files", files=form, headers=painter)).json()
    assert (kept["name"], kept["content_type"], kept["size"]) == ("fox.png", "image/png", len(picture(5, 4)))
    answer = await client.post(path, json={"input": {"image": kept["urls"]["get"]}}, headers=waiting)
    assert size_of(answer.json()["output"]) == (4, 5), answer.text
    files = (await client.get(f"{BASE}/files", headers=painter)).json()["results"]
    assert [each["id"] for each in files] == [kept["id"]]
    assert (await client.get(f"{kept['urls']['get']}/download", headers=painter)).content == picture(5, 4)
    assert (await client.delete(kept["urls"]["get"], headers=painter)).status_code == 204
    assert (await client.get(kept["urls"]["get"], headers=painter)).status_code == 404


async def test_a_sealed_address_opens_one_prediction_alone(client: httpx.AsyncClient, painter: dict[str, str]) -> None:
    asked = {"input": {"image": data_url(picture())}}
    path = f"{BASE}/models/me/painter/predictions"
    one, other = [(await client.post(path, json=asked, headers=painter | {"Prefer": "wait"})).json() for _ in range(2)]
    address = one["input"]["image"]
    assert (await client.get(address)).content == picture()
    assert (await client.get(one["urls"]["stream"])).status_code == 200
    for wrong in (
        address.partition("?")[0],
        address[:-3] + "abc",
        address.replace(one["id"], other["id"]),
        one["urls"]["stream"].replace(one["id"], other["id"]),
        one["urls"]["get"],
    ):
        assert (await client.get(wrong)).status_code == 401, wrong
    for wrong in ("0" * 64, "..", "x"):
        answer = await client.get(address.replace(address.split("/files/")[1].partition("/")[0], wrong))
        assert answer.status_code in {401, 404}, wrong


async def test_a_stream_has_ids_and_an_end(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    asked = {"input": {"prompt": "a\nfox", "max_tokens": 3, "wait_s": 0.05}, "stream": True}
    made = (await client.post(f"{BASE}/models/me/writer/predictions", json=asked, headers=writer)).json()
    live = (await client.get(made["urls"]["stream"])).text
    after = (await client.get(made["urls"]["stream"])).text
    assert "".join(line[6:] for line in live.splitlines() if line.startswith("data:  ")).split() == ["fox", "a", "fox"]
    for text in (live, after):
        events = [line[7:] for line in text.splitlines() if line.startswith("event: ")]
        assert 1 <= events.count("output") <= 3
        assert events[-1] == "done"
        assert text.count("\nid: ") == len(events)
    failing = {"input": {"prompt": "fail"}}
    made = (await client.post(f"{BASE}/models/me/writer/predictions", json=failing, headers=writer)).json()
    text = (await client.get(made["urls"]["stream"])).text
    assert "no more words" in text
    assert '"reason": "error"' in text


async def test_a_failed_model_is_a_failed_prediction(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    answer = await client.post(
        f"{BASE}/models/me/writer/predictions",
        json={"input": {"prompt": "fail"}},
        headers=writer | {"Prefer": "wait"},
    )
    assert answer.status_code == 201
    assert answer.json()["status"] == "failed"
    assert "no more words" in answer.json()["error"]


async def test_a_time_that_is_over_cancels(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    asked = {"input": {"prompt": "a", "max_tokens": 1000, "wait_s": 0.1}}
    headers = writer | {"Prefer": "wait=20", "Cancel-After": "5s"}
    made = (await client.post(f"{BASE}/models/me/writer/predictions", json=asked, headers=headers)).json()
    assert made["status"] == "canceled", made
    for wrong in ("soon", "1s", "25h", "-5s", "5x", ""):
        answer = await client.post(
            f"{BASE}/models/me/writer/predictions", json=asked, headers=writer | {"Cancel-After": wrong}
        )
        assert answer.status_code == 422, wrong


async def test_models_versions_and_deployments_are_the_same_seen_from_each_side(
    client: httpx.AsyncClient, app: App, writer: dict[str, str]
) -> None:
    model = (await client.get(f"{BASE}/models/me/writer", headers=writer)).json()
    assert (model["owner"], model["name"], model["visibility"]) == ("gesso", "writer", "private")
    version = model["latest_version"]
    schemas = version["openapi_schema"]["components"]["schemas"]
    assert schemas["Input"]["required"] == ["prompt"]
    assert [schemas["Input"]["properties"][name]["x-order"] for name in ("prompt", "max_tokens")] == [0, 1]
    assert schemas["Output"]["x-cog-array-type"] == "iterator"
    assert schemas["Output"]["x-cog-array-display"] == "concatenate"
    same = (await client.get(f"{BASE}/models/me/writer/versions/{version['id']}", headers=writer)).json()
    assert same == version
    await app.hosting.deploy("writer", ReleaseOrder(model="writer", command="say"))
    for number, count in ((1, 1), (2, 2)):
        await app.hosting.switch("writer", number)
        listed = (await client.get(f"{BASE}/models/me/writer/versions", headers=writer)).json()["results"]
        assert len(listed) == count
    asked = {"version": version["id"], "input": {"prompt": "an old fox", "max_tokens": 1}}
    made = (await client.post(PREDICTIONS, json=asked, headers=writer | {"Prefer": "wait"})).json()
    assert made["output"] == [" fox"]  # the version that was asked for, not the one that answers now
    assert made["version"] == version["id"]
    made = (await client.post(PREDICTIONS, json={"input": {"prompt": "x"}}, headers=writer | {"Prefer": "wait"})).json()
    assert made["output"].startswith("x! x!")
    deployed = (await client.get(f"{BASE}/deployments/me/writer", headers=writer)).json()
    assert deployed["current_release"]["number"] == 2
    assert (await client.get(f"{BASE}/account", headers=writer)).json()["username"] == "gesso"
    assert (await client.get(f"{BASE}/hardware", headers=writer)).json()[0]["sku"] == "local"
    answer = await client.post(PREDICTIONS, json=asked | {"version": "0" * 64}, headers=writer)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"input": {"prompt": 7}}, 422),
        ({"input": {}}, 422),
        ({"input": []}, 422),
        ({"input": {"prompt": "x", "max_tokens": 0}}, 422),
        ({"input": {"prompt": "x", "nonsense": 1}}, 422),
        ({"input": {"prompt": "x"}, "webhook": "ftp://example.com/"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "http://127.0.0.1:5142/api/v1/settings"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "http://localhost/"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "http://169.254.169.254/latest/meta-data/"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "http://[::1]/"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "http://2130706433/"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "http://10.0.0.1/"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "http://user:pass@example.com/"}, 422),
        ({"input": {"prompt": "x"}, "webhook": "h" * 3000}, 422),
        ({"input": {"prompt": "x"}, "webhook_events_filter": ["nonsense"]}, 422),
        ({"input": {"prompt": "x"}, "id": "mine"}, 422),
        ({"input": {"prompt": "x"}, "version": "nonsense"}, 404),
        ({"input": {"prompt": "x"}, "version": 7}, 422),
        ([], 422),
    ],
)
async def test_what_is_wrong_is_refused_and_nothing_is_made(
    client: httpx.AsyncClient, writer: dict[str, str], asked: Any, status: int
) -> None:
    answer = await client.post(PREDICTIONS, json=asked, headers=writer)
    assert answer.status_code == status, answer.text
    assert set(answer.json()) >= {"title", "detail", "status"}
    assert (await client.get(PREDICTIONS, headers=writer)).json()["results"] == []


@pytest.mark.parametrize(
    "image",
    [
        "http://127.0.0.1:5142/api/v1/settings",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/fox.png",
        "http://127.0.0.1:5142/replicate/v1/files/00000000000000000000000000",
        "https://",
        "data:image/png;base64,nonsense!",
        "/etc/passwd",
        "file:///etc/passwd",
        {"url": "http://127.0.0.1/"},
        7,
        ["x"],
    ],
)
async def test_pictures_that_are_none_and_places_that_nobody_may_look_into_are_refused(
    client: httpx.AsyncClient, painter: dict[str, str], image: Any
) -> None:
    answer = await client.post(
        f"{BASE}/models/me/painter/predictions", json={"input": {"image": image}}, headers=painter
    )
    assert answer.status_code in {404, 422}, answer.text


async def test_nobody_sees_what_another_token_has_made(
    client: httpx.AsyncClient, app: App, writer: dict[str, str], painter: dict[str, str]
) -> None:
    asked = {"input": {"prompt": "secret", "max_tokens": 1}}
    made = (await client.post(f"{BASE}/models/me/writer/predictions", json=asked, headers=writer)).json()
    _, second = await app.hosting.make_token("writer", TokenOrder(name="second"))
    kept = (await client.post(f"{BASE}/files", files={"content": ("a.txt", b"hello")}, headers=writer)).json()
    for headers in (bearer(second), painter):
        for method, address in (
            ("GET", made["urls"]["get"]),
            ("POST", made["urls"]["cancel"]),
            ("GET", f"{PREDICTIONS}/{made['id']}/stream"),
            ("GET", kept["urls"]["get"]),
        ):
            answer = await client.request(method, address, headers=headers)
            assert answer.status_code == 404, (address, answer.text)
        assert (await client.get(PREDICTIONS, headers=headers)).json()["results"] == []
    for headers in ({}, bearer("gesso_wrong")):
        assert (await client.get(made["urls"]["get"], headers=headers)).status_code == 401
        assert (await client.get(PREDICTIONS, headers=headers)).status_code == 401
        assert (await client.post(PREDICTIONS, json=asked, headers=headers)).status_code == 401
    jobs = (await client.get("/api/v1/jobs")).json()["jobs"]
    assert jobs == []  # the owner's history is their own


async def test_a_public_one_needs_no_token_but_sends_nothing_to_anybody(
    client: httpx.AsyncClient, app: App, tmp_path: Path
) -> None:
    await host(app, tmp_path, "writer", is_public=True)
    asked: dict[str, Any] = {"input": {"prompt": "a fox", "max_tokens": 1}}
    path = f"{BASE}/models/me/writer/predictions"
    made = (await client.post(path, json=asked, headers={"Prefer": "wait"})).json()
    assert made["output"] == [" fox"]
    assert (await client.get(made["urls"]["get"])).json()["id"] == made["id"]
    answer = await client.post(path, json=asked | {"webhook": "https://example.com/"})
    assert answer.status_code == 403
    version = (await client.get(f"{BASE}/models/me/writer")).json()["latest_version"]["id"]
    answer = await client.post("/v1/predictions", json=asked | {"version": version}, headers={"Prefer": "wait"})
    assert answer.json()["output"] == [" fox"]


@pytest.mark.parametrize("path", ["", "/trainings", "/collections/x", "/models/a/b/c/d", "/predictions/x/y"])
async def test_nothing_else_is_there(client: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await client.request(method, f"{BASE}{path}")
        assert answer.status_code == 404
        assert answer.json()["status"] == 404


async def test_a_prediction_is_metered_and_logged(client: httpx.AsyncClient, app: App, writer: dict[str, str]) -> None:
    asked = {"input": {"prompt": "a", "max_tokens": 4, "wait_s": 0.05}}
    path = f"{BASE}/models/me/writer/predictions"
    assert (await client.post(path, json=asked, headers=writer | {"Prefer": "wait"})).status_code == 201
    assert (await client.post(path, json={"input": {}}, headers=writer)).status_code == 422
    purse = app.hosting.door.purses("writer")[0]
    assert purse.requests == 1  # what is refused costs nothing
    assert purse.compute_ms >= 200
    lines = [entry for _, entry in await app.hosting.log("writer")]
    assert [(each.protocol, each.outcome) for each in lines if each.kind == "request"] == [
        ("replicate", "refused"),
        ("replicate", "succeeded"),
    ]
    assert "1 words, temperature 1" in [each.text for each in lines]


def test_events_are_told() -> None:
    assert told(httpx.Response(200, text="data: x\n\ndata: y\n\n")) == ["x", "y"]


async def test_a_page_uses_it_with_a_token_of_its_own(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    await host(app, tmp_path, "writer")
    editor = "https://editor.p5js.org"
    order = TokenOrder(name="sketch", kind="browser", origins=(editor,))
    _, secret = await app.hosting.make_token("writer", order)
    path = f"{BASE}/models/me/writer/predictions"
    asks = {"Origin": editor, "Access-Control-Request-Method": "POST"}
    answer = await client.options(path, headers=asks)
    assert answer.headers["Access-Control-Allow-Origin"] == editor
    assert "Prefer" in answer.headers["Access-Control-Allow-Headers"]
    asked = {"input": {"prompt": "a fox", "max_tokens": 1}}
    headers = bearer(secret) | {"Origin": editor}
    made = await client.post(path, json=asked, headers=headers | {"Prefer": "wait"})
    assert made.json()["status"] == "succeeded"
    assert made.headers["Access-Control-Allow-Origin"] == editor
    stream = made.json()["urls"]["stream"]
    assert (await client.get(stream, headers={"Origin": editor})).status_code == 200
    for origin in ("https://evil.example", "null"):
        assert (await client.post(path, json=asked, headers=bearer(secret) | {"Origin": origin})).status_code == 403
        assert (await client.get(stream, headers={"Origin": origin})).status_code == 403
    assert (await client.get(f"{BASE}/webhooks/default/secret", headers=headers)).status_code == 403
    assert (await client.post(path, json=asked, headers=bearer(secret))).status_code == 403


async def test_bodies_may_be_as_large_as_files_in_them(client: httpx.AsyncClient, painter: dict[str, str]) -> None:
    path = f"{BASE}/models/me/painter/predictions"
    large = {"input": {"image": "data:image/png;base64," + "A" * 12_000_000}}
    answer = await client.post(path, json=large, headers=painter)
    assert answer.status_code == 422  # it was read, and is no picture
    assert "image" in answer.json()["detail"]
    answer = await client.post(path, content=b"x", headers=painter | {"Content-Length": "200000000"})
    assert answer.status_code == 413


async def test_the_bare_list_of_models_is_everybodys(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    listed = (await client.get("/v1/models", headers=writer)).json()
    assert [model["id"] for model in listed["data"]] == ["writer"]  # OpenAI's
    assert [model["name"] for model in listed["results"]] == ["writer"]  # Replicate's
    assert listed["object"] == "list"
