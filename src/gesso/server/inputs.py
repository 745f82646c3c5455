"""Inputs on their way from HTTP to a job: addresses are fetched first, and become blobs like every other file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gesso.app import App
from gesso.errors import FetchError, InputError, NotFoundError
from gesso.net.fetch import Fetched, fetch
from gesso.registry.manifest import is_name
from gesso.server.fetching import InThread
from gesso.spec.model import Command
from gesso.storage.blobs import BlobReference
from gesso.types.base import Json

_MOST_ADDRESSES: Final = 32
_FETCH_TIMEOUT_S: Final = 60.0


def check_name(reference: str) -> str:
    """Return the name of a model on the list, or raise `NotFoundError`.

    Whoever speaks HTTP names models and no paths: what lies on this computer is no business of a web page.
    """
    if not is_name(reference):
        raise NotFoundError(
            f"There is no model {reference[:80]!r}.", hint="A folder is put on the list first: gesso add ./folder."
        )
    return reference


async def bring(app: App, given: Mapping[str, Json], *, model: str, command: str | None) -> dict[str, Any]:
    """Return the inputs as `Jobs.submit` takes them: `{"url": "https://..."}` is fetched, kept, and becomes a blob.

    In an input of the type `json` it is plain JSON and stays as it is. Raises `FetchError`, and what the registry
    raises.
    """
    if not await asyncio.to_thread(_count_addresses, given.values()):
        return dict(given)
    source = await asyncio.to_thread(app.registry.find, model)
    spec = await app.registry.spec(source)
    names = _names_of_files(spec.command(command), given)
    if await asyncio.to_thread(_count_addresses, [given[name] for name in names]) > _MOST_ADDRESSES:
        raise InputError(f"at most {_MOST_ADDRESSES} addresses", "more", where="inputs")
    return {name: await _bring(app, value, where=name) if name in names else value for name, value in given.items()}


def _names_of_files(command: Command, given: Mapping[str, Json]) -> list[str]:
    plain = {port.name for port in command.inputs if port.type == "json"}
    return [name for name in given if name not in plain]


async def _bring(app: App, value: Json, *, where: str) -> Json:
    if isinstance(value, list):
        return [await _bring_one(app, item, where=f"{where}[{index}]") for index, item in enumerate(value)]
    return await _bring_one(app, value, where=where)


async def _bring_one(app: App, item: Json, *, where: str) -> Json:
    return await keep_fetched(app, item["url"], where=where) if is_address(item) else item


async def keep_fetched(app: App, url: str, *, where: str, call: InThread = asyncio.to_thread) -> Json:
    """Fetch what lies at an address that stands for an input, and return what stands for it then in a job."""
    fetched = await call(fetch_input, app, url, where=where)
    return (await _keep(app, fetched)).to_json()


def fetch_input(app: App, url: str, *, where: str) -> Fetched:
    """Fetch what lies at an address that stands for an input; call it in a thread. Raises `FetchError`."""
    try:
        return _fetched(app, url, what_for=f"the input {where}")
    except FetchError as error:
        raise FetchError(f"{where}: {error.message}", hint=error.hint, detail=error.detail) from error


async def fetch_file(app: App, url: str, *, what_for: str) -> BlobReference:
    """Fetch what lies at an address and keep it, within what the settings allow. Raises `FetchError`."""
    return await _keep(app, await asyncio.to_thread(_fetched, app, url, what_for=what_for))


async def _keep(app: App, fetched: Fetched) -> BlobReference:
    return await asyncio.to_thread(app.blobs.put, fetched.data, fetched.name)


def _fetched(app: App, url: str, *, what_for: str) -> Fetched:
    settings = app.settings
    return fetch(
        url,
        app.door,
        limit_bytes=settings.fetch_limit_bytes,
        timeout_s=_FETCH_TIMEOUT_S,
        allow_private=settings.fetch_private,
        what_for=what_for,
    )


def _count_addresses(values: Iterable[Json]) -> int:
    """Count the addresses. There may be a million items: call it in a thread."""
    return sum(is_address(item) for value in values for item in _items(value))


def is_address(item: Json) -> bool:
    """Say whether an input names an address to be fetched."""
    return isinstance(item, dict) and isinstance(item.get("url"), str) and set(item) <= {"url", "name"}


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
