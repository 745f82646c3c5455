from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import PIL.Image
import pytest

from gesso.app import App
from gesso.server.direct import answer
from gesso.types.audio import AudioType
from gesso.types.source import from_data_uri, to_data_uri
from tests.server.direct.models import add_many
from tests.server.models import add_echo
from tests.server.routers.test_files import png, put

PATH = "/api/v1/models/many/run"
PICTURE = to_data_uri(png(), "image/png")
WAVE = AudioType().encode(AudioType().sample(), ".wav")

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def many(app: App, tmp_path: Path) -> None:
    add_many(app, tmp_path / "many")


def refuse(given: str, hint: str = "") -> Exception:
    return ValueError(given + hint)


def decoded(data: bytes | str) -> PIL.Image.Image:
    raw = data if isinstance(data, bytes) else from_data_uri(data, refuse)[0]  # type: ignore[arg-type]  # raises another kind
    picture = PIL.Image.open(io.BytesIO(raw))
    picture.load()
    return picture


async def ask(client: httpx.AsyncClient, query: str = "", **more: Any) -> httpx.Response:
    answered = await client.post(PATH + query, timeout=90, **more)
    assert answered.status_code == 200, answered.text
    return answered


# -- what goes in ------------------------------------------------------------------------------------------------------


async def test_a_form_has_a_field_for_each_input(client: httpx.AsyncClient) -> None:
    form = {"words": "snow", "count": "3"}
    answered = await ask(client, "?seed=7", files={"picture": ("fox.png", png(), "image/png")}, data=form)
    told = answered.json()
    assert told["outputs"]["words"] == "snow small 7"
    assert told["outputs"]["count"] == 3
    assert decoded(told["outputs"]["picture"]).size == (64, 48)
    assert told["seed"] == 7
    assert answered.headers["Gesso-Seed"] == "7"


async def test_json_takes_what_a_job_takes(app: App, client: httpx.AsyncClient) -> None:
    kept = await put(client, png(), "fox.png")
    for picture in (PICTURE, {"blob": kept, "name": "fox.png"}):
        asked = {"inputs": {"picture": picture}, "options": {"size": "large"}, "seed": 5, "device": "cpu"}
        assert (await ask(client, json=asked)).json()["outputs"]["words"] == "hello large 5"
    asked = {"command": "data", "inputs": {"value": {"url": "https://example.org"}}}
    assert (await ask(client, json=asked)).json()["outputs"] == {"output": [{"url": "https://example.org"}, []]}
    assert not await app.jobs.list()


async def test_one_medium_is_a_body_by_itself(client: httpx.AsyncClient) -> None:
    head = {"Content-Type": "image/png"}
    told = (await ask(client, "?words=ink&count=9", content=png(), headers=head)).json()
    assert (told["outputs"]["words"].split()[0], told["outputs"]["count"]) == ("ink", 9)
    head = {"Content-Type": "text/plain; charset=utf-8"}
    told = (await ask(client, "?command=repeat&times=3", content="füchs ".encode(), headers=head)).json()
    assert told["outputs"] == {"output": "füchs füchs füchs "}
    head = {"Content-Type": "application/octet-stream"}
    assert (await ask(client, "?command=invert", content=png(), headers=head)).status_code == 200
    assert (await ask(client, "?command=tone", content=WAVE, headers={"Content-Type": "audio/wav"})).status_code == 200


async def test_nothing_but_an_address_is_enough(client: httpx.AsyncClient) -> None:
    told = (await ask(client, "?command=repeat&words=fox")).json()
    assert told["outputs"] == {"output": "foxfox"}


async def test_several_fields_of_one_name_are_a_list(client: httpx.AsyncClient) -> None:
    form = [("pictures", (f"{number}.png", png(10 + number, 8), "image/png")) for number in range(3)]
    told = (await ask(client, "?command=tiles", files=form)).json()
    assert [decoded(tile).width for tile in told["outputs"]["output"]] == [10, 11, 12]
    told = (await ask(client, "?command=tiles", files=form[:1])).json()
    assert len(told["outputs"]["output"]) == 1


async def test_files_keep_their_names(client: httpx.AsyncClient, app: App) -> None:
    form = {"file": ("notes.md", b"# A fox", "text/markdown")}
    accept = {"Accept": "application/octet-stream"}
    answered = await ask(client, "?command=file", files=form, headers=accept)
    assert answered.content == b"# A fox"
    assert "again-notes.md" in answered.headers["Content-Disposition"]
    assert answered.headers["Content-Disposition"].startswith("attachment")
    kept = await put(client, b"# A hare", "hare.md")
    asked = {"command": "file", "inputs": {"file": {"blob": kept, "name": "hare.md"}}}
    answered = await ask(client, json=asked, headers=accept)
    assert answered.content == b"# A hare"
    assert "again-hare.md" in answered.headers["Content-Disposition"]
    assert not list((app.settings.home / "runs").glob("direct-*"))


async def test_a_folder_comes_as_json(client: httpx.AsyncClient) -> None:
    files = {"files": {"a.txt": "data:text/plain,a", "b/c.txt": "data:text/plain,c"}}
    told = (await ask(client, json={"command": "folder", "inputs": {"folder": files}})).json()
    assert told["outputs"]["output"] == ["a.txt", "b/c.txt"]


# -- what comes back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/jpeg", "JPEG"),
        ("image/png", "PNG"),
        ("image/webp", "WEBP"),
        ("image/*", "PNG"),
        ("text/html, image/webp;q=0.9, */*;q=0.1", "WEBP"),
    ],
)
async def test_a_picture_comes_as_its_own_bytes(client: httpx.AsyncClient, accept: str, kind: str) -> None:
    head = {"Content-Type": "image/png", "Accept": accept}
    answered = await ask(client, "?command=invert", content=png(mode="L"), headers=head)
    picture = decoded(answered.content)
    assert picture.format == kind
    assert answered.headers["Content-Type"] == f"image/{kind.lower()}"
    assert abs(int(np.asarray(picture.convert("L"))[5, 5]) - 127) <= 2


async def test_other_kinds_come_as_their_own_bytes(client: httpx.AsyncClient) -> None:
    answered = await ask(client, "?command=repeat&words=f%C3%BC", headers={"Accept": "text/plain"})
    assert answered.text == "füfü"
    assert answered.headers["Content-Type"] == "text/plain; charset=utf-8"
    head = {"Accept": "audio/*", "Content-Type": "audio/wav"}
    answered = await ask(client, "?command=tone", content=WAVE, headers=head)
    assert answered.content[:4] == b"RIFF"
    assert answered.headers["Content-Type"] == "audio/wav"


async def test_quality_is_what_one_asks_for(client: httpx.AsyncClient) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    file = io.BytesIO()
    PIL.Image.fromarray(noise).save(file, "PNG")
    sizes = []
    for quality in ("&quality=5", "", "&quality=100"):
        head = {"Content-Type": "image/png", "Accept": "image/jpeg"}
        sizes.append(len((await ask(client, f"?command=draw{quality}", content=file.getvalue(), headers=head)).content))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[1] < sizes[2]


async def test_one_output_is_enough(client: httpx.AsyncClient) -> None:
    head = {"Content-Type": "image/png"}
    assert list((await ask(client, "?output=count", content=png(), headers=head)).json()["outputs"]) == ["count"]
    answered = await ask(client, "?output=picture", content=png(), headers=head | {"Accept": "image/png"})
    assert decoded(answered.content).size == (64, 48)


async def test_where_the_time_went_is_told_twice(client: httpx.AsyncClient) -> None:
    answered = await ask(client, "?command=repeat&words=a")
    figures = answered.json()["metrics"]
    assert set(figures) == {"queue_s", "decode_s", "setup_s", "run_s", "transport_s", "encode_s", "total_s"}
    assert figures["setup_s"] > 0
    assert sum(figures.values()) - figures["total_s"] <= figures["total_s"]
    again = (await ask(client, "?command=repeat&words=a")).headers["Server-Timing"]
    assert "setup;dur=0.00" in again
    assert again.startswith("queue;dur=")


async def test_what_happens_is_told_while_it_happens(client: httpx.AsyncClient) -> None:
    answered = await ask(client, "?command=spell&words=fox&seed=3", headers={"Accept": "text/event-stream"})
    assert answered.headers["Content-Type"].startswith("text/event-stream")
    told = [json.loads(line[6:]) for line in answered.text.splitlines() if line.startswith("data: ")]
    assert {"type": "log", "text": "spelling", "level": "info"} in told
    assert [event["value"] for event in told if event["type"] == "part"] == ["f", "o", "x"]
    assert told[-1]["type"] == "result"
    assert (told[-1]["outputs"], told[-1]["seed"]) == ({"output": "fox"}, 3)
    head = {"Accept": "text/event-stream", "Content-Type": "image/png"}
    answered = await ask(client, "?command=draw", content=png(), headers=head)
    told = [json.loads(line[6:]) for line in answered.text.splitlines() if line.startswith("data: ")]
    preview = next(event for event in told if event["type"] == "preview")
    assert (preview["output"], preview["data_type"]) == ("output", "image")
    assert decoded(preview["value"]).size == (64, 48)


async def test_a_failure_among_events_is_the_last_of_them(client: httpx.AsyncClient) -> None:
    answered = await ask(client, "?command=fail", headers={"Accept": "text/event-stream"})
    told = [json.loads(line[6:]) for line in answered.text.splitlines() if line.startswith("data: ")]
    assert (told[-1]["type"], told[-1]["code"]) == ("error", "model")
    assert "brush" in told[-1]["message"]


# -- what is refused ---------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[str, dict[str, Any], int, str, str | None]] = {
    "a model that is not there": ("/api/v1/models/nobody/run", {}, 404, "not_found", None),
    "a name that is none": ("/api/v1/models/Many/run", {}, 404, "not_found", None),
    "a command that is not there": (f"{PATH}?command=fly", {}, 404, "not_found", None),
    "an output that is not there": (f"{PATH}?output=sound", {}, 404, "not_found", None),
    "a missing input": (f"{PATH}?command=invert", {}, 422, "input", "picture"),
    "an input of another name": (f"{PATH}?command=repeat&words=a&colour=b", {}, 422, "input", "colour"),
    "a number out of its limits": (f"{PATH}?count=101", {"files": {"picture": png()}}, 422, "input", "count"),
    "a seed that is none": (f"{PATH}?seed=-1", {}, 422, "input", "seed"),
    "a quality that is none": (f"{PATH}?quality=0", {}, 422, "input", "quality"),
    "options that are no object": (f"{PATH}?options=5", {}, 422, "input", "options"),
    "a surplus field of JSON": (PATH, {"json": {"inputs": {}, "priority": "batch"}}, 422, "input", "priority"),
    "broken JSON": (PATH, {"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "input", None),
    "a broken form": (
        PATH,
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=a"}},
        422,
        "input",
        "body",
    ),
    "a picture that is none": (
        f"{PATH}?command=invert",
        {"content": b"MZ" * 50, "headers": {"Content-Type": "image/png"}},
        422,
        "input",
        "picture",
    ),
    "one body for two inputs": (
        f"{PATH}?command=blend",
        {"content": png(), "headers": {"Content-Type": "image/png"}},
        422,
        "input",
        "body",
    ),
    "a body that no input can be": (
        f"{PATH}?command=repeat",
        {"content": png(), "headers": {"Content-Type": "image/png"}},
        422,
        "input",
        "body",
    ),
    "a kind of body that is none": (PATH, {"data": {"words": "a"}}, 415, "media_type", None),
    "an answer that there is not": (
        f"{PATH}?command=repeat&words=a",
        {"headers": {"Accept": "image/png"}},
        406,
        "not_acceptable",
        None,
    ),
    "a file that is not kept": (PATH, {"json": {"inputs": {"picture": {"blob": "0" * 64}}}}, 404, "not_found", None),
    "an address in this house": (
        PATH,
        {"json": {"inputs": {"picture": {"url": "http://127.0.0.1:1/"}}}},
        422,
        "fetch",
        None,
    ),
    "what the model refuses": (f"{PATH}?command=fail&how=refuse", {}, 422, "input", "how"),
    "a model that fails": (f"{PATH}?command=fail", {}, 422, "model", None),
    "a worker that dies": (f"{PATH}?command=fail&how=die", {}, 422, "worker_died", None),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_done_is_said(client: httpx.AsyncClient, case: str) -> None:
    address, more, status, code, where = REFUSED[case]
    answered = await client.post(address, timeout=90, **more)
    assert (answered.status_code, answered.json()["code"]) == (status, code), answered.text
    assert answered.json().get("where") == where, answered.text


async def test_two_outputs_that_fit_are_asked_about(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    code = (
        "from dataclasses import dataclass\nfrom gesso import Image, Model\n@dataclass\nclass Two:\n    a: Image\n"
        "    b: Image\nclass Pair(Model):\n    def run(self, x: Image) -> Two:\n        return Two(x, x)\n"
    )
    (tmp_path / "pair").mkdir()
    (tmp_path / "pair" / "model.py").write_text(code)
    app.trust.trust(app.registry.add(str(tmp_path / "pair")))
    head = {"Content-Type": "image/png", "Accept": "image/png"}
    answered = await client.post("/api/v1/models/pair/run", content=png(), headers=head, timeout=90)
    assert (answered.status_code, answered.json()["where"]) == (422, "output")
    answered = await client.post("/api/v1/models/pair/run?output=b", content=png(), headers=head, timeout=90)
    assert answered.status_code == 200


async def test_a_strangers_model_is_not_run(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo", is_trusted=False)
    answered = await client.post("/api/v1/models/echo/run", json={"inputs": {"image": PICTURE}})
    assert (answered.status_code, answered.json()["code"]) == (403, "trust")


async def test_what_is_too_large_is_sent_another_way(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "MOST_BYTES", 1000)

    async def in_pieces() -> Any:
        for _ in range(20):
            yield b"0" * 100

    for content in (b"0" * 1001, in_pieces()):
        answered = await client.post(PATH, content=content, headers={"Content-Type": "image/png"})
        assert (answered.status_code, answered.json()["code"]) == (413, "too_large")
        assert "/api/v1/jobs" in answered.json()["hint"]


async def test_more_than_there_is_room_for_come_again_later(client: httpx.AsyncClient) -> None:
    rooms = client._transport.app.state.rooms  # type: ignore[attr-defined]  # the transport of these tests has one
    rooms.direct.places._most_runs = 1
    with rooms.direct.places.take("many"):
        answered = await client.post(f"{PATH}?command=repeat&words=a")
    assert (answered.status_code, answered.json()["code"]) == (503, "queue_full")
    assert int(answered.headers["Retry-After"]) > 0
    await ask(client, "?command=repeat&words=a")


# -- what is counted ---------------------------------------------------------------------------------------------------


async def test_runs_are_counted_by_model_and_outcome(client: httpx.AsyncClient) -> None:
    await ask(client, "?command=repeat&words=a")
    await client.post(f"{PATH}?command=fail")
    await client.post("/api/v1/models/nobody/run")
    told = (await client.get("/api/v1/metrics")).text
    assert 'gesso_direct_runs_total{model="many",outcome="succeeded"} 1.0' in told
    assert 'gesso_direct_runs_total{model="many",outcome="failed"} 1.0' in told
    assert 'gesso_direct_run_seconds_total{model="many"}' in told
    assert "nobody" not in told
