from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from gesso.bots.bot import Bot, Connection
from gesso.bots.bots import Changes
from gesso.errors import AccessError, ConflictError, InputError, NotFoundError
from tests.bots.conftest import MemoryKeyring
from tests.bots.servers.discord import DiscordServer, running
from tests.bots.stage import PERSONA, Stage, stage_in

BOT = Bot(name="poet", network="rehearsal", persona=PERSONA)


@pytest.fixture
async def stage(tmp_path: Path, memory_keyring: MemoryKeyring) -> AsyncIterator[Stage]:
    async with stage_in(tmp_path) as stage:
        yield stage


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with running(DiscordServer()) as server:
        yield server


async def make_on(stage: Stage, server: DiscordServer) -> None:
    await stage.make("discord", {"token": server.token}, api_url=server.api_url, gateway_url=server.gateway_url)
    await stage.bots.turn_on("poet")
    await stage.until_state("on")


async def test_a_bot_is_made_changed_and_forgotten(stage: Stage, memory_keyring: MemoryKeyring) -> None:
    made = await stage.bots.create(replace(BOT, is_on=True, seen="9"))
    assert (made.is_on, made.seen) == (False, "")
    with pytest.raises(ConflictError):
        await stage.bots.create(BOT)
    changed = await stage.bots.change("poet", Changes(network="discord", persona=replace(PERSONA, name="Fox")))
    assert (changed.network, changed.persona.name) == ("discord", "Fox")
    await stage.bots.put_key("poet", "token", value="abc")
    await stage.bots.delete("poet")
    assert not memory_keyring.kept
    assert not list((stage.folder / "bots").glob("*.json"))
    with pytest.raises(NotFoundError):
        stage.bots.get("poet")


async def test_what_is_wrong_in_a_bot_is_refused(stage: Stage) -> None:
    with pytest.raises(InputError):
        await stage.bots.create(replace(BOT, persona=replace(PERSONA, template="")))
    await stage.bots.create(BOT)
    with pytest.raises(InputError):
        await stage.bots.change("poet", Changes(connection=Connection(api_url="http://far.example")))
    for name in ("another", "../poet"):
        with pytest.raises(NotFoundError):
            await stage.bots.turn_on(name)


async def test_a_bot_without_its_key_is_not_switched_on_and_says_how_to_give_it(stage: Stage) -> None:
    await stage.bots.create(replace(BOT, network="discord"))
    with pytest.raises(AccessError, match="GESSO_BOT_POET_TOKEN"):
        await stage.bots.turn_on("poet")
    assert not stage.bots.get("poet").is_on


async def test_a_bot_in_rehearsal_has_no_network_to_be_on(stage: Stage) -> None:
    await stage.bots.create(BOT)
    with pytest.raises(ConflictError):
        await stage.bots.turn_on("poet")


async def test_keys_are_listed_and_never_shown(stage: Stage) -> None:
    await stage.bots.create(replace(BOT, network="slack"))
    stage.variables["GESSO_BOT_POET_APP_TOKEN"] = "xapp-1"
    with pytest.raises(InputError, match="xoxb-"):
        await stage.bots.put_key("poet", "token", value="xoxp-1")
    await stage.bots.put_key("poet", "token", value="xoxb-1")
    keys = {status.key.name: (status.source, status.is_needed) for status in stage.bots.keys("poet")}
    assert keys == {
        "token": ("keyring", True),
        "app_token": ("variable", True),
        "signing_secret": ("", False),
        "model_token": ("", False),
    }
    await stage.bots.change("poet", Changes(connection=Connection(is_events=True)))
    assert {status.key.name for status in stage.bots.keys("poet") if status.is_needed} == {"token", "signing_secret"}
    assert "xoxb-1" not in repr(stage.bots.keys("poet"))


async def test_a_bot_that_was_on_is_on_again_after_a_restart(stage: Stage, server: DiscordServer) -> None:
    await make_on(stage, server)
    await stage.bots.stop()
    stage.bots = stage.new_bots()
    await stage.bots.start()
    await stage.until_state("on")
    await stage.bots.turn_off("poet")
    stage.bots = stage.new_bots()
    await stage.bots.start()
    assert stage.bots.status("poet").state == "off"


async def test_a_bot_in_a_terminal_is_not_on_again(stage: Stage, server: DiscordServer) -> None:
    await stage.make("discord", {"token": server.token}, api_url=server.api_url, gateway_url=server.gateway_url)
    await stage.bots.turn_on("poet", is_lasting=False)
    await stage.until_state("on")
    assert not stage.bots.get("poet").is_on


async def test_a_bot_that_is_changed_comes_back_changed(stage: Stage, server: DiscordServer) -> None:
    await make_on(stage, server)
    last = stage.bots._notes_of("poet").last
    await stage.bots.change("poet", Changes(persona=replace(PERSONA, name="Fox")))
    await stage.until_state("on", after=last)
    await server.say("<@900> hello")
    await server.until(posts=1)
    assert str(stage.poet.asked[0].inputs["prompt"]).endswith("\nFox:")


async def test_while_gesso_is_offline_no_network_is_asked(stage: Stage) -> None:
    stage.is_offline = True
    await stage.make("discord", {"token": "x"})
    await stage.bots.turn_on("poet")
    assert "offline" in (await stage.until_state("waiting")).text


async def test_a_model_that_cannot_be_spoken_with_stops_the_bot(stage: Stage, server: DiscordServer) -> None:
    persona = replace(PERSONA, inputs={"colour": "red"})
    await stage.make("discord", {"token": "x"}, persona=persona, api_url=server.api_url, gateway_url=server.gateway_url)
    await stage.bots.turn_on("poet")
    assert "colour" in (await stage.until_state("failed")).text


async def test_a_deployment_is_opened_with_its_token(stage: Stage) -> None:
    await stage.bots.create(replace(BOT, persona=replace(PERSONA, model="https://gesso.example.org/m/poet")))
    await stage.bots.put_key("poet", "model_token", value="gt_1")
    async with aclosing(stage.bots.rehearse("poet", "hello")) as notes:
        assert [note.kind async for note in notes][-1] == "said"
    assert stage.opened == [("https://gesso.example.org/m/poet", "gt_1")]


async def test_a_rehearsal_takes_the_persona_as_it_is_now(stage: Stage) -> None:
    await stage.bots.create(BOT)
    async with aclosing(stage.bots.rehearse("poet", "hello")) as notes:
        assert [note.author async for note in notes][-1] == "Poet"
    await stage.bots.change("poet", Changes(persona=replace(PERSONA, name="Fox")))
    async with aclosing(stage.bots.rehearse("poet", "hello")) as notes:
        assert [note.author async for note in notes][-1] == "Fox"
    stage.bots.forget("poet")


async def test_notes_of_nobody_are_not_to_be_had(stage: Stage) -> None:
    with pytest.raises(NotFoundError):
        stage.bots.listen("nobody")
