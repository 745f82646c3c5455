"""The client for JavaScript is handed out to pages of everybody, and is the file that it is."""

from __future__ import annotations

import json

import httpx
import pytest

from gesso.server.client_script import PATHS, find
from gesso.version import VERSION
from tests.conftest import ROOT

FOLDER = ROOT / "clients" / "javascript"


@pytest.mark.parametrize("path", sorted(PATHS))
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
        {"Origin": "https://editor.p5js.org", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=["a program", "a script tag elsewhere", "an import elsewhere"],
)
async def test_everybody_may_load_it(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200
    assert answer.content == (FOLDER / path.removeprefix("/")).read_bytes()
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers.get("Access-Control-Allow-Origin") == headers.get("Origin")


async def test_under_a_strange_name_nobody_gets_it(client: httpx.AsyncClient) -> None:
    assert (await client.get("/gesso.js", headers={"Host": "evil.org"})).status_code == 403


async def test_nothing_else_is_opened_by_it(client: httpx.AsyncClient) -> None:
    for path in ("/gesso.js/../api/v1/models", "/api/v1/models?/gesso.js", "/gesso.jsx"):
        answer = await client.get(path, headers={"Origin": "https://evil.org"})
        assert answer.status_code in {403, 404}


def test_it_has_the_version_of_gesso() -> None:
    assert json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["version"] == VERSION
    assert find("gesso.js") == FOLDER / "gesso.js"
    assert find("nothing.js") is None
