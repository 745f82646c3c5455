from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from gesso.server import limits


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/settings", "/api/v1/uploads", "/api/v1/nowhere", "/"])
async def test_a_body_that_says_it_is_too_large_is_not_read(client: httpx.AsyncClient, path: str) -> None:
    for said in ("10000001", "9" * 18):
        answer = await client.post(path, content=b"x", headers={"Content-Length": said})
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"


async def test_a_body_that_becomes_too_large_is_broken_off(client: httpx.AsyncClient) -> None:
    sent = 0

    async def dribble() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_000_000
            yield b" " * 1_000_000

    answer = await client.post("/api/v1/jobs", content=dribble(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert sent < 20_000_000


async def test_a_body_that_takes_too_long_is_broken_off(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PATIENCE_S", 0.3)

    async def dribble() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.05)
            yield b" "

    answer = await client.post("/api/v1/jobs", content=dribble(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 408
    assert answer.json()["code"] == "slow"


@pytest.mark.parametrize("said", ["-1", "x", "1e3", "٣", "1" * 30, ""])
async def test_nonsense_about_the_size_breaks_nothing(client: httpx.AsyncClient, said: str) -> None:
    for path in ("/api/v1/jobs", "/api/v1/files"):
        answer = await client.post(path, content=b"x", headers=[(b"Content-Length", said.encode())])
        assert answer.status_code < 500


@pytest.mark.parametrize("part", ["{},", "[],", '"a":1,', "[", "{"])
async def test_json_of_very_many_parts_is_not_read(client: httpx.AsyncClient, part: str) -> None:
    answer = await client.post("/api/v1/jobs", content=part * 300_000, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "input")
    assert "250000 parts" in answer.json()["message"]
