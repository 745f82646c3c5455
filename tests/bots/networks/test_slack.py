"""slack-bolt and slack-sdk, unmodified, against a server that speaks as Slack's documentation says."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gesso.bots.networks import slack as adapter
from gesso.errors import NotFoundError
from tests.bots.servers.slack import ADA, BOT, CHANNEL, DIRECT, ME, SlackServer, limited, running
from tests.bots.stage import PERSONA, Stage, stage_in


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with running(SlackServer()) as server:
        yield server


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(adapter, "PING_S", 0.2)
    async with stage_in(tmp_path) as stage:
        yield stage


async def connect(stage: Stage, server: SlackServer, **words: Any) -> None:
    keys = {"token": "xoxb-right", "app_token": "xapp-right", **words.pop("keys", {})}
    await stage.make("slack", keys, api_url=server.api_url, **words)
    await stage.bots.turn_on("poet")


async def connected(stage: Stage, server: SlackServer, **words: Any) -> None:
    await connect(stage, server, **words)
    await server.until(sockets=1)
    assert (await stage.until_state("on")).text == "poet"


async def test_a_bot_opens_a_socket_acknowledges_and_answers(stage: Stage, server: SlackServer) -> None:
    await connected(stage, server)
    envelope = await server.say(f"<@{ME}> hello <@U0BO>")
    await server.until(ack=envelope)
    await server.until(posts=1)
    assert stage.poet.asked[0].inputs["prompt"] == "Ada: hello @Bo\nPoet:"
    assert server.posts[0]["channel"] == CHANNEL


async def test_a_message_that_is_told_twice_is_answered_once(stage: Stage, server: SlackServer) -> None:
    await connected(stage, server)
    event = server.message(f"<@{ME}> hello")
    await server.tell(event)
    await server.tell({**event, "type": "app_mention", "channel_type": None})
    await server.tell(event, attempt=1)
    await server.say(f"<@{ME}> the next")
    await server.until(posts=2)
    assert [note.text for note in stage.notes("heard")] == ["hello", "the next"]


async def test_a_direct_message_and_a_thread_are_answered_where_they_are(stage: Stage, server: SlackServer) -> None:
    await connected(stage, server)
    await server.say("hello &amp; good &lt;day&gt;", channel=DIRECT, channel_type="im")
    await server.until(posts=1)
    await server.say(f"<@{ME}> here?", thread_ts="1700000000.000777")
    await server.until(posts=2)
    assert str(stage.poet.asked[0].inputs["prompt"]).startswith("Ada: hello & good <day>\n")
    assert [post.get("thread_ts") for post in server.posts] == [None, "1700000000.000777"]


async def test_its_own_messages_changes_and_empty_ones_are_not_answered(stage: Stage, server: SlackServer) -> None:
    await connected(stage, server)
    await server.say(f"<@{ME}> me", user=ME, bot_id=BOT)
    await server.say(f"<@{ME}> joined", subtype="channel_join")
    await server.tell({"type": "message", "subtype": "message_changed", "channel": CHANNEL, "ts": "1.2"})
    await server.say(f"<@{ME}>")
    await server.say(f"<@{ME}> 👋")
    await server.until(posts=1)
    assert [note.text for note in stage.notes("heard")] == ["", "👋"]


async def test_another_bot_is_answered_twice_at_most(stage: Stage, server: SlackServer) -> None:
    await connected(stage, server)
    for number in range(4):
        await server.say(f"<@{ME}> {number}", user=None, bot_id="B0ECHO", subtype="bot_message", username="echo")
        await stage.until(lambda _, count=number + 1: answered(stage) == count)  # type: ignore[misc]  # a number bound now
    assert len(server.posts) == 2


def answered(stage: Stage) -> int:
    return len(stage.notes("said")) + len(stage.notes("silent"))


async def test_without_the_right_to_read_names_ids_do(stage: Stage, server: SlackServer) -> None:
    server.has_names = False
    await connected(stage, server)
    await server.say(f"<@{ME}> hello")
    await server.until(posts=1)
    assert stage.poet.asked[0].inputs["prompt"] == f"{ADA}: hello\nPoet:"


@pytest.mark.parametrize("way", ["asked", "dropped"])
async def test_a_new_socket_is_opened_when_the_old_one_ends(stage: Stage, server: SlackServer, way: str) -> None:
    await connected(stage, server)
    if way == "asked":
        await server.ask_to_reconnect()
    else:
        await server.drop()
    await server.until(sockets=2)
    await server.say(f"<@{ME}> hello again")
    await server.until(posts=1)
    assert server.opened >= 2  # slack-sdk may notice the end in two ways


async def test_a_limit_is_waited_for_and_then_it_is_said(stage: Stage, server: SlackServer) -> None:
    server.refusals.append(limited(1))
    await connected(stage, server)
    await server.say(f"<@{ME}> hello")
    await server.until(posts=1)
    await stage.until(lambda note: note.kind == "said")
    assert not stage.notes("failed")


async def test_nobody_is_called_by_an_answer(stage: Stage, server: SlackServer) -> None:
    stage.poet.says = lambda _: "<!channel> <!everyone> <@U0BO> @here & <https://example.org|here>"
    await connected(stage, server)
    await server.say(f"<@{ME}> say <!channel>")
    await server.until(posts=1)
    text = server.posts[0]["text"]
    assert "<" not in text
    assert "@here" not in text
    assert "&lt;!channel&gt;" in text
    assert server.posts[0]["parse"] == "none"
    assert str(server.posts[0]["link_names"]).lower() in {"0", "false"}


async def test_a_long_answer_is_said_in_pieces(stage: Stage, server: SlackServer) -> None:
    stage.poet.says = lambda _: "river " * 1000
    await connected(stage, server, persona=replace(PERSONA, answers=replace(PERSONA.answers, characters=6000)))
    await server.say(f"<@{ME}> hello")
    await server.until(posts=2)
    assert all(len(post["text"]) <= 4000 for post in server.posts)


@pytest.mark.parametrize("keys", [{"token": "xoxb-wrong"}, {"app_token": "xapp-wrong"}])
async def test_a_wrong_token_stops_the_bot_with_what_to_do(
    stage: Stage, server: SlackServer, keys: dict[str, str]
) -> None:
    await connect(stage, server, keys=keys)
    failed = await stage.until_state("failed")
    assert "does not know the token (invalid_auth)" in failed.text
    assert "wrong" not in failed.text


async def test_a_token_that_is_taken_back_stops_the_bot(stage: Stage, server: SlackServer) -> None:
    await connected(stage, server)
    server.token = "xoxb-another"
    await server.say(f"<@{ME}> hello")
    assert "token_revoked" in (await stage.until_state("failed")).text


async def test_an_app_that_is_uninstalled_stops_the_bot(stage: Stage, server: SlackServer) -> None:
    await connected(stage, server)
    await server.tell({"type": "app_uninstalled"})
    assert "app_uninstalled" in (await stage.until_state("failed")).text


async def test_a_channel_that_it_is_not_in_is_told(stage: Stage, server: SlackServer) -> None:
    server.refusals.append((200, "not_in_channel", {}))
    await connected(stage, server)
    await server.say(f"<@{ME}> hello")
    failed = await stage.until(lambda note: note.kind == "failed")
    assert "Invite it" in failed.text
    assert stage.bots.status("poet").state == "on"


# -- events over HTTP -------------------------------------------------------------------------------------------------


async def listening(stage: Stage, server: SlackServer) -> None:
    await connect(stage, server, is_events=True, keys={"signing_secret": server.secret})
    await stage.until_state("on")


async def send(stage: Stage, body: dict[str, Any], headers: dict[str, str] | None = None, **signed: Any) -> int:
    data = json.dumps(body).encode()
    server = SlackServer()
    status, answer, _ = await stage.bots.take_events("poet", data, headers=headers or server.sign(data, **signed))
    if body.get("type") == "url_verification" and status == 200:
        assert body["challenge"] in answer.decode()
    return status


async def test_a_signed_event_is_answered(stage: Stage, server: SlackServer) -> None:
    await listening(stage, server)
    assert server.opened == 0
    assert await send(stage, server.callback(server.message(f"<@{ME}> hello"))) == 200
    await server.until(posts=1)


async def test_slack_is_shown_that_the_address_is_ours(stage: Stage, server: SlackServer) -> None:
    await listening(stage, server)
    assert await send(stage, {"token": "x", "challenge": "3eZbrw1aB", "type": "url_verification"}) == 200


async def test_what_is_not_signed_or_not_fresh_is_refused(stage: Stage, server: SlackServer) -> None:
    await listening(stage, server)
    event = server.callback(server.message(f"<@{ME}> hello"))
    assert await send(stage, event, secret="another") == 401
    assert await send(stage, event, at_s=time.time() - 600) == 401
    assert await send(stage, event, at_s=time.time() + 600) == 401
    assert await send(stage, event, headers={"content-type": "application/json"}) == 401
    for value in ("", "v0=", "v0=zz", "\N{SNOWMAN}"):
        broken = {**server.sign(b""), "x-slack-signature": value}
        assert await send(stage, event, headers=broken) == 401
    assert await send(stage, event, headers={**server.sign(b""), "x-slack-request-timestamp": "soon"}) >= 400
    assert not stage.notes("heard")


async def test_an_event_that_is_played_again_is_answered_once(stage: Stage, server: SlackServer) -> None:
    await listening(stage, server)
    data = json.dumps(server.callback(server.message(f"<@{ME}> hello"))).encode()
    headers = server.sign(data)
    for _ in range(3):
        status, _, _ = await stage.bots.take_events("poet", data, headers=headers)
        assert status == 200
    await server.until(posts=1)
    await stage.until(lambda note: note.kind == "said")
    assert len(stage.notes("heard")) == 1


async def test_nobody_takes_events_for_a_bot_that_is_off_or_has_a_socket(stage: Stage, server: SlackServer) -> None:
    with pytest.raises(NotFoundError):
        await stage.bots.take_events("poet", b"{}", headers={})
    await connected(stage, server)
    status, _, _ = await stage.bots.take_events("poet", b"{}", headers=server.sign(b"{}", secret="guessed"))
    assert status in {401, 404}
