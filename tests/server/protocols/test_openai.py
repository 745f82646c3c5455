"""OpenAI's interface: its own shapes, its own errors, and what cannot be asked of a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from tests.server.protocols.models import bearer, host, told

COMPLETIONS = "/openai/v1/completions"
CHAT = "/openai/v1/chat/completions"


@pytest.fixture
async def writer(app: App, tmp_path: Path) -> dict[str, str]:
    """A deployment that writes, and the header with its token."""
    return bearer(await host(app, tmp_path, "writer"))


async def test_a_completion_has_openais_shape(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    asked = {"model": "writer", "prompt": "a fox runs", "max_tokens": 4, "temperature": 0, "user": "me", "n": 1}
    answer = await client.post(COMPLETIONS, json=asked, headers=writer)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["object"] == "text_completion"
    assert said["model"] == "writer"
    assert said["choices"] == [{"index": 0, "text": " runs fox a runs", "logprobs": None, "finish_reason": "length"}]
    assert said["usage"] == {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, "counted": "words"}


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        ({"prompt": ["one two", "three"], "max_tokens": 2}, [" two one", " three three"]),
        ({"prompt": "one two", "n": 2, "max_tokens": 1}, [" two", " two"]),
        ({"prompt": "one two", "echo": True, "max_tokens": 1}, ["one two two"]),
        ({"prompt": "one two", "stop": " one"}, [" two"]),
        ({"prompt": "one two", "stop": ["zzz", "wo o"]}, [" t"]),
        ({"prompt": "one two", "stop": []}, [" two one two one two"]),
    ],
)
async def test_what_is_asked_is_what_comes(
    client: httpx.AsyncClient, writer: dict[str, str], asked: dict[str, Any], texts: list[str]
) -> None:
    answer = await client.post(COMPLETIONS, json={"model": "writer", **asked}, headers=writer)
    assert [choice["text"] for choice in answer.json()["choices"]] == texts, answer.text
    streamed = await client.post(COMPLETIONS, json={"model": "writer", "stream": True, **asked}, headers=writer)
    events = told(streamed)
    assert events[-1] == "[DONE]"
    pieces: dict[int, str] = {}
    for event in events[:-1]:
        for choice in json.loads(event)["choices"]:
            pieces[choice["index"]] = pieces.get(choice["index"], "") + choice["text"]
    assert [pieces[index] for index in range(len(texts))] == texts


async def test_a_conversation_goes_on(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "say hello"}]},
    ]
    asked = {"model": "writer", "messages": messages, "max_completion_tokens": 3}
    said = (await client.post(CHAT, json=asked, headers=writer)).json()
    assert said["object"] == "chat.completion"
    assert said["choices"][0]["message"] == {
        "role": "assistant",
        "content": "Assistant: hello say",
        "refusal": None,
    }
    streamed = await client.post(
        CHAT, json=asked | {"stream": True, "stream_options": {"include_usage": True}}, headers=writer
    )
    events = [json.loads(event) for event in told(streamed)[:-1]]
    assert events[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    deltas = [choice["delta"].get("content", "") for event in events for choice in event["choices"]]
    assert "".join(deltas) == " Assistant: hello say"
    assert events[-2]["choices"][0]["finish_reason"] == "length"
    assert events[-1]["choices"] == []
    assert events[-1]["usage"]["completion_tokens"] == 3


async def test_a_seed_makes_the_same_again(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    secret = await host(app, tmp_path, "writer", command="say")
    asked = {"prompt": "ho", "seed": 7, "n": 2}
    one, other = [
        (await client.post("/m/writer/v1/completions", json=asked, headers=bearer(secret))).json()["choices"]
        for _ in range(2)
    ]
    assert one == other
    assert one[0]["text"] == "ho! ho! seed 7"
    assert one[1]["text"] == "ho! ho! seed 8"


@pytest.mark.parametrize(
    ("asked", "status", "param"),
    [
        ({"prompt": "x", "top_p": 0.5}, 400, "top_p"),
        ({"prompt": "x", "presence_penalty": 1}, 400, "presence_penalty"),
        ({"prompt": "x", "logprobs": 2}, 400, "logprobs"),
        ({"prompt": "x", "best_of": 3}, 400, "best_of"),
        ({"prompt": "x", "nonsense": 1}, 400, "nonsense"),
        ({"prompt": "x", "temperature": 7}, 400, "temperature"),
        ({"prompt": "x", "temperature": "warm"}, 400, "temperature"),
        ({"prompt": "x", "max_tokens": 0}, 400, "max_tokens"),
        ({"prompt": "x", "max_tokens": 5000}, 400, "max_tokens"),
        ({"prompt": "x", "n": 1000}, 400, "n"),
        ({"prompt": ["x"] * 16, "n": 16}, 400, "n"),
        ({"prompt": [1, 2, 3]}, 400, None),
        ({"prompt": 7}, 400, None),
        ({"prompt": []}, 400, None),
        ({"prompt": "x", "stop": 7}, 400, None),
        ({"prompt": "x", "model": None}, 400, "model"),
        ({"prompt": "x", "model": "nobody"}, 404, None),
        ({"prompt": "x", "model": "../../etc/passwd"}, 404, None),
    ],
)
async def test_what_is_wrong_is_said_in_openais_shape(
    client: httpx.AsyncClient, writer: dict[str, str], asked: dict[str, Any], status: int, param: str | None
) -> None:
    for stream in (False, True):
        answer = await client.post(COMPLETIONS, json={"model": "writer", "stream": stream, **asked}, headers=writer)
        assert answer.status_code == status, answer.text
        error = answer.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}
        if param is not None:
            assert error["param"] == param, error


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"prompt": "\xff"}', b"{" * 2000, b'{"stream": 1e999}'])
async def test_a_body_that_is_none_is_refused(client: httpx.AsyncClient, writer: dict[str, str], body: bytes) -> None:
    for path in (COMPLETIONS, CHAT):
        answer = await client.post(path, content=body, headers=writer | {"Content-Type": "application/json"})
        assert answer.status_code in {400, 422}, answer.text
        assert answer.json()["error"]["message"]


async def test_pictures_in_a_conversation_are_refused(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    picture = {"type": "image_url", "image_url": {"url": "http://169.254.169.254/"}}
    answer = await client.post(
        CHAT, json={"model": "writer", "messages": [{"role": "user", "content": [picture]}]}, headers=writer
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "messages[0].content"


async def test_a_failed_model_is_told_of_in_both_ways(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    asked = {"model": "writer", "prompt": "so we fail"}
    answer = await client.post(COMPLETIONS, json=asked, headers=writer)
    assert answer.status_code == 422
    assert "no more words" in answer.json()["error"]["message"]
    assert answer.headers["x-should-retry"] == "false"


async def test_only_those_that_write_text_are_listed(
    client: httpx.AsyncClient, app: App, writer: dict[str, str], tmp_path: Path
) -> None:
    painter = bearer(await host(app, tmp_path, "painter", is_public=True))
    for path in ("/openai/v1/models", "/m/writer/v1/models"):
        listed = (await client.get(path, headers=writer)).json()
        assert listed["object"] == "list"
        assert [model["id"] for model in listed["data"]] == ["writer"]
    assert (await client.get("/openai/v1/models/writer", headers=writer)).json()["owned_by"] == "gesso"
    assert (await client.get("/openai/v1/models", headers=painter)).json()["data"] == []
    assert (await client.get("/openai/v1/models/writer", headers=painter)).status_code == 401
    answer = await client.post(COMPLETIONS, json={"model": "painter", "prompt": "x"}, headers=painter)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "model"


async def test_nobody_comes_in_without_the_token(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    for path in (COMPLETIONS, "/v1/completions", "/m/writer/v1/completions"):
        for headers in ({}, bearer("gesso_wrong")):
            answer = await client.post(path, json={"model": "writer", "prompt": "x"}, headers=headers)
            assert answer.status_code == 401, path
            assert answer.json()["error"]["code"] == "invalid_api_key"
        assert (await client.post(path, json={"model": "writer", "prompt": "x"}, headers=writer)).status_code == 200
    assert (await client.get("/openai/v1/models")).status_code == 401


@pytest.mark.parametrize("path", ["/openai", "/openai/v1", "/openai/v1/images/generations", "/openai/v1/../x"])
async def test_nothing_else_is_there(client: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = await client.request(method, path)
        assert answer.status_code in {404, 405}, path


async def test_requests_are_counted_and_what_they_cost(
    client: httpx.AsyncClient, app: App, writer: dict[str, str]
) -> None:
    asked = {"model": "writer", "prompt": "a", "max_tokens": 2, "wait_s": 0.05, "n": 2}
    assert (await client.post(COMPLETIONS, json=asked, headers=writer)).status_code == 200
    purse = app.hosting.door.purses("writer")[0]
    assert purse.requests == 1
    assert purse.compute_ms >= 200
    lines = [entry for _, entry in await app.hosting.log("writer") if entry.kind == "request"]
    assert [(line.protocol, line.outcome) for line in lines] == [("openai", "succeeded")]
