"""discord.py, unmodified, against a server that speaks as Discord's documentation says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.bots.servers.discord import (
    ADA,
    CHANNEL,
    DIRECT,
    GUILD,
    HEARTBEAT,
    IDENTIFY,
    ME,
    MESSAGE_CONTENT,
    RESUME,
    DiscordServer,
    direct_channel,
    limited,
    running,
)
from tests.bots.stage import PERSONA, Stage, stage_in

BOT = {"id": "2", "username": "echo", "discriminator": "0", "global_name": "Echo", "avatar": None, "bot": True}


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with running(DiscordServer()) as server:
        yield server


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage_in(tmp_path) as stage:
        yield stage


async def connect(stage: Stage, server: DiscordServer, *, token: str = "right-token", **words: Any) -> None:
    words = {"api_url": server.api_url, "gateway_url": server.gateway_url, **words}
    await stage.make("discord", {"token": token}, **words)
    await stage.bots.turn_on("poet")


async def test_a_bot_identifies_itself_and_answers_who_speaks_to_it(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    assert (await stage.until_state("on")).text == "poet"
    identify = server.all_of(IDENTIFY)[0]["d"]
    assert identify["intents"] & MESSAGE_CONTENT
    await server.say("<@900> hello <@1>")
    await server.until(posts=1)
    assert stage.poet.asked[0].inputs["prompt"] == "Ada: hello @Ada\nPoet:"
    post = server.posts[0]
    assert post["channel"] == CHANNEL
    assert post["allowed_mentions"] == {"parse": []}
    assert server.typed == 1


async def test_only_what_is_for_it_is_answered(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    await server.say("hello all")
    await server.say("<@900>", author=ME)
    await server.say("")
    await server.say("<@900> hello", type=7)
    await server.say("<@900> and you?")
    await server.until(posts=1)
    assert [note.text for note in stage.notes("heard")] == ["hello all", "", "and you?"]
    assert [note.reason for note in stage.notes("silent")] == ["unasked", "empty"]


async def test_a_direct_message_is_for_it(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    await server.dispatch("CHANNEL_CREATE", direct_channel())
    await server.say("hello 👋🏽", channel=DIRECT)
    await server.until(posts=1)
    assert server.posts[0]["channel"] == DIRECT


async def test_an_answer_to_one_of_its_messages_is_for_it(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    mine = {
        "id": "42",
        "channel_id": CHANNEL,
        "author": ME,
        "content": "the river",
        "type": 0,
        "timestamp": "2026-11-22T10:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "pinned": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
    }
    reference = {"message_id": "42", "channel_id": CHANNEL, "guild_id": GUILD}
    await server.say("why?", type=19, message_reference=reference, referenced_message=mine)
    await server.until(posts=1)


async def test_another_bot_and_a_webhook_are_answered_twice_at_most(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    for number in range(5):
        hook = {"webhook_id": "77"} if number % 2 else {}
        await server.say(f"<@900> {number}", author=BOT, **hook)
        await stage.until(lambda _, count=number + 1: answered(stage) == count)  # type: ignore[misc]  # a number bound now
    assert len(server.posts) == 2
    assert [note.reason for note in stage.notes("silent")] == ["bots"] * 3


def answered(stage: Stage) -> int:
    return len(stage.notes("said")) + len(stage.notes("silent"))


async def test_heartbeats_are_sent_as_the_server_asks_for_them(stage: Stage, server: DiscordServer) -> None:
    server.heartbeat_ms = 50
    await connect(stage, server)
    await server.until(op=HEARTBEAT, count=3)
    last = server.all_of(HEARTBEAT)[-1]["d"]
    assert last is None or last <= len(server._sent)
    await stage.until_state("on")


@pytest.mark.parametrize("way", ["drop", "close", "reconnect"])
async def test_after_a_lost_connection_it_resumes_and_misses_nothing(
    stage: Stage, server: DiscordServer, way: str
) -> None:
    await connect(stage, server)
    on = await stage.until_state("on")
    if way == "drop":
        await server.drop()
    elif way == "close":
        await server.drop(4000)
    else:
        await server.ask_to_reconnect()
    await server.say("<@900> while you were away")
    await server.until(op=RESUME, posts=1)
    resume = server.all_of(RESUME)[0]["d"]
    assert resume["session_id"].startswith("session-1")
    assert stage.poet.asked[0].inputs["prompt"] == "Ada: while you were away\nPoet:"
    await stage.until_state("on", after=on.number)
    assert len(server.all_of(IDENTIFY)) == 1


async def test_an_invalid_session_begins_anew(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    await server.invalidate()
    await server.until(op=IDENTIFY, count=2)
    await server.say("<@900> hello again")
    await server.until(posts=1)


async def test_a_wrong_token_stops_the_bot_with_what_to_do(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server, token="wrong-token")
    await stage.until_state("failed")
    status = stage.bots.status("poet")
    assert "does not know the token" in str(status.error)
    assert "Reset Token" in str(status.error)
    assert "wrong-token" not in str(status.error)


async def test_a_token_that_is_taken_back_stops_the_bot(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    server.token = "another"
    await server.say("<@900> hello")
    await stage.until_state("failed")
    assert stage.bots.status("poet").error is not None


async def test_a_gateway_that_no_longer_takes_the_token_stops_the_bot(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    await server.drop(4004)
    await stage.until_state("failed")


async def test_missing_intents_stop_the_bot_with_what_to_click(stage: Stage, server: DiscordServer) -> None:
    server.allowed_intents = ~MESSAGE_CONTENT
    await connect(stage, server)
    failed = await stage.until_state("failed")
    assert "Message Content Intent" in failed.text


async def test_a_limit_is_waited_for_and_then_it_is_said(stage: Stage, server: DiscordServer) -> None:
    server.answers.extend([limited(0.05), limited(0.05, is_global=True)])
    await connect(stage, server)
    await stage.until_state("on")
    await server.say("<@900> hello")
    await server.until(posts=1)
    await stage.until(lambda note: note.kind == "said")
    assert len(server.posts) == 1
    assert not server.answers


async def test_a_limit_that_is_very_long_is_told(stage: Stage, server: DiscordServer) -> None:
    server.answers.append(limited(3600))
    await connect(stage, server)
    await stage.until_state("on")
    await server.say("<@900> hello")
    failed = await stage.until(lambda note: note.kind == "failed")
    assert failed.reason == "limit"
    await server.say("<@900> hello again")


async def test_a_long_answer_is_said_in_pieces(stage: Stage, server: DiscordServer) -> None:
    stage.poet.says = lambda _: "river " * 700
    await connect(stage, server, persona=replace(PERSONA, answers=replace(PERSONA.answers, characters=5000)))
    await stage.until_state("on")
    await server.say("<@900> hello")
    await server.until(posts=3)
    assert all(len(post["content"]) <= 2000 for post in server.posts)
    assert " ".join(post["content"] for post in server.posts).split() == ["river"] * 700


async def test_a_mention_of_everyone_is_not_echoed(stage: Stage, server: DiscordServer) -> None:
    stage.poet.says = lambda prompt: "@everyone @here <@1> <@&500>"
    await connect(stage, server)
    await stage.until_state("on")
    await server.say("<@900> say @everyone")
    await server.until(posts=1)
    assert "@everyone" not in server.posts[0]["content"]
    assert "<@" not in server.posts[0]["content"].replace("<@\N{ZERO WIDTH SPACE}", "")
    assert server.posts[0]["allowed_mentions"] == {"parse": []}


async def test_a_channel_that_it_may_not_write_in_is_told(stage: Stage, server: DiscordServer) -> None:
    server.answers.append((403, {"message": "Missing Permissions", "code": 50013}, {}))
    await connect(stage, server)
    await stage.until_state("on")
    await server.say("<@900> hello")
    failed = await stage.until(lambda note: note.kind == "failed")
    assert "Missing Permissions" in failed.text
    await server.say("<@900> and now?")
    await server.until(posts=1)


async def test_names_of_roles_channels_and_emoji_are_read_as_people_see_them(
    stage: Stage, server: DiscordServer
) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    await server.say("<@900> hello")
    await server.until(posts=1)  # so that its channels have been told of
    await server.say(f"<@900> in <#{CHANNEL}> <:fox:123> <a:run:124> <@1>")
    await server.until(posts=2)
    assert str(stage.poet.asked[1].inputs["prompt"]).endswith("Ada: in #art :fox: :run: @Ada\nPoet:")


async def test_it_leaves_in_order(stage: Stage, server: DiscordServer) -> None:
    await connect(stage, server)
    await stage.until_state("on")
    connection = server._now
    assert connection is not None
    await stage.bots.turn_off("poet")
    async with asyncio.timeout(20):
        while not connection.socket.closed:
            await asyncio.sleep(0.01)
    assert connection.socket.close_code in {1000, 4000}  # discord.py wants 1000, and its own reader may be quicker
    assert stage.bots.status("poet").state == "off"


async def test_it_comes_back_after_the_network_was_away(stage: Stage) -> None:
    async with running(DiscordServer()) as first:
        port = int(first.url.rpartition(":")[2])
    await stage.make(
        "discord",
        {"token": "right-token"},
        api_url=f"http://127.0.0.1:{port}/api/v10",
        gateway_url=f"ws://127.0.0.1:{port}/gateway",
    )
    await stage.bots.turn_on("poet")
    waiting = await stage.until_state("waiting")
    assert "cannot be reached" in waiting.text
    async with running(DiscordServer(), port=port) as server:
        await stage.until_state("on", after=waiting.number)
        await server.say("<@900> hello", author=ADA)
        await server.until(posts=1)
        await stage.bots.turn_off("poet")
