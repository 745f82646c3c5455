from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from gesso.server import errors, front_end


@pytest.fixture
def web(tmp_path: Path) -> Path:
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<p>the studio")
    (web / "assets" / "index-a1b2c3.js").write_text("run()")
    (web / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    (web / "way-out").symlink_to(tmp_path)
    (web / "secret-link.txt").symlink_to(tmp_path / "secret.txt")
    return web


@pytest.fixture
def studio(web: Path) -> httpx.AsyncClient:
    server = FastAPI()
    errors.install(server)
    front_end.install(server, web)
    return httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://127.0.0.1:5142")


@pytest.mark.parametrize("path", ["/", "/models/pose", "/jobs/01ABC", "/index.html"])
async def test_every_address_of_the_studio_is_its_page(studio: httpx.AsyncClient, path: str) -> None:
    answer = await studio.get(path)
    assert answer.text == "<p>the studio"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_scripts_come_from_our_files_alone(studio: httpx.AsyncClient) -> None:
    policy = (await studio.get("/")).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert "*" not in policy


async def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(studio: httpx.AsyncClient) -> None:
    answer = await studio.get("/assets/index-a1b2c3.js")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert (await studio.get("/icon.svg")).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/way-out/secret.txt",
        "/secret-link.txt",
        "//etc/hosts.txt",
        "/%00.txt",
        "/" + "a" * 5000 + ".txt",
        "/..%5csecret.txt",
        "/assets/missing.js",
    ],
)
async def test_nothing_outside_is_handed_out(studio: httpx.AsyncClient, path: str) -> None:
    answer = await studio.get(f"http://127.0.0.1:5142{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace(path, "")
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/models"])
async def test_the_interface_is_no_page(studio: httpx.AsyncClient, path: str) -> None:
    answer = await studio.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_a_studio_that_is_not_built_says_how(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    server = FastAPI()
    front_end.install(server, Path("/nowhere"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://127.0.0.1:5142") as bare:
        answer = await bare.get("/")
    assert answer.status_code == 200
    assert "make build" in answer.text
    assert "<script" not in answer.text
