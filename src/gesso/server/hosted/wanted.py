"""What somebody wants of a prediction: the headers and the body of a request, and its inputs on their way to a job."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Request

from gesso.errors import InputError
from gesso.hosting.prediction import PredictionOrder
from gesso.hosting.predictions import check_name
from gesso.jobs.forms import is_media, is_media_list
from gesso.server.direct.given import refuse_kept
from gesso.server.hosted.address import base_of
from gesso.server.inputs import keep_fetched
from gesso.server.rooms import Rooms
from gesso.server.schemas.prediction import PredictionRequest
from gesso.spec.model import Command
from gesso.types.base import Json

_MOST_ADDRESSES: Final = 32
_LONGEST_WAIT_S: Final = 60
_MARGIN_S: Final = 0.5
_SHORTEST_LIFE_S, _LONGEST_LIFE_S = 5, 24 * 3600
_WAIT: Final = re.compile(r"wait(?:\s*=\s*(\d{1,6}))?", re.ASCII)
_LIFE: Final = re.compile(r"(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s?)?", re.ASCII)
_OWN_FILE: Final = re.compile(r"/(?:replicate/)?v1/files/([0-9a-z]{26})(?:/download)?")


@dataclass(frozen=True, kw_only=True)
class Preference:
    """How long a client wants to wait (None: not at all), whether it wants none of that, and when it gives up."""

    wait_s: float | None = None
    is_async: bool = False
    deadline_s: float | None = None

    @classmethod
    def of(cls, request: Request) -> Preference:
        """Read the headers `Prefer` and `Cancel-After`. Raises `InputError`."""
        words = [word.strip().lower() for word in request.headers.get("prefer", "").split(",")]
        found = next((match for word in words if (match := _WAIT.fullmatch(word))), None)
        wait_s = None if found is None else min(int(found[1] or _LONGEST_WAIT_S), _LONGEST_WAIT_S)
        return cls(
            wait_s=None if wait_s is None else max(_MARGIN_S, wait_s - _MARGIN_S),  # clients wait no longer than that
            is_async="respond-async" in words,
            deadline_s=_life(request.headers.get("cancel-after")),
        )


def _life(text: str | None) -> float | None:
    if text is None:
        return None
    found = _LIFE.fullmatch(text.strip().lower())
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    life_s = hours * 3600 + minutes * 60 + seconds
    if found is None or not _SHORTEST_LIFE_S <= life_s <= _LONGEST_LIFE_S:
        hint = f'Like "30s", "1m30s" or "2h": from {_SHORTEST_LIFE_S} seconds to a day.'
        raise InputError("a time", f'the text "{text[:40]}"', hint=hint, where="Cancel-After")
    return float(life_s)


def address_of(house: Rooms, request: Request, *, prefix: str = "/replicate/v1") -> str:
    """Return the address by which somebody has come, or the public one, up to where predictions and their files are."""
    return f"{base_of(request, house.app.settings)}{prefix}"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who has sent a request: by which address, as which guest, and the token that their files are kept for."""

    base: str
    host: str
    guest: str
    token_id: str | None


async def order_of(
    house: Rooms, asked: PredictionRequest, *, command: Command, sender: Sender, preference: Preference, protocol: str
) -> PredictionOrder:
    """Return a request as an order: what its addresses lead to is here then. Raises `InputError` and `FetchError`."""
    if asked.output_file_prefix is not None:
        raise InputError("nothing: outputs are data URLs", "an address", where="output_file_prefix")
    return PredictionOrder(
        inputs=await _inputs(house, asked.input, command=command, sender=sender),
        name=None if asked.id is None else check_name(asked.id),
        protocol=protocol,
        base=sender.base,
        webhook=asked.hook(),
        deadline_s=preference.deadline_s,
    )


async def _inputs(house: Rooms, given: Mapping[str, Json], *, command: Command, sender: Sender) -> dict[str, Any]:
    refuse_kept(given)
    media = {port.name for port in command.inputs if is_media(port.data_type) or is_media_list(port.data_type)}
    named = {name: _items(value) for name, value in given.items() if name in media}
    if sum(_is_address(item) for items in named.values() for item in items) > _MOST_ADDRESSES:
        raise InputError(f"at most {_MOST_ADDRESSES} addresses", "more", where="input")
    optional = {port.name for port in command.inputs if not port.is_required}
    brought = {}
    for name, value in given.items():
        if value is None and name in optional:
            continue
        brought[name] = await _bring(house, value, where=name, sender=sender) if name in media else value
    return brought


async def _bring(house: Rooms, value: Json, *, where: str, sender: Sender) -> Json:
    if isinstance(value, list):
        return [await _bring(house, item, where=f"{where}[{index}]", sender=sender) for index, item in enumerate(value)]
    if not _is_address(value):
        return value
    parts = urlsplit(value)
    is_here = parts.netloc.lower() in {sender.host.lower(), urlsplit(sender.base).netloc.lower()}
    own = _OWN_FILE.fullmatch(parts.path) if is_here else None
    if own is not None and sender.token_id is not None:
        kept = await house.app.predictions.files.get(own[1], token_id=sender.token_id)
        await asyncio.to_thread(house.app.blobs.hold, kept.file.blob)
        return kept.file.to_json()
    return await keep_fetched(house.app, value, where=where, call=house.direct.fetching.of(sender.guest))


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _is_address(value: Json) -> bool:
    return isinstance(value, str) and value[:8].lower().startswith(("http://", "https://"))
