"""Bots, as their owner sees them; and the address where a network sends what happens there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from gesso.bots.networks.kinds import KINDS
from gesso.bots.notes import Note
from gesso.server.bodies import body_of
from gesso.server.event_stream import EventStream
from gesso.server.rooms import House
from gesso.server.schemas.bot import (
    BotChange,
    BotKey,
    BotList,
    BotNetwork,
    BotNetworkList,
    BotNote,
    BotShown,
    NewBot,
    RehearsalLine,
)

router = APIRouter(prefix="/bots", tags=["bots"])
"""`/bots`."""
kinds = APIRouter(prefix="/bot-networks", tags=["bots"])
"""`/bot-networks`."""
events = APIRouter(prefix="/bots", tags=["bots"], include_in_schema=False)
"""`/bots/{name}/slack`, beside the interface of the studio: signed by the network, and asked for no key."""

_NOTES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": BotNote, "description": "Events, one after the other."}
}
_LARGEST_EVENT_BYTES: Final = 1_000_000


async def _shown(house: House, name: str) -> BotShown:
    bots = house.app.bots
    keys = await asyncio.to_thread(bots.keys, name)  # a keyring may take its time
    return BotShown.of(bots.get(name), bots.status(name), keys=keys)


@kinds.get("")
async def list_bot_networks() -> BotNetworkList:
    """List the networks that a bot can speak on, and what each asks for."""
    return BotNetworkList(networks=[BotNetwork.of(kind) for kind in KINDS.values()])


@router.get("")
async def list_bots(house: House) -> BotList:
    """List all bots by name."""
    return BotList(bots=[await _shown(house, bot.name) for bot in house.app.bots.all()])


@router.post("", status_code=201)
async def create_bot(wanted: NewBot, house: House) -> BotShown:
    """Make a bot. It is off; in rehearsal one can talk to it at once."""
    made = await house.app.bots.create(wanted.bot())
    return await _shown(house, made.name)


@router.get("/{name}")
async def get_bot(name: str, house: House) -> BotShown:
    """Return a bot and how it stands."""
    return await _shown(house, name)


@router.patch("/{name}")
async def change_bot(name: str, change: BotChange, *, house: House) -> BotShown:
    """Change a bot. One that is on leaves its network and comes back changed."""
    await house.app.bots.change(name, change.changes())
    return await _shown(house, name)


@router.delete("/{name}", status_code=204, response_class=Response)
async def delete_bot(name: str, house: House) -> None:
    """Forget a bot and its keys. What it has said on its network stays there."""
    await house.app.bots.delete(name)


@router.post("/{name}/start")
async def start_bot(name: str, house: House) -> BotShown:
    """Switch a bot on: it connects, and again whenever Gesso serves, until it is switched off."""
    await house.app.bots.turn_on(name)
    return await _shown(house, name)


@router.post("/{name}/stop")
async def stop_bot(name: str, house: House) -> BotShown:
    """Switch a bot off. It leaves its network in order."""
    await house.app.bots.turn_off(name)
    return await _shown(house, name)


@router.put("/{name}/keys/{key}", status_code=204, response_class=Response)
async def put_bot_key(name: str, key: str, *, given: BotKey, house: House) -> None:
    """Keep a key of a bot in the system's keyring. It is never answered again. 409 where there is no keyring."""
    await house.app.bots.put_key(name, key, value=given.value)


@router.delete("/{name}/keys/{key}", status_code=204, response_class=Response)
async def delete_bot_key(name: str, key: str, *, house: House) -> None:
    """Forget a key of a bot."""
    await house.app.bots.remove_key(name, key)


@router.get("/{name}/events", status_code=200, response_class=EventStream, responses=_NOTES)
async def stream_bot_events(
    name: str, house: House, *, after: Annotated[int, Query(ge=0, le=2**53, description="A note's number.")] = 0
) -> EventStream:
    """Tell what a bot hears and says: the last few hundred notes, and then what happens."""
    return EventStream(_notes(house.app.bots.listen(name, after=after)))


@router.post("/{name}/rehearse", status_code=200, response_class=EventStream, responses=_NOTES)
async def rehearse_bot(name: str, line: RehearsalLine, *, house: House) -> EventStream:
    """Say something to a bot that no network hears, and tell what happens until it has answered, or does not."""
    await house.app.bots.open_rehearsal(name)  # what is wrong with its model is answered before the stream begins
    told = house.app.bots.rehearse(
        name, line.text, author=line.author, manner=line.manner, channel=f"rehearsal {line.channel}"
    )
    return EventStream(_notes(told))


@router.post("/{name}/forget", status_code=204, response_class=Response)
async def forget_rehearsal(
    name: str, house: House, *, channel: Annotated[str, Query(max_length=200)] = "rehearsal"
) -> None:
    """Begin a rehearsal anew: what was said in it is forgotten."""
    house.app.bots.forget(name, f"rehearsal {channel}")


@events.post("/{name}/slack")
async def take_slack_event(name: str, request: Request, *, house: House) -> Response:
    """Take what Slack says has happened, if it is signed, and fresh."""
    body = b"".join([piece async for piece in body_of(request, limit_bytes=_LARGEST_EVENT_BYTES)])
    status, answer, headers = await house.app.bots.take_events(name, body, headers=dict(request.headers))
    return Response(answer, status, headers=dict(headers))


async def _notes(told: AsyncGenerator[Note, None]) -> AsyncGenerator[BotNote, None]:
    async with aclosing(told):
        async for note in told:
            yield BotNote.of(note)
