from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from gesso.app import App
from gesso.server import bodies
from gesso.server.bodies import gathered
from gesso.server.errors import Refusal

FORM = {"Content-Type": "multipart/form-data; boundary=b"}
HEAD = b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n'


def files(home: Path) -> list[Path]:
    return [path for path in (home / "blobs").rglob("*") if path.is_file()]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE_S", 0.2)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("headers", [{}, FORM])
async def test_a_body_that_stands_still_is_given_up(
    client: httpx.AsyncClient, home: Path, headers: dict[str, str]
) -> None:
    async def begin() -> AsyncIterator[bytes]:
        yield HEAD + b"first"
        await asyncio.sleep(60)

    answer = await client.post("/api/v1/files", content=begin(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (408, "slow")
    assert answer.headers["Connection"] == "close"
    assert files(home) == []


@pytest.mark.usefixtures("impatient")
async def test_what_came_of_a_resumable_upload_before_it_stood_still_stays(client: httpx.AsyncClient) -> None:
    async def begin() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.sleep(60)

    upload = (await client.post("/api/v1/uploads", json={"size_bytes": 10})).json()["id"]
    path, offset = f"/api/v1/uploads/{upload}", {"Upload-Offset": "0"}
    assert (await client.patch(path, content=begin(), headers=offset)).status_code == 408
    assert (await client.get(path)).json()["offset_bytes"] == 5


@pytest.mark.parametrize("headers", [{}, FORM])
async def test_a_body_without_a_length_is_broken_off_where_it_becomes_too_large(
    app: App, client: httpx.AsyncClient, home: Path, *, headers: dict[str, str]
) -> None:
    app.settings = app.settings.model_copy(update={"upload_limit_bytes": 10_000})
    sent = 0

    async def pour() -> AsyncIterator[bytes]:
        nonlocal sent
        yield HEAD
        while True:
            sent += 1000
            yield bytes(1000)

    answer = await client.post("/api/v1/files", content=pour(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert sent < 20_000
    assert files(home) == []


async def test_small_pieces_are_joined_and_none_is_lost_before_an_error() -> None:
    async def come() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 600_000
        raise bodies.too_large(1)

    pieces: list[bytes] = []
    with pytest.raises(Refusal):
        async for piece in gathered(come()):
            pieces.append(piece)  # noqa: PERF401 - what came before the error counts
    assert [len(piece) for piece in pieces] == [1_200_000, 600_000]


async def test_a_body_that_others_wait_for_must_not_dribble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_S", 0.3)

    async def dribble() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": []}, dribble)
    with pytest.raises(Refusal) as refused:
        async for _ in bodies.body_of(request, limit_bytes=1000, is_awaited=True):
            pass
    assert (refused.value.status_code, refused.value.problem.message) == (408, "The request comes too slowly.")


async def test_a_body_that_comes_on_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_S", 0.2)
    left = 10

    async def come() -> Message:
        nonlocal left
        left -= 1
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": bytes(5000), "more_body": left > 0}

    request = Request({"type": "http", "method": "POST", "headers": []}, come)
    pieces = [piece async for piece in bodies.body_of(request, limit_bytes=100_000, is_awaited=True)]
    assert sum(map(len, pieces)) == 50_000
