from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.server.application import create_app
from gesso.server.owner import OwnerKey
from gesso.settings import Settings
from tests.bots.conftest import MemoryKeyring, memory_keyring
from tests.bots.poet import add_poet
from tests.bots.servers import discord, slack

__all__ = ["memory_keyring"]

API = "/api/v1/bots"
PERSONA = {"name": "Poet", "model": "poet", "answers": {"characters": 80}}
BOT = {"name": "fox", "persona": PERSONA}


@pytest.fixture
async def app(warm_home: Path, tmp_path: Path, memory_keyring: MemoryKeyring) -> AsyncIterator[App]:
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        add_poet(app, tmp_path / "poet")
        await app.start_jobs()
        yield app


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:5142") as client:
        yield client


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line[5:]) for line in text.splitlines() if line.startswith("data:")]


async def test_a_bot_is_made_shown_changed_and_forgotten(client: httpx.AsyncClient) -> None:
    made = await client.post(API, json=BOT)
    assert made.status_code == 201
    shown = made.json()
    assert shown["persona"]["limits"] == {
        "per_channel": 10,
        "per_person": 5,
        "turns_with_bots": 2,
        "turns_with_one": 30,
    }
    assert shown["status"] == {"state": "off", "account": "", "problem": None}
    assert (await client.get(API)).json()["bots"] == [shown]
    changed = await client.patch(f"{API}/fox", json={"network": "slack", "connection": {"is_events": True}})
    assert changed.json()["events_path"] == "/bots/fox/slack"
    assert changed.json()["persona"] == shown["persona"]
    assert (await client.delete(f"{API}/fox")).status_code == 204
    assert (await client.get(f"{API}/fox")).status_code == 404


async def test_networks_say_what_they_ask_for(client: httpx.AsyncClient) -> None:
    networks = (await client.get("/api/v1/bot-networks")).json()["networks"]
    assert [network["name"] for network in networks] == ["discord", "slack", "x", "rehearsal"]
    assert all(key["help"] for network in networks for key in network["keys"])


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({**BOT, "name": "Fox"}, "name"),
        ({**BOT, "persona": {"name": "Poet"}}, "model"),
        ({**BOT, "persona": {**PERSONA, "tempalte": "x"}}, "tempalte"),
        ({**BOT, "persona": {**PERSONA, "speaking": {"chance": 2}}}, "speaking.chance"),
        ({**BOT, "connection": {"api_url": "http://far.example"}}, "connection.api_url"),
        ({**BOT, "network": "pigeons"}, "network"),
        ({**BOT, "token": "abc"}, "token"),
        ({**BOT, "persona": "Poet"}, "persona"),
    ],
)
async def test_what_is_wrong_is_said_with_its_place(client: httpx.AsyncClient, body: Any, where: str) -> None:
    answer = await client.post(API, json=body)
    assert answer.status_code == 422
    assert answer.json().get("where", "") == where


@pytest.mark.timeout(300)  # the first time, an environment is made
async def test_a_rehearsal_tells_what_happens_until_there_is_an_answer(client: httpx.AsyncClient) -> None:
    await client.post(API, json=BOT)
    answer = await client.post(f"{API}/fox/rehearse", json={"text": "hello", "author": "Ada"}, timeout=200)
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = events(answer.text)
    assert [note["kind"] for note in told if note["kind"] not in {"part", "waking"}] == ["heard", "said"]
    assert 0 < len(told[-1]["text"]) <= 80
    overheard = await client.post(f"{API}/fox/rehearse", json={"text": "hello", "manner": "overheard"})
    assert [note["reason"] for note in events(overheard.text)] == ["", "unasked"]
    assert (await client.post(f"{API}/fox/forget")).status_code == 204


async def test_a_rehearsal_with_a_model_that_is_not_there_says_so(client: httpx.AsyncClient) -> None:
    await client.post(API, json={**BOT, "persona": {**PERSONA, "model": "nobody"}})
    answer = await client.post(f"{API}/fox/rehearse", json={"text": "hello"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_key_is_taken_and_never_answered(client: httpx.AsyncClient, memory_keyring: MemoryKeyring) -> None:
    await client.post(API, json={**BOT, "network": "discord"})
    refused = await client.post(f"{API}/fox/start")
    assert (refused.status_code, refused.json()["code"]) == (403, "access")
    assert (await client.put(f"{API}/fox/keys/token", json={"value": "a-secret-token"})).status_code == 204
    assert (await client.put(f"{API}/fox/keys/nonsense", json={"value": "x"})).status_code >= 400
    shown = (await client.get(f"{API}/fox")).text
    assert json.loads(shown)["keys"][0]["source"] == "keyring"
    assert "a-secret-token" not in shown
    assert (await client.delete(f"{API}/fox/keys/token")).status_code == 204
    assert not memory_keyring.kept


@pytest.mark.timeout(300)  # as above
async def test_a_bot_speaks_through_a_model_here_and_tells_of_it(client: httpx.AsyncClient, app: App) -> None:
    async with discord.running(discord.DiscordServer()) as network:
        connection = {"api_url": network.api_url, "gateway_url": network.gateway_url}
        await client.post(API, json={**BOT, "network": "discord", "connection": connection})
        await client.put(f"{API}/fox/keys/token", json={"value": network.token})
        assert (await client.post(f"{API}/fox/start")).json()["is_on"]
        notes = app.bots.listen("fox")
        async with asyncio.timeout(20):
            async for note in notes:
                if note.reason == "on":
                    break
        await network.say("<@900> hello")
        async with asyncio.timeout(200):
            while not network.posts:
                await asyncio.sleep(0.05)
        stopped = (await client.post(f"{API}/fox/stop")).json()
        assert (stopped["is_on"], stopped["status"]["state"]) == (False, "off")


async def test_slack_sends_events_past_the_key_and_only_signed_ones_count(
    warm_home: Path, tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    settings = Settings(home=warm_home, public_url="https://gesso.example.org")
    async with App(settings, report=lambda _: None) as app, slack.running(slack.SlackServer()) as network:
        add_poet(app, tmp_path / "poet")
        await app.start_jobs()
        key = OwnerKey(warm_home)
        key.make()
        transport = httpx.ASGITransport(create_app(app, key=key), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://gesso.example.org") as web:
            assert (await web.get(API)).status_code == 401
            assert (await web.post("/bots/fox/slack", content=b"{}")).status_code == 404
            bearer = {"Authorization": f"Bearer {key.make()}"}
            connection = {"api_url": network.api_url, "is_events": True}
            body = {**BOT, "network": "slack", "connection": connection}
            assert (await web.post(API, json=body, headers=bearer)).status_code == 201
            for name, value in {"token": network.token, "signing_secret": network.secret}.items():
                await web.put(f"{API}/fox/keys/{name}", json={"value": value}, headers=bearer)
            await web.post(f"{API}/fox/start", headers=bearer)
            async for note in app.bots.listen("fox"):
                if note.reason == "on":
                    break
            body_bytes = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
            good = await web.post("/bots/fox/slack", content=body_bytes, headers=network.sign(body_bytes))
            assert (good.status_code, good.json()) == (200, {"challenge": "abc"})
            bad = await web.post("/bots/fox/slack", content=body_bytes, headers=network.sign(b"other"))
            assert bad.status_code == 401
            large = await web.post("/bots/fox/slack", content=b"x" * 1_000_001)
            assert large.status_code == 413


async def test_events_of_nobody_are_not_found(client: httpx.AsyncClient) -> None:
    for path in ("events", ""):
        assert (await client.get(f"{API}/nobody/{path}".rstrip("/"))).status_code == 404
    assert (await client.post(f"{API}/nobody/rehearse", json={"text": "x"})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        '{"name":"\\ud800","persona":{"name":"a","model":"b"}}',
        '{"name":"a","persona":{"name":"\\ud800","model":"b"}}',
        '{"name":"a","persona":{"name":"a","model":"\\ud800"}}',
        '{"name":"a","persona":{"name":"a","model":"b","\\ud800":1}}',
        '{"name":"a","persona":{"name":"a","model":"b"},"connection":{"api_url":"\\ud800"}}',
        '{"name":"a","persona":{"name":"a","model":"b"},"connection":{"api_url":"http://[x"}}',
        '{"name":"a","persona":{"name":"a","model":"b","inputs":{"a":' + "[" * 5000 + "]" * 5000 + "}}}",
        '{"name":"a","persona":{"name":"a","model":"b","inputs":{"a":NaN}}}',
        '{"name":"a","persona":{"name":"a","model":"b","memory":{"messages":' + "9" * 4000 + "}}}",
    ],
)
async def test_strange_bodies_are_refused_in_words(client: httpx.AsyncClient, body: str) -> None:
    answer = await client.post(API, content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert set(answer.json()) >= {"code", "message"}


async def test_half_a_sign_is_refused_in_a_rehearsal_and_in_a_key(client: httpx.AsyncClient) -> None:
    await client.post(API, json=BOT)
    headers = {"content-type": "application/json"}
    for line in ('{"text":"\\ud800 hi"}', '{"text":"hi","author":"\\udfff"}', '{"text":"hi","channel":"\\udc00"}'):
        assert (await client.post(f"{API}/fox/rehearse", content=line, headers=headers)).status_code == 422
    key = await client.put(f"{API}/fox/keys/model_token", content='{"value":"\\ud800"}', headers=headers)
    assert key.status_code == 422
