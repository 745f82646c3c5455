"""A Runway model's own server, as Flask's test client sees it: routes, answers, headers of the SDK 0.6.1."""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import PIL.Image
import pytest
from flask import abort
from flask.testing import FlaskClient
from runway.data_types import any as any_type
from runway.data_types import array, boolean, category, image, number, text, vector
from runway.model import RunwayModel


@pytest.fixture(autouse=True)
def _only_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_NO_SERVE", "1")


def served() -> RunwayModel:
    """Return a model with one command of each habit."""
    rw = RunwayModel()

    @rw.setup(options={"size": category(choices=["big", "small"], description="How large.")})
    def setup(options: dict[str, Any]) -> str:
        if options["size"] == "small":
            raise ValueError("too small")
        return str(options["size"])

    @rw.command("double", inputs={"input": number}, outputs={"output": number()}, description="Twice — 🕳")
    def double(model: str, inputs: dict[str, Any]) -> Any:
        return inputs["input"] * 2

    @rw.command("fail", inputs={"input": number}, outputs={"output": text})
    def fail(model: str, inputs: dict[str, Any]) -> Any:
        raise ValueError("nope")

    @rw.command("grow", inputs={"input": text}, outputs={"output": text})
    def grow(model: str, inputs: dict[str, Any]) -> Iterator[Any]:
        yield "a", 0.5
        yield {"output": "a—b"}, 1

    @rw.command("paint", inputs={"on": boolean}, outputs={"picture": image, "other": image(channels=4)})
    def paint(model: str, inputs: dict[str, Any]) -> dict[str, Any]:
        return {"picture": np.full((2, 3, 3), 90.0), "other": PIL.Image.new("RGB", (2, 2))}

    @rw.command("need", inputs={"what": any_type}, outputs={"z": vector(length=200)})
    def need(model: str, inputs: dict[str, Any]) -> Any:
        return np.arange(200) / 7

    return rw


@pytest.fixture
def rw() -> RunwayModel:
    made = served()
    made.run()
    return made


@pytest.fixture
def client(rw: RunwayModel) -> FlaskClient:
    return rw.app.test_client()


# -- what it says of itself -------------------------------------------------------------------------------------------


def test_it_says_what_it_is(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    meta = client.get("/meta").get_json()
    assert client.get("/").get_json().keys() == meta.keys()
    assert isinstance(meta.pop("millisRunning"), int)
    commands = {command["name"]: command for command in meta.pop("commands")}
    assert meta == {
        "modelSDKVersion": "0.6.1",
        "millisSinceLastCommand": None,
        "GPU": False,
        "options": [
            {
                "name": "size",
                "type": "category",
                "description": "How large.",
                "oneOf": ["big", "small"],
                "default": "big",
            }
        ],
    }
    assert commands["double"] == client.get("/double").get_json()
    assert commands["double"]["description"] == "Twice — 🕳"
    assert "🕳" in client.get("/double").get_data(as_text=True)
    monkeypatch.setenv("GPU", "1")
    assert client.get("/").get_json()["GPU"] is True


def test_its_options_can_be_read(client: FlaskClient) -> None:
    """Not as in the original, which answers 500 where there are any."""
    assert [option["name"] for option in client.get("/setup").get_json()] == ["size"]


def test_it_knows_when_it_was_last_asked(client: FlaskClient) -> None:
    client.post("/double", json={"input": 1})
    assert isinstance(client.get("/").get_json()["millisSinceLastCommand"], int)


def test_it_starts_and_runs() -> None:
    made = served()
    client = made.app.test_client()
    assert client.get("/healthcheck").get_json() == {"status": "STARTING"}
    assert client.get("/meta").get_json()["millisRunning"] is None
    made.run()
    assert client.get("/healthcheck").get_json() == {"status": "RUNNING"}
    assert client.post("/setup", json={"size": "small"}).status_code == 500
    assert client.get("/healthcheck").get_json() == {"status": "STARTING"}
    assert client.post("/setup", json={"size": "big"}).get_json() == {"success": True}
    assert client.get("/healthcheck").get_json() == {"status": "RUNNING"}


# -- commands ---------------------------------------------------------------------------------------------------------


def test_a_bare_value_is_the_only_output(client: FlaskClient) -> None:
    assert client.post("/double", json={"input": 5, "unknown": 1}).get_json() == {"output": 10}
    assert client.post("/double", json={}).get_json() == {"output": 0}  # the default


def test_of_several_outputs_the_last_counts_without_its_progress(client: FlaskClient) -> None:
    assert client.post("/grow", json={"input": ""}).get_json() == {"output": "a—b"}


def test_each_picture_comes_in_the_form_that_is_asked_for(client: FlaskClient) -> None:
    plain = client.post("/paint", json={}).get_json()
    assert plain["picture"].startswith("data:image/jpeg;base64,")
    assert plain["other"].startswith("data:image/png;base64,")
    wanted = {"X-Runway-Output-Format": "picture=PNG; other=png"}
    png = client.post("/paint", json={}, headers=wanted).get_json()["picture"]
    assert png.startswith("data:image/png;base64,")
    with PIL.Image.open(io.BytesIO(base64.b64decode(png.partition(",")[2]))) as picture:
        assert picture.getpixel((0, 0)) == (90, 90, 90)


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", None])
def test_json_is_read_whatever_it_is_called(client: FlaskClient, media_type: str | None) -> None:
    answer = client.post("/double", data='{"input": 5}', content_type=media_type)
    assert answer.get_json() == {"output": 10}


def test_a_packed_body_is_unpacked(client: FlaskClient) -> None:
    packed = gzip.compress(json.dumps({"input": 5}).encode())
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    assert client.post("/double", data=packed, headers=headers).get_json() == {"output": 10}
    assert client.post("/double", data=packed[:9], headers=headers).status_code == 400


# -- errors -----------------------------------------------------------------------------------------------------------


def test_a_failed_command_says_what_it_raised(client: FlaskClient) -> None:
    answer = client.post("/fail", json={"input": 1})
    body = answer.get_json()
    assert answer.status_code == 500
    assert set(body) == {"error", "traceback"}
    assert body["error"] == "Error during inference: ValueError('nope')."
    assert body["traceback"][-1].startswith('File "')
    assert 'raise ValueError("nope")' in body["traceback"][-1]


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("/nothere", {}, 404, "Unknown command: nothere."),
        ("/setup", {"size": "huge"}, 400, 'Invalid argument: size. category value "huge" does not appear in choices'),
        ("/setup", {"size": "small"}, 500, "Error during setup: ValueError('too small')."),
        ("/paint", {"on": 1}, 400, "Invalid argument: on. value type <class 'int'> is not a boolean"),
        ("/need", {}, 500, "Internal server error."),
    ],
)
def test_an_error_is_answered_as_it_was(client: FlaskClient, path: str, body: Any, status: int, error: str) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == status
    assert answer.get_json()["error"].startswith(error)


def test_an_option_that_is_missing_is_named(rw: RunwayModel) -> None:
    rw.setup(options={"words": array(item_type=text)})(lambda options: options)
    answer = rw.app.test_client().post("/setup", json={})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "Missing option: words.")


@pytest.mark.parametrize("data", ["", "{", "input=5", "null"])
@pytest.mark.parametrize("path", ["/double", "/setup"])
def test_a_body_that_is_no_json_is_refused(client: FlaskClient, path: str, data: str) -> None:
    answer = client.post(path, data=data)
    assert (answer.status_code, answer.get_json()) == (
        400,
        {"error": "The body of all POST requests must contain JSON"},
    )


def test_what_is_not_there_is_said_as_json(rw: RunwayModel, client: FlaskClient) -> None:
    for code in (401, 403, 500):
        rw.app.add_url_rule(f"/refuse/{code}", str(code), lambda code=code: abort(code))
    said = {code: client.get(f"/refuse/{code}") for code in (401, 403, 500)}
    assert {code: answer.status_code for code, answer in said.items()} == {401: 401, 403: 403, 500: 500}
    assert said[401].get_json() == {
        "error": "Unauthorized (well... really unauthenticated but hey I didn't write the spec)."
    }
    assert said[403].get_json() == {"error": "Forbidden."}
    assert said[500].get_json() == {"error": "Internal server error."}
    missing, unknown = client.get("/setup/status"), client.get("/nothere")
    assert (missing.status_code, missing.get_json()) == (404, {"error": "Not found."})
    assert (unknown.status_code, unknown.get_json()["error"]) == (404, "Unknown command: nothere.")
    assert client.put("/setup", json={}).get_json() == {"error": "Method not allowed."}


# -- headers ----------------------------------------------------------------------------------------------------------


def test_pages_of_any_origin_may_read_it(client: FlaskClient) -> None:
    assert client.get("/").headers["Access-Control-Allow-Origin"] == "*"
    answer = client.get("/", headers={"Origin": "http://localhost:8001"})
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:8001"
    assert "Origin" in answer.headers["Vary"]


def test_a_browser_that_asks_first_may_go_on(client: FlaskClient) -> None:
    asked = {
        "Origin": "http://localhost:8001",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = client.options("/double", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type"


def test_long_answers_are_packed_for_who_can_unpack_them(client: FlaskClient) -> None:
    packed = client.post("/need", json={"what": 1}, headers={"Accept-Encoding": "gzip, deflate"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(packed.data))["z"]) == 200
    assert "Content-Encoding" not in client.post("/need", json={"what": 1}).headers
    short = client.post("/double", json={"input": 5}, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in short.headers


def test_how_long_is_long_can_be_said(rw: RunwayModel, client: FlaskClient) -> None:
    rw.app.config["COMPRESS_MIN_SIZE"] = 0
    packed = client.post("/double", json={"input": 5}, headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(packed.data)) == {"output": 10}
