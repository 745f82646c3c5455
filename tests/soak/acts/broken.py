"""Broken inputs: whatever a program or a hostile person may send. All of it is refused with words, never with a 500."""

from __future__ import annotations

import asyncio
import json
import random
import struct
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from tests.soak.orders import draw_order, in_line
from tests.soak.pictures import Picture, draw
from tests.soak.stage import API, Stage
from tests.soak.visitor import Away

_NO_ID: Final = "0" * 26
_DEEP: Final = b'{"model": "mirror", "inputs": {"photo": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}"

_REQUESTS: Final[Sequence[tuple[str, str, Mapping[str, Any]]]] = (
    ("POST", "/jobs", {"content": b'{"model": "mirror", "inputs": {"note": "\xff\xfe"}}'}),
    ("POST", "/jobs", {"content": b"{"}),
    ("POST", "/jobs", {"content": b"\x00" * 1000}),
    ("POST", "/jobs", {"content": b'{"model": "squares", "inputs": {"number": 1e999}}'}),
    ("POST", "/jobs", {"content": b'{"model": "squares", "inputs": {"number": NaN}}'}),
    ("POST", "/jobs", {"content": b'{"model": "squares", "inputs": {"number": ' + b"9" * 5000 + b"}}"}),
    ("POST", "/jobs", {"content": b'{"model": "slow", "inputs": {"seconds": "\\ud800"}}'}),
    ("POST", "/jobs", {"content": _DEEP, "headers": {"Content-Type": "application/json"}}),
    ("POST", "/jobs", {"json": []}),
    ("POST", "/jobs", {"json": {"model": "../../etc/passwd"}}),
    ("POST", "/jobs", {"json": {"model": "mirror", "inputs": {"photo": {"blob": "0" * 64}}}}),
    ("POST", "/jobs", {"json": {"model": "mirror", "inputs": {"photo": {"blob": "/etc/passwd"}}}}),
    ("POST", "/jobs", {"json": {"model": "mirror", "inputs": {"photo": {"url": "http://127.0.0.1:1/"}}}}),
    ("POST", "/jobs", {"json": {"model": "mirror", "inputs": {"photo": "data:image/png;base64,AAAA"}}}),
    ("POST", "/jobs", {"json": {"model": "mirror", "inputs": {"nothing": 1}}}),
    ("POST", "/jobs", {"json": {"model": "squares", "inputs": {"number": 10**400}}}),
    ("POST", "/jobs", {"json": {"model": "echo", "inputs": {"text": "a", "seconds": "soon"}}}),
    ("POST", "/jobs", {"json": {"model": "echo", "inputs": {"text": ["a"]}}}),
    ("POST", "/jobs", {"json": {"model": "echo", "inputs": {"text": "a"}, "seed": -1}}),
    ("POST", "/jobs", {"json": {"model": "echo", "inputs": {"text": "a"}, "deadline_s": 0}}),
    ("POST", "/jobs", {"json": {"model": "echo", "inputs": {"text": "a"}, "priority": "mine"}}),
    ("POST", "/jobs", {"json": {"model": "echo", "inputs": {"text": "a"}, "command": "rm"}}),
    ("GET", "/jobs?limit=0", {}),
    ("GET", "/jobs?limit=99999999999999999999", {}),
    ("GET", "/jobs?status=lost", {}),
    ("GET", f"/jobs/{_NO_ID}", {}),
    ("GET", f"/jobs/{_NO_ID}/events", {}),
    ("GET", "/jobs/%00", {}),
    ("DELETE", f"/jobs/{_NO_ID}", {}),
    ("PUT", "/jobs", {}),
    ("GET", "/files/..%2f..%2fgesso.db", {}),
    ("GET", "/files/" + "g" * 64, {}),
    ("POST", "/files", {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}),
    ("POST", "/files", {"content": b"", "headers": {"Content-Type": "multipart/form-data"}}),
    ("POST", "/uploads", {"json": {"size_bytes": -1}}),
    ("POST", "/uploads", {"json": {"size_bytes": 10**30}}),
    ("POST", "/uploads", {"json": {"size_bytes": 1, "sha256": "no"}}),
    ("PATCH", "/uploads/" + "0" * 32, {"content": b"x", "headers": {"Upload-Offset": "0"}}),
    ("PATCH", "/uploads/" + "0" * 32, {"content": b"x", "headers": {"Upload-Offset": "9" * 40}}),
    ("GET", "/models/nobody", {}),
    ("GET", "/models/%2e%2e", {}),
    ("GET", "/health", {"headers": {"Host": "evil.example"}}),
    ("POST", "/jobs", {"json": {"model": "parent"}, "headers": {"Origin": "https://evil.example"}}),
)

_SPOKEN: Final = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # somebody who expects TLS
    b"GET / HTTP/1.1\r\nHost: ",
    b"POST /api/v1/jobs HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\n\r\n{{",
    b"POST /api/v1/files HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nabc",
    b"POST /api/v1/files HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5000000\r\n\r\n" + b"a" * 300_000,
    b"GET /api/v1/jobs HTTP/1.1\r\nHost: {host}\r\n" + b"X: y\r\n" * 5000,
    b"\x00\xff" * 10_000,
)


async def ask_wrongly(stage: Stage) -> None:
    """Send a request that is wrong in itself."""
    method, path, more = stage.chance.choice(_REQUESTS)
    answer = await stage.visitor.ask(f"{method} (wrong)", API + path, **more)
    is_refused = 400 <= answer.status_code < 500 or answer.status_code == 503
    stage.expect(
        is_refused, f"{method} {path} {str(more)[:200]} is wrong, but: {answer.status_code} {answer.text[:300]}"
    )


async def order_too_much(stage: Stage) -> None:
    """Send more than is taken. The server may hang up before all of it has come, so that its answer is not read."""
    with suppress(Away):
        path = f"{API}/jobs"
        answer = await stage.visitor.ask("POST (wrong)", path, content=b"x" * 11_000_000, may_break=True)
        stage.expect(answer.status_code in {413, 503}, f"too much was answered with {answer.status_code}")


async def order_wrongly(stage: Stage) -> None:
    """Order a job with an input that is broken a little: it must be refused, and no job come of it."""
    body = draw_order(stage.chance, stage.note()).body
    body = json.loads(json.dumps(body))
    spoilt = stage.chance.choice(_SPOILERS)(body, stage.chance)
    answer = await stage.visitor.ask("POST /jobs (wrong)", f"{API}/jobs", json=spoilt)
    is_refused = 400 <= answer.status_code < 500 or answer.status_code == 503
    stage.expect(is_refused, f"this order is wrong: {str(spoilt)[:300]}, but: {answer.status_code} {answer.text[:300]}")


async def speak_no_http(stage: Stage) -> None:
    """Send half a request, or what is none, and leave without waiting for an answer."""
    host = stage.server.address.rpartition("/")[2].encode()
    async with stage.visitor.line() as (_, writer):
        writer.write(stage.chance.choice(_SPOKEN).replace(b"{host}", host))
        await asyncio.sleep(stage.chance.choice((0, 0.1, 1)))


def _with_broken_picture(_body: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    picture = draw(chance)
    if chance.random() < 0.5:
        broken = picture.data[: len(picture.data) // 3]
    else:
        broken = _bomb()
    photo = in_line(Picture(broken, picture.media_type, ""))
    return {"model": "mirror", "inputs": {"photo": photo}}


def _bomb() -> bytes:
    """Return a PNG that says it has 60000 x 60000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _with_more(body: dict[str, Any], _: random.Random) -> dict[str, Any]:
    return body | {"inputs": {**body["inputs"], "surprise": 1}}


def _with_less(body: dict[str, Any], _: random.Random) -> dict[str, Any]:
    return {"model": "squares", "inputs": {}, "priority": body["priority"]}


def _with_another_type(body: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return body | {"inputs": {**body["inputs"], "note": chance.choice((1, True, [], {}, {"file": "x"}))}}


def _with_a_strange_word(body: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return body | {chance.choice(("Model", "status", "id", "__class__")): "x"}


_SPOILERS: Final = (_with_broken_picture, _with_more, _with_less, _with_another_type, _with_a_strange_word)
