"""Files: sent in one go or in parts over connections that break, and got again, in whole and in part."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import httpx

from tests.soak.acts.jobs import submit, wait
from tests.soak.orders import Order
from tests.soak.pictures import Picture, draw
from tests.soak.stage import API, Stage
from tests.soak.visitor import Away


async def send_and_get(stage: Stage) -> None:
    """Send a picture, get it again, and have it mirrored."""
    picture = draw(stage.chance)
    stage.sent.add(picture.digest)
    if stage.chance.random() < 0.5:
        more: dict[str, Any] = {"content": picture.data, "params": {"name": "fox.png"}}
    else:
        more = {"files": {"file": ("fox.png", picture.data, picture.media_type)}}
    answer = await stage.visitor.ask("POST /files", f"{API}/files", **more)
    if answer.status_code == 201:
        stage.expect(answer.json()["blob"] == picture.digest, "a file was kept under another digest")
        await _use(stage, picture)
    else:
        stage.expect(answer.status_code == 503, f"a file was refused: {answer.text[:300]}")


async def send_in_parts(stage: Stage) -> None:
    """Send a large picture in parts; some break off in the middle, and the server may be another one each time."""
    picture = draw(stage.chance, is_large=True)
    stage.sent.add(picture.digest)
    said = {"name": "large.png", "size_bytes": len(picture.data), "sha256": picture.digest}
    stage.orphans += 1  # until it is finished
    answer = await stage.visitor.ask("POST /uploads", f"{API}/uploads", json=said)
    if answer.status_code != 201:
        stage.orphans -= 1
        stage.expect(answer.status_code in {409, 503}, f"an upload was refused: {answer.text[:300]}")
        return
    path = f"{API}/uploads/{answer.json()['id']}"
    while (offset := await _offset(stage, path)) < len(picture.data):
        count = stage.chance.choice((1, 100_000, len(picture.data)))
        with suppress(Away):
            if stage.chance.random() < 0.4:
                await _break_off(stage, path, offset=offset, part=picture.data[offset : offset + count])
            else:
                await stage.visitor.ask(
                    "PATCH /uploads/{id}",
                    path,
                    content=picture.data[offset : offset + count],
                    headers={"Upload-Offset": str(offset)},
                )
    if await _finish(stage, path, digest=picture.digest):
        stage.orphans -= 1
        await _use(stage, picture)


async def get_and_leave(stage: Stage) -> None:
    """Get a part of a file, and leave in the middle of the whole."""
    picture = draw(stage.chance, is_large=True)
    stage.sent.add(picture.digest)
    answer = await stage.visitor.ask("POST /files", f"{API}/files", content=picture.data)
    if answer.status_code != 201:
        return
    path, start = f"{API}/files/{picture.digest}", stage.chance.randrange(len(picture.data))
    part = await stage.visitor.ask("GET /files/{id}", path, headers={"Range": f"bytes={start}-"})
    stage.expect(part.status_code == 206 and part.content == picture.data[start:], f"not the part from {start} on")
    async with stage.visitor.stream(path) as whole:
        async for _ in whole.aiter_bytes(10_000):
            break


async def _offset(stage: Stage, path: str) -> int:
    while True:
        with suppress(Away):
            answer = await stage.visitor.ask("GET /uploads/{id}", path)
            if answer.status_code == 200:
                return int(answer.json()["offset_bytes"])
            stage.expect(answer.status_code == 503, f"{path}: {answer.text[:300]}")
        await asyncio.sleep(0.1)


async def _break_off(stage: Stage, path: str, *, offset: int, part: bytes) -> None:
    """Say that all of a part comes, send half of it, and tear the connection down."""
    host = stage.server.address.rpartition("/")[2]
    said = f"Host: {host}\r\nUpload-Offset: {offset}\r\nContent-Length: {len(part) + 1}"
    async with stage.visitor.line() as (_, writer):
        writer.write(f"PATCH {path} HTTP/1.1\r\n{said}\r\n\r\n".encode() + part[: len(part) // 2])
        await writer.drain()


async def _finish(stage: Stage, path: str, *, digest: str) -> bool:
    """Have an upload kept. One whose end was said, and the answer lost, is there without it."""
    while True:
        try:
            answer = await stage.visitor.ask("POST /uploads/{id}/finish", f"{path}/finish")
        except Away:
            continue
        if answer.status_code == 404:
            answer = await stage.visitor.ask("GET /files/{id}/information", f"{API}/files/{digest}/information")
        if answer.status_code in {200, 201}:
            stage.expect(answer.json()["blob"] == digest, f"{path}: kept under another digest")
            return True
        if answer.status_code not in {409, 503}:  # 409: a part that broke off is still being noticed
            stage.faults.append(f"{path} cannot be finished: {answer.text[:300]}")
            return False
        await asyncio.sleep(0.1)


async def _use(stage: Stage, picture: Picture) -> None:
    """Get the file again, and have a job made of it."""
    got: httpx.Response = await stage.visitor.ask("GET /files/{id}", f"{API}/files/{picture.digest}")
    stage.expect(got.status_code == 503 or got.content == picture.data, f"{picture.digest} came back as something else")
    order = Order(
        note=stage.note(),
        model="mirror",
        inputs={"photo": {"blob": picture.digest, "name": "fox.png"}},
        pixels=picture.pixels,
        key=f"key of {picture.digest}",
    )
    if job := await submit(stage, order):
        await wait(stage, job)
        job.is_taken = False
