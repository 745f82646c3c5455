from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from gesso.app import App
from gesso.server.heads import Heads
from tests.server.models import add_echo
from tests.server.routers.test_files import png, put


async def asked_twice(client: httpx.AsyncClient, path: str, **headers: str) -> httpx.Response:
    """Ask with HEAD, and see that GET says the same of itself."""
    head, got = [await client.request(method, path, headers=headers) for method in ("HEAD", "GET")]
    assert head.content == b""
    assert got.content
    assert head.status_code == got.status_code
    assert head.headers == got.headers
    return head


async def test_a_file_says_its_length_and_kind(client: httpx.AsyncClient) -> None:
    head = await asked_twice(client, f"/api/v1/files/{await put(client, png())}")
    assert head.status_code == 200
    assert head.headers["Content-Length"] == str(len(png()))
    assert head.headers["Content-Type"] == "image/png"
    assert head.headers["Accept-Ranges"] == "bytes"
    assert head.headers["ETag"]


async def test_a_part_of_a_file_says_its_length(client: httpx.AsyncClient) -> None:
    path = f"/api/v1/files/{await put(client, b'x' * 100)}"
    part = await asked_twice(client, path, Range="bytes=10-19")
    assert (part.status_code, part.headers["Content-Length"]) == (206, "10")
    assert part.headers["Content-Range"] == "bytes 10-19/100"
    assert (await asked_twice(client, path, Range="bytes=100-")).status_code == 416


async def test_whatever_can_be_read_has_a_head(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    (add_echo(app, tmp_path / "echo") / "preview.png").write_bytes(png())
    digest = await put(client, png())
    for path in (
        *("/", "/models/pose", "/api/v1/health", "/api/v1/openapi.json", "/api/v1/models", "/api/v1/jobs"),
        *("/api/v1/settings", "/api/v1/models/echo/preview"),
        *(f"/api/v1/files/{digest}/information", f"/api/v1/files/{digest}/thumbnail?size=128"),
    ):
        assert (await asked_twice(client, path)).status_code == 200
    for path in ("/api/v1/nowhere", "/api/v1/uploads", "/api/v1/files/x", "/api/v1/jobs/x", "/assets/missing.js"):
        assert (await asked_twice(client, path)).status_code in {404, 422}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def endless(told: list[str]) -> httpx.AsyncClient:
    async def stream(_: Request) -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            while True:
                told.append("more")
                yield b"more"

        return StreamingResponse(parts(), headers={"X-Kind": "endless"})

    async def broken(_: Request) -> StreamingResponse:
        raise ZeroDivisionError

    app = Starlette(routes=[Route("/", stream), Route("/broken", broken)])
    app.add_middleware(Heads)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://x")


async def test_nothing_is_made_of_a_body_that_nobody_gets(endless: httpx.AsyncClient, told: list[str]) -> None:
    head = await endless.head("/")
    assert (head.status_code, head.headers["X-Kind"]) == (200, "endless")
    assert "more" not in told


async def test_what_fails_fails_as_with_get(endless: httpx.AsyncClient) -> None:
    assert (await endless.head("/broken")).status_code == 500
