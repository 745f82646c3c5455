from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.server import uploads as uploads_module
from gesso.server.uploads import KEPT_S

DATA = bytes(range(256)) * 40


async def begin(client: httpx.AsyncClient, **said: Any) -> str:
    answer = await client.post("/api/v1/uploads", json={"name": "film.mp4", "size_bytes": len(DATA)} | said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def send(client: httpx.AsyncClient, upload: str, offset: int, end: int | None = None) -> httpx.Response:
    return await client.patch(
        f"/api/v1/uploads/{upload}", content=DATA[offset:end], headers={"Upload-Offset": str(offset)}
    )


def rest(home: Path) -> list[str]:
    return [path.name for path in (home / "uploads").glob("*")]


async def test_a_file_in_parts_is_the_same_file(client: httpx.AsyncClient, home: Path) -> None:
    upload = await begin(client, sha256=hashlib.sha256(DATA).hexdigest())
    for offset in range(0, len(DATA), 1000):
        answer = await send(client, upload, offset, offset + 1000)
        assert answer.status_code == 200
        assert answer.headers["Upload-Offset"] == str(min(offset + 1000, len(DATA)))
    kept = (await client.post(f"/api/v1/uploads/{upload}/finish")).json()
    assert kept["blob"] == hashlib.sha256(DATA).hexdigest()
    assert kept["name"] == "film.mp4"
    assert (await client.get(f"/api/v1/files/{kept['blob']}")).content == DATA
    assert rest(home) == []


async def test_it_says_how_much_has_come(client: httpx.AsyncClient) -> None:
    upload = await begin(client)
    await send(client, upload, 0, 3000)
    said = await client.get(f"/api/v1/uploads/{upload}")
    assert said.json()["offset_bytes"] == 3000
    head = await client.head(f"/api/v1/uploads/{upload}")
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("3000", str(len(DATA)))
    assert (head.status_code, head.content) == (200, b"")


async def test_a_part_that_begins_elsewhere_is_refused_and_told_where(client: httpx.AsyncClient) -> None:
    upload = await begin(client)
    await send(client, upload, 0, 3000)
    for offset in (0, 2999, 3001, 10**15):
        answer = await client.patch(f"/api/v1/uploads/{upload}", content=b"x", headers={"Upload-Offset": str(offset)})
        assert answer.status_code == 409
        assert "3000" in answer.json()["message"]


async def test_an_unfinished_or_too_large_one_is_refused(client: httpx.AsyncClient) -> None:
    upload = await begin(client)
    await send(client, upload, 0, 3000)
    assert (await client.post(f"/api/v1/uploads/{upload}/finish")).status_code == 422
    answer = await client.patch(f"/api/v1/uploads/{upload}", content=DATA, headers={"Upload-Offset": "3000"})
    assert answer.status_code == 422
    assert (await client.get(f"/api/v1/uploads/{upload}")).json()["offset_bytes"] <= len(DATA)


async def test_another_file_than_was_said_is_not_kept(client: httpx.AsyncClient, home: Path) -> None:
    upload = await begin(client, sha256="0" * 64)
    await send(client, upload, 0)
    answer = await client.post(f"/api/v1/uploads/{upload}/finish")
    assert answer.status_code == 422
    assert answer.json()["where"] == "sha256"
    assert rest(home) == []
    assert (await client.get(f"/api/v1/files/{hashlib.sha256(DATA).hexdigest()}")).status_code == 404


async def test_an_empty_file_is_a_file(client: httpx.AsyncClient) -> None:
    upload = await begin(client, size_bytes=0)
    kept = (await client.post(f"/api/v1/uploads/{upload}/finish")).json()
    assert kept["blob"] == hashlib.sha256().hexdigest()


@pytest.mark.parametrize(
    "said",
    [
        {"size_bytes": -1},
        {"size_bytes": "5"},
        {"size_bytes": 1.5},
        {"size_bytes": True},
        {"size_bytes": None},
        {"sha256": "x"},
        {"sha256": "A" * 64},
        {"name": "x" * 501},
        {"name": "\ud800"},
        {"surplus": 1},
    ],
)
async def test_a_wrong_beginning_is_refused(client: httpx.AsyncClient, said: dict[str, Any], home: Path) -> None:
    body = json.dumps({"name": "x", "size_bytes": 5} | said)
    answer = await client.post("/api/v1/uploads", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["where"] == next(iter(said))
    assert rest(home) == []


async def test_what_is_too_large_or_does_not_fit_is_refused_at_once(app: App, client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/uploads", json={"size_bytes": app.settings.upload_limit_bytes + 1})
    assert answer.status_code == 413
    app.settings = app.settings.model_copy(update={"upload_limit_bytes": 10**18})
    answer = await client.post("/api/v1/uploads", json={"size_bytes": 10**17})
    assert answer.json()["code"] == "disk_full"


@pytest.mark.parametrize("upload", ["x", "0" * 32, "..", "%2e%2e%2fowner", "0" * 31 + "%00", "*"])
async def test_an_id_is_never_a_path(client: httpx.AsyncClient, upload: str) -> None:
    for method, end in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/finish")):
        answer = await client.request(method, f"/api/v1/uploads/{upload}{end}", headers={"Upload-Offset": "0"})
        assert answer.status_code in {404, 405}, (method, answer.text)


async def test_uploads_can_be_dropped_and_are_forgotten_after_a_day(client: httpx.AsyncClient, home: Path) -> None:
    await client.delete(f"/api/v1/uploads/{await begin(client)}")
    assert rest(home) == []
    old = await begin(client)
    long_ago = time.time() - KEPT_S - 60
    os.utime(home / "uploads" / f"{old}.part", (long_ago, long_ago))
    fresh = await begin(client)
    assert sorted(rest(home)) == [f"{fresh}.json", f"{fresh}.part"]


async def test_nobody_opens_uploads_without_end(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads_module, "MOST_OPEN", 3)
    for _ in range(3):
        await begin(client)
    assert (await client.post("/api/v1/uploads", json={"size_bytes": 1})).status_code == 409
