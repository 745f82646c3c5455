"""Gesso on the web: behind a proxy that says who asks, with a key of its own, and nobody who can pretend."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from gesso.app import App
from gesso.server.owner import find_lent_key
from gesso.settings import Settings
from gesso.storage.home import find_server
from tests.hosting.models import add_poet
from tests.server.program import running

NAME = "gesso.example.org"


def through_proxy(home: Path, client: str, *, host: str = NAME, key: str = "") -> httpx.Client:
    """Return somebody on the web, as the proxy hands their requests on."""
    headers = {"Host": host, "X-Forwarded-For": client, "X-Forwarded-Proto": "https"}
    found = find_server(home)
    assert found is not None
    return httpx.Client(base_url=found.address, headers=headers | ({"Authorization": f"Bearer {key}"} if key else {}))


@pytest.mark.timeout(300)
def test_limits_hold_for_each_client_and_nobody_is_somebody_else(warm_home: Path, tmp_path: Path) -> None:
    add_poet(App(Settings(home=warm_home), report=lambda _: None), tmp_path / "poet")
    with running(warm_home, GESSO_PUBLIC_URL=f"https://{NAME}", GESSO_TRUSTED_PROXIES='["127.0.0.1"]'):
        owner = through_proxy(warm_home, "203.0.113.1", key=find_lent_key(warm_home))
        made = owner.post("/api/v1/deployments", json={"model": "poet", "is_public": True}, timeout=60)
        assert made.json()["url"] == f"https://{NAME}/m/poet"
        assert owner.patch("/api/v1/deployments/poet", json={"requests_per_minute": 1}).status_code == 200
        for client, status in (
            ("203.0.113.2", 200),
            ("203.0.113.2", 429),
            ("203.0.113.3", 200),  # somebody else has a limit of their own
            ("203.0.113.4, 203.0.113.3", 429),  # who says that it came from another before it
            ("127.0.0.1, 203.0.113.3", 429),
        ):
            with through_proxy(warm_home, client) as guest:
                assert guest.post("/m/poet/run", json={"inputs": {}}, timeout=60).status_code == status
                assert guest.get("/api/v1/deployments").status_code == 401  # the studio is the owner's alone
        with through_proxy(warm_home, "203.0.113.9", host="evil.example.org") as stranger:
            assert stranger.get("/").status_code == 403
        owner.close()


def test_a_public_address_asks_for_a_key_and_is_in_its_link(home: Path) -> None:
    with running(home, GESSO_PUBLIC_URL=f"https://{NAME}/") as program:
        link = httpx.URL(program.link)
        assert (link.scheme, link.host) == ("https", NAME)
        found = find_server(home)
        assert found is not None
        with httpx.Client(base_url=found.address, headers={"Host": NAME}) as web:
            assert web.get("/api/v1/models").status_code == 401
            greeted = web.get("/", params={"key": link.params["key"]})
            assert greeted.status_code == 303
            assert "secure" not in greeted.headers["Set-Cookie"].lower()  # nobody was believed that it is encrypted
        program.process.send_signal(signal.SIGTERM)
        program.process.communicate(timeout=30)
    with running(home, GESSO_PUBLIC_URL=f"https://{NAME}", GESSO_TRUSTED_PROXIES='["127.0.0.1"]'):
        key = find_lent_key(home)
        with through_proxy(home, "203.0.113.1") as web:
            greeted = web.get("/", params={"key": key})
            assert "secure" in greeted.headers["Set-Cookie"].lower()
