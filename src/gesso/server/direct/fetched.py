"""Inputs that name an address. Nothing that is fetched is kept."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from gesso.app import App
from gesso.errors import InputError
from gesso.server.direct.given import Medium
from gesso.server.fetching import InThread
from gesso.server.inputs import fetch_input, is_address
from gesso.spec.model import Command

_MOST_ADDRESSES: Final = 8


async def with_fetched(
    app: App, given: dict[str, Any], *, command: Command, call: InThread = asyncio.to_thread
) -> dict[str, Any]:
    """Return inputs in which `{"url": ...}` is what lies there.

    In an input of the type `json` it is plain JSON and stays as it is. Raises `InputError` and `FetchError`.
    """
    plain = {port.name for port in command.inputs if port.type == "json"}
    naming = {name: value for name, value in given.items() if name not in plain and _names(value)}
    if not naming:
        return given
    if sum(is_address(item) for value in naming.values() for item in _items(value)) > _MOST_ADDRESSES:
        raise InputError(f"at most {_MOST_ADDRESSES} addresses", "more", where="inputs")
    return given | {name: await _bring(app, value, where=name, call=call) for name, value in naming.items()}


async def _bring(app: App, value: Any, *, where: str, call: InThread) -> Any:
    if isinstance(value, list):
        return [await _bring_one(app, item, where=f"{where}[{index}]", call=call) for index, item in enumerate(value)]
    return await _bring_one(app, value, where=where, call=call)


async def _bring_one(app: App, item: Any, *, where: str, call: InThread) -> Any:
    if not is_address(item):
        return item
    fetched = await call(fetch_input, app, item["url"], where=where)
    return Medium(fetched.data, fetched.name)


def _names(value: Any) -> bool:
    return any(is_address(item) for item in _items(value))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
