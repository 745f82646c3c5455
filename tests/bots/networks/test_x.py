"""X's interface against a server that speaks as X's documentation says."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gesso.bots.networks import posting
from gesso.bots.persona import Posts
from tests.bots.conftest import MemoryKeyring
from tests.bots.servers.x import ADA, ME, XServer, limited, running
from tests.bots.stage import PERSONA, Stage, stage_in

TOLD = "/2/tweets"


@pytest.fixture
def server() -> Iterator[XServer]:
    with running(XServer()) as server:
        yield server


@pytest.fixture
async def stage(tmp_path: Path, memory_keyring: MemoryKeyring) -> AsyncIterator[Stage]:
    async with stage_in(tmp_path) as stage:
        yield stage


async def make(stage: Stage, server: XServer, **words: Any) -> None:
    await stage.make("x", {}, **{"api_url": server.url, "poll_s": 0.05, **words})
    for name, value in {"client_id": "the-client", "client_secret": "the-secret", "refresh_token": "refresh-0"}.items():
        await stage.bots.put_key("poet", name, value=value)


async def connected(stage: Stage, server: XServer, **words: Any) -> None:
    await make(stage, server, **words)
    await stage.bots.turn_on("poet")
    assert (await stage.until_state("on")).text == "@poet"
    await until(lambda: stage.bots.get("poet").seen != "")


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_a_mention_is_answered_where_it_is(stage: Stage, server: XServer) -> None:
    await connected(stage, server)
    post = server.mention("@poet @bo what does the river say? cc @Poet")
    await until(lambda: len(server.posts) == 1)
    assert server.posts[0]["reply"] == {"in_reply_to_tweet_id": post}
    assert stage.poet.asked[0].inputs["prompt"] == "Ada: what does the river say? cc\nPoet:"


async def test_old_mentions_rest_and_none_is_answered_twice(stage: Stage, server: XServer) -> None:
    for number in range(7):
        server.mention(f"@poet old {number}")
    await connected(stage, server)
    server.mention("@poet new")
    await until(lambda: len(server.posts) == 1)
    await stage.bots.stop()
    stage.bots = stage.new_bots()
    await stage.bots.start()
    server.mention("@poet while you were away")
    await until(lambda: len(server.posts) == 2)
    prompts = [str(request.inputs["prompt"]) for request in stage.poet.asked]
    assert ["old" in prompt for prompt in prompts] == [False, False]
    assert json.loads((stage.folder / "bots" / "poet.json").read_text())["seen"] == server.mentions[-1]["id"]


async def test_more_mentions_than_a_page_has_are_all_met_the_oldest_first(stage: Stage, server: XServer) -> None:
    server.page = 5
    await connected(stage, server)
    with server._lock:
        for number in range(12):
            server.mention(
                f"@poet {number}", author={"id": str(number), "name": f"P{number}", "username": f"p{number}"}
            )
    await until(lambda: len(server.posts) == 12)
    assert [note.text for note in stage.notes("heard")] == [str(number) for number in range(12)]
    assert any("pagination_token" in asked for asked in server.asked)


async def test_its_own_posts_are_not_answered(stage: Stage, server: XServer) -> None:
    await connected(stage, server)
    server.mention("@poet talking to myself", author=ME)
    server.mention("@poet hello")
    await until(lambda: len(server.posts) == 1)
    assert [note.text for note in stage.notes("heard")] == ["hello"]


async def test_a_bot_that_is_not_marked_and_answers_at_once_is_paused(stage: Stage, server: XServer) -> None:
    persona = replace(PERSONA, limits=replace(PERSONA.limits, turns_with_one=8))
    await connected(stage, server, persona=persona)
    for number in range(12):
        server.mention(f"@poet {number}", conversation="one")
        await until(lambda count=number + 1: len(stage.notes("said")) + len(stage.notes("silent")) == count)  # type: ignore[misc]  # a number bound now
    assert len(server.posts) <= 4
    assert {note.reason for note in stage.notes("silent")} == {"pausing"}


async def test_a_token_is_renewed_and_the_new_one_is_kept(
    stage: Stage, server: XServer, memory_keyring: MemoryKeyring
) -> None:
    await connected(stage, server)
    assert memory_keyring.kept["gesso", "bot poet refresh_token"] == "refresh-1"
    server.end_access()
    server.mention("@poet hello")
    await until(lambda: len(server.posts) == 1)
    assert memory_keyring.kept["gesso", "bot poet refresh_token"] == server.refresh
    everything = "".join(path.read_text() for path in stage.folder.rglob("*") if path.is_file())
    assert not any(secret in everything for secret in ("refresh-", "access-", "the-secret"))


async def test_rights_that_are_taken_back_stop_the_bot_with_what_to_do(stage: Stage, server: XServer) -> None:
    await connected(stage, server)
    server.take_back()
    failed = await stage.until_state("failed")
    assert "Value passed for the token was invalid" in failed.text
    assert "--sign-in" in failed.text


async def test_a_wrong_secret_stops_the_bot(stage: Stage, server: XServer) -> None:
    server.client_secret = "another"
    await make(stage, server)
    await stage.bots.turn_on("poet")
    assert "authorization header" in (await stage.until_state("failed")).text


async def test_an_app_without_a_secret_names_itself(stage: Stage, server: XServer) -> None:
    server.client_secret = ""
    await make(stage, server)
    await stage.bots.remove_key("poet", "client_secret")
    await stage.bots.turn_on("poet")
    await stage.until_state("on")


async def test_a_limit_is_waited_for_until_its_end(stage: Stage, server: XServer) -> None:
    await connected(stage, server)
    server.refusals.append(limited(TOLD, reset_s=time.time() - 5))
    server.mention("@poet hello")
    await until(lambda: len(server.posts) == 1)
    assert not stage.notes("failed")
    assert sum("/2/tweets" in asked for asked in server.asked) == 2


async def test_a_limit_for_the_whole_day_is_told(stage: Stage, server: XServer) -> None:
    await connected(stage, server)
    server.refusals.append(limited(TOLD, reset_s=time.time() + 86_400))
    server.mention("@poet hello")
    failed = await stage.until(lambda note: note.kind == "failed")
    assert failed.reason == "limit"


async def test_what_x_does_not_allow_is_told_and_the_bot_goes_on(stage: Stage, server: XServer) -> None:
    await connected(stage, server)
    server.refusals.append((TOLD, 403, {"title": "Forbidden", "detail": "Your plan does not allow this."}, {}))
    server.mention("@poet hello")
    assert "Your plan" in (await stage.until(lambda note: note.kind == "failed")).text
    server.mention("@poet and now?")
    await until(lambda: len(server.posts) == 1)


async def test_a_server_that_is_broken_is_asked_again(stage: Stage, server: XServer) -> None:
    await connected(stage, server)
    server.refusals.append((f"/2/users/{ME['id']}/mentions", 503, {"title": "Service Unavailable"}, {}))
    waiting = await stage.until_state("waiting")
    await stage.until_state("on", after=waiting.number)
    server.mention("@poet hello")
    await until(lambda: len(server.posts) == 1)


async def test_an_answer_weighs_no_more_than_a_post_may_and_calls_nobody(stage: Stage, server: XServer) -> None:
    stage.poet.says = lambda _: "@ada " + "狐と川" * 200
    await connected(stage, server, persona=replace(PERSONA, answers=replace(PERSONA.answers, characters=2000)))
    server.mention("@poet hello")
    await until(lambda: len(server.posts) == 1)
    text = server.posts[0]["text"]
    assert "@ada" not in text
    assert len(text) <= 150


async def test_it_posts_on_its_schedule(stage: Stage, server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MINUTE_S", 0.05)
    persona = replace(PERSONA, posts=Posts(every_minutes=1.0, prompts=("In the morning", "In the evening")))
    await connected(stage, server, persona=persona)
    await until(lambda: len(server.posts) == 2)
    assert [request.inputs["prompt"] for request in stage.poet.asked[:2]] == ["In the morning", "In the evening"]
    assert all("reply" not in post for post in server.posts)


async def test_strange_answers_do_not_end_the_bot(stage: Stage, server: XServer) -> None:
    await connected(stage, server)
    path = f"/2/users/{ME['id']}/mentions"
    server.refusals.append((path, 200, {}, {}))
    server.refusals.append((path, 200, {"data": [{"id": "6000", "text": "@poet hm"}], "meta": {}}, {}))
    server.mention("@poet hello", author={**ADA, "name": "A\nd\ta"})
    await until(lambda: len(server.posts) >= 1)
