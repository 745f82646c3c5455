"""Whose word is believed for where a request comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from gesso.app import App
from gesso.errors import SettingsError
from gesso.server.application import create_app
from gesso.server.forwarded import Forwarded
from gesso.settings import Settings, load, said_otherwise

PROXY = "10.0.0.7"
PROXIES = ("10.0.0.0/8", "::1")


async def seen(headers: Mapping[str, str], *, sender: str = PROXY, proxies: tuple[str, ...] = PROXIES,
               kind: str = "http") -> Any:  # fmt: skip
    """Return what lies behind the layer sees: the client, the scheme and the host."""
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    async def nothing(*_: Any) -> Any:
        raise AssertionError

    given = [(name.lower().encode(), text.encode()) for name, text in ({"Host": "inside"} | dict(headers)).items()]
    scheme = "http" if kind == "http" else "ws"
    scope: Scope = {"type": kind, "scheme": scheme, "client": (sender, 4711), "headers": given, "path": "/"}
    await Forwarded(app, proxies=lambda: proxies)(scope, nothing, nothing)
    (scope,) = found
    return scope["client"][0], scope["scheme"], dict(scope["headers"])[b"host"].decode()


async def test_a_trusted_proxy_says_who_asked() -> None:
    told = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "gesso.example.org",
    }
    assert await seen(told) == ("203.0.113.9", "https", "gesso.example.org")
    assert await seen(told, kind="websocket") == ("203.0.113.9", "wss", "gesso.example.org")
    assert await seen({}) == (PROXY, "http", "inside")


async def test_anybody_else_says_nothing_that_counts() -> None:
    told = {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "localhost",
    }
    assert await seen(told, sender="203.0.113.9") == ("203.0.113.9", "http", "inside")
    assert await seen(told, proxies=()) == (PROXY, "http", "inside")


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),  # the first was made up by whoever asked
        ("203.0.113.9, 10.1.1.1", "203.0.113.9"),  # through two of our own
        ("10.1.1.1", PROXY),
        ("203.0.113.9:4444", "203.0.113.9"),
        ("[2001:db8::1]:4444", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("203.0.113.9, unknown", PROXY),  # what cannot be read hides whoever stands before it
        ("<script>", PROXY),
        ("", PROXY),
    ],
)
async def test_of_a_chain_the_last_that_is_no_proxy_counts(said: str, client: str) -> None:
    assert (await seen({"X-Forwarded-For": said}))[0] == client


@pytest.mark.parametrize("sender", ["::1", "::ffff:10.0.0.7"])
async def test_a_proxy_may_have_an_address_of_the_new_kind(sender: str) -> None:
    assert (await seen({"X-Forwarded-For": "203.0.113.9"}, sender=sender))[0] == "203.0.113.9"


@pytest.mark.parametrize("scheme", ["ftp", "", "https, http"])
async def test_a_scheme_is_the_last_that_is_one(scheme: str) -> None:
    assert (await seen({"X-Forwarded-Proto": scheme}))[1] == "http"


async def test_the_public_address_is_an_own_name(warm_home: Path) -> None:
    settings = Settings(home=warm_home, public_url="https://Gesso.example.org/", trusted_proxies=("127.0.0.1",))
    assert settings.public_url == "https://gesso.example.org"
    async with App(settings, report=lambda _: None) as app:
        await app.start_jobs()
        transport = httpx.ASGITransport(create_app(app), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:5142") as client:
            for host, origin, status in (
                ("gesso.example.org", None, 200),
                ("gesso.example.org", "https://gesso.example.org", 200),
                ("gesso.example.org", "http://gesso.example.org.evil.org", 403),
                ("evil.org", None, 403),
            ):
                headers = {"Host": host} | ({"Origin": origin} if origin else {})
                assert (await client.get("/api/v1/health", headers=headers)).status_code == status
            listed = await client.get("/api/v1/deployments", headers={"Host": "gesso.example.org"})
            assert listed.status_code == 200


@pytest.mark.parametrize("wrong", ["gesso.example.org", "https://x/y", "https://me@x", "ftp://x", "https://x:port"])
def test_a_public_address_is_the_beginning_of_one(wrong: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    with pytest.raises(SettingsError):
        said_otherwise(Settings(), {"public_url": wrong})
    monkeypatch.setenv("GESSO_PUBLIC_URL", wrong)
    with pytest.raises(SettingsError, match="public_url"):
        load()


def test_a_proxy_is_an_address(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("GESSO_TRUSTED_PROXIES", '["my-proxy"]')
    with pytest.raises(SettingsError, match="trusted_proxies"):
        load()
