from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from gesso.bots.networks.x_client import App, SignIn, XClient, open_line
from gesso.errors import AccessError, FetchError, InputError
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from tests.bots.servers.x import XServer, limited, running

APP = App("the-client", "the-secret")
REDIRECT = "http://127.0.0.1:5142/x"


@pytest.fixture
def server() -> Iterator[XServer]:
    with running(XServer()) as server:
        yield server


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    return Door(Ledger(tmp_path_factory.mktemp("ledger")))


def allow(server: XServer, signing: SignIn, **changes: str) -> str:
    """Be the person at X's page: allow it, and return the address that the browser is led to."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(signing.url).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert {"tweet.read", "tweet.write", "users.read", "offline.access"} == set(asked["scope"].split())
    server.codes["a-code"] = (asked["code_challenge"], asked["redirect_uri"])
    return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': 'a-code', **changes})}"


async def test_a_person_lets_the_app_in(server: XServer, door: Door) -> None:
    signing = SignIn.begin(APP, REDIRECT)
    line = open_line(server.url, way=door, what_for="a test")
    tokens = await signing.finish(allow(server, signing), line)
    assert tokens.refresh == server.refresh
    kept: list[str] = []
    client = XClient(APP, tokens.refresh, way=door, keep=kept.append, address=server.url)
    assert (await client.me())["username"] == "poet"
    assert kept == [server.refresh]


@pytest.mark.parametrize("changes", [{"state": "another"}, {"code": ""}])
async def test_an_address_of_another_attempt_is_refused(server: XServer, door: Door, changes: dict[str, str]) -> None:
    signing = SignIn.begin(APP, REDIRECT)
    line = open_line(server.url, way=door, what_for="a test")
    with pytest.raises(InputError):
        await signing.finish(allow(server, signing, **changes), line)
    for text in ("", "nonsense", "http://[", REDIRECT):
        with pytest.raises(InputError):
            await signing.finish(text, line)


async def test_a_person_who_says_no_and_a_code_that_is_old_are_told(server: XServer, door: Door) -> None:
    signing = SignIn.begin(APP, REDIRECT)
    line = open_line(server.url, way=door, what_for="a test")
    with pytest.raises(AccessError, match="access_denied"):
        await signing.finish(f"{REDIRECT}?error=access_denied&state={signing.state}", line)
    address = allow(server, signing)
    server.codes.clear()
    with pytest.raises(AccessError, match="authorization code"):
        await signing.finish(address, line)


async def test_a_limit_is_slept_through_as_long_as_x_says(server: XServer, door: Door) -> None:
    import time

    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    server.refusals.extend([limited("", reset_s=time.time() + 300), limited("", reset_s=time.time() - 300)])
    client = XClient(APP, "refresh-0", way=door, keep=lambda _: None, address=server.url, sleep=sleep)
    await client.me()
    assert 290 < slept[0] <= 301
    assert slept[1] == 1.0


async def test_while_gesso_is_offline_x_is_not_asked(tmp_path_factory: pytest.TempPathFactory) -> None:
    door = Door(Ledger(tmp_path_factory.mktemp("ledger")), is_offline=lambda: True)
    client = XClient(APP, "refresh-0", way=door, keep=lambda _: None, what_for="the bot poet")
    with pytest.raises(FetchError, match="offline"):
        await client.me()


async def test_two_questions_at_once_renew_the_token_once(server: XServer, door: Door) -> None:
    import asyncio

    client = XClient(APP, "refresh-0", way=door, keep=lambda _: None, address=server.url)
    await asyncio.gather(*(client.me() for _ in range(5)))
    assert sum("oauth2/token" in asked for asked in server.asked) == 1
