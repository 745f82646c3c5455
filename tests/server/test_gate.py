from __future__ import annotations

import httpx
import pytest

from gesso.app import App

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "MADE-UP"]
P5 = "https://editor.p5js.org"


@pytest.fixture
def listed(app: App) -> None:
    app.settings = app.settings.model_copy(update={"allowed_origins": (P5,)})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/", "/api/v1/health", "/api/v1/files", "/nowhere"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:5142"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_strangers_stay_out_whatever_they_ask(
    client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await client.request(method, path, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    if method != "HEAD":
        assert answer.json()["code"] == "stranger"


@pytest.mark.parametrize("names", [("Host", "Host"), ("Origin", "Origin")])
async def test_a_header_that_is_there_twice_is_not_believed(client: httpx.AsyncClient, names: tuple[str, str]) -> None:
    own = {"Host": "127.0.0.1:5142", "Origin": "http://127.0.0.1:5142"}[names[0]]
    answer = await client.get("/api/v1/health", headers=[(name, own) for name in names])
    assert answer.status_code == 403


async def test_every_answer_has_the_headers_that_guard_it(client: httpx.AsyncClient) -> None:
    for path in ("/", "/api/v1/health", "/api/v1/nowhere", "/api/v1/models/nobody"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Server" not in headers


async def test_our_own_page_may_write(client: httpx.AsyncClient) -> None:
    own = {"Origin": "http://localhost:5142", "Host": "localhost:5142", "Sec-Fetch-Site": "same-origin"}
    assert (await client.post("/api/v1/files", content=b"x", headers=own)).status_code == 201


@pytest.mark.usefixtures("listed")
async def test_a_listed_page_reads_and_is_named_and_gets_no_cookies(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/health", headers={"Origin": P5, "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == P5
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.usefixtures("listed")
async def test_a_listed_page_lists_no_others(client: httpx.AsyncClient) -> None:
    guest = {"Origin": P5}
    assert (await client.get("/api/v1/settings", headers=guest)).status_code == 403
    answer = await client.patch("/api/v1/settings", json={"allowed_origins": ["https://evil.example"]}, headers=guest)
    assert answer.status_code == 403


@pytest.mark.usefixtures("listed")
async def test_a_listed_page_may_ask_first(client: httpx.AsyncClient) -> None:
    asked = {"Origin": P5, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "upload-offset"}
    answer = await client.options("/api/v1/uploads/x", headers=asked)
    assert answer.status_code == 204
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert "Upload-Offset" in answer.headers["Access-Control-Allow-Headers"]


async def test_a_change_of_the_list_holds_at_once(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/health", headers={"Origin": P5})).status_code == 403
    await client.patch("/api/v1/settings", json={"allowed_origins": [P5]})
    assert (await client.get("/api/v1/health", headers={"Origin": P5})).status_code == 200
    await client.patch("/api/v1/settings", json={"allowed_origins": []})
    assert (await client.get("/api/v1/health", headers={"Origin": P5})).status_code == 403


async def test_a_link_from_elsewhere_opens_the_studio_and_nothing_else(client: httpx.AsyncClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert (await client.get("/", headers=link)).status_code == 200
    assert (await client.get("/api/v1/models", headers=link)).status_code == 403
    assert (await client.post("/", headers=link)).status_code == 403
    assert (await client.get("/", headers=link | {"Sec-Fetch-Dest": "iframe"})).status_code == 403
