from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from gesso.app import App
from gesso.errors import SettingsError
from gesso.server.application import create_app
from gesso.server.owner import COOKIE, LENT, OwnerKey, cookie_of, find_lent_key
from tests.server.conftest import ADDRESS


@pytest.fixture
def owner(home: Path) -> OwnerKey:
    return OwnerKey(home)


@pytest.fixture
def key(owner: OwnerKey) -> str:
    return owner.make()


@pytest.fixture
async def guarded(app: App, owner: OwnerKey, key: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(app, key=owner), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


def test_a_key_is_long_and_only_its_hash_is_kept(owner: OwnerKey, key: str, home: Path) -> None:
    kept = (home / "owner.json").read_text()
    assert len(key) >= 43
    assert key not in kept
    assert cookie_of(key) not in kept
    assert OwnerKey(home).opens(key)
    assert (home / "owner.json").stat().st_mode & 0o077 == 0


def test_a_new_key_shuts_the_old_one_out(owner: OwnerKey, key: str) -> None:
    cookie = cookie_of(key)
    owner.make()
    assert not owner.opens(key)
    assert not owner.knows(cookie)


def test_neither_nothing_nor_the_hash_nor_the_cookie_opens(owner: OwnerKey, key: str, home: Path) -> None:
    kept = json.loads((home / "owner.json").read_text())
    for wrong in ("", " ", key[:-1], key + "=", kept["key_sha256"], cookie_of(key), "ключ", "\ud800"):
        assert not owner.opens(wrong)
        assert not owner.knows(wrong) or wrong == cookie_of(key)


def test_without_a_key_nothing_opens(home: Path) -> None:
    assert not OwnerKey(home).opens("")
    assert not OwnerKey(home).knows("")


def test_a_lent_key_ends_with_the_server(owner: OwnerKey, home: Path) -> None:
    lent = owner.lend()
    assert owner.opens(lent)
    assert find_lent_key(home) == lent
    assert (home / LENT).stat().st_mode & 0o077 == 0
    assert not OwnerKey(home).opens(lent)
    owner.take_back()
    assert not owner.opens(lent)
    assert find_lent_key(home) == ""


def test_a_broken_file_says_so(home: Path) -> None:
    (home / "owner.json").write_text("{")
    with pytest.raises(SettingsError, match=r"owner\.json"):
        OwnerKey(home)


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/models", "/api/v1/settings", "/api/v1/metrics", "/api/x"])
async def test_who_has_not_signed_in_is_asked(guarded: httpx.AsyncClient, path: str) -> None:
    answer = await guarded.get(path)
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"


async def test_health_and_the_studios_files_are_open(guarded: httpx.AsyncClient) -> None:
    assert (await guarded.get("/api/v1/health")).json()["needs_key"] is True
    assert (await guarded.get("/")).status_code == 200


async def test_the_link_signs_a_browser_in_and_loses_its_key(guarded: httpx.AsyncClient, key: str) -> None:
    answer = await guarded.get("/", params={"key": key})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = SimpleCookie(answer.headers["Set-Cookie"])[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "strict"
    assert not cookie["domain"]
    assert key not in answer.headers["Set-Cookie"]
    assert (await guarded.get("/api/v1/models")).status_code == 200  # the client has kept the cookie


async def test_the_link_leaves_its_key_nowhere(
    guarded: httpx.AsyncClient, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "gesso"):
        for given in (key, f"{key}x"):
            for method in ("GET", "HEAD", "POST"):
                answer = await guarded.request(method, "/", params={"key": given})
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["Cache-Control"] == "no-store"
                assert key not in answer.text
                assert key not in str(answer.headers)
    assert key not in caplog.text


async def test_a_wrong_link_signs_nobody_in(guarded: httpx.AsyncClient) -> None:
    answer = await guarded.get("/?key=guessed")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


async def test_a_program_sends_the_key_as_a_bearer(guarded: httpx.AsyncClient, key: str, owner: OwnerKey) -> None:
    for good in (f"Bearer {key}", f"bearer  {key}", f"Bearer {owner.lend()}"):
        assert (await guarded.get("/api/v1/models", headers={"Authorization": good})).status_code == 200
    for wrong in (f"Basic {key}", key, "Bearer", "Bearer x", f"Bearer {cookie_of(key)}"):
        assert (await guarded.get("/api/v1/models", headers={"Authorization": wrong})).status_code == 401


async def test_being_signed_in_does_not_open_the_gate(guarded: httpx.AsyncClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Origin": "https://evil.example"}
    assert (await guarded.get("/api/v1/models", headers=headers)).status_code == 403


async def test_where_nobody_is_asked_the_link_only_loses_its_key(client: httpx.AsyncClient) -> None:
    answer = await client.get("/?key=x")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["//evil.example/", "/%2fevil.example/", "/\\evil.example", "/https://evil.example"])
async def test_the_link_leads_nowhere_else(guarded: httpx.AsyncClient, key: str, path: str) -> None:
    answer = await guarded.get(f"{ADDRESS}{path}", params={"key": key})
    assert answer.headers.get("Location", "/") == "/"
