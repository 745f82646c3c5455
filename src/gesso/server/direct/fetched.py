"""Inputs that name something else: a file that Gesso keeps, or an address. Nothing that is fetched is kept."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from gesso.app import App
from gesso.errors import InputError
from gesso.server.direct.given import Medium
from gesso.server.inputs import fetch_input, named
from gesso.spec.model import Command

_MOST_ADDRESSES: Final = 8


async def with_fetched(app: App, given: dict[str, Any], *, command: Command) -> dict[str, Any]:
    """Return inputs in which `{"file": ...}` is what jobs call it, and `{"url": ...}` what lies there.

    In an input of the type `json` both are plain JSON and stay as they are. Raises `InputError` and `FetchError`.
    """
    plain = {port.name for port in command.inputs if port.type == "json"}
    naming = {name: value for name, value in given.items() if name not in plain and _names(value)}
    if not naming:
        return given
    if sum(named(item) == "url" for value in naming.values() for item in _items(value)) > _MOST_ADDRESSES:
        raise InputError(f"at most {_MOST_ADDRESSES} addresses", "more", where="inputs")
    return given | {name: await _bring(app, value, where=name) for name, value in naming.items()}


async def _bring(app: App, value: Any, *, where: str) -> Any:
    if isinstance(value, list):
        return [await _bring_one(app, item, where=f"{where}[{index}]") for index, item in enumerate(value)]
    return await _bring_one(app, value, where=where)


async def _bring_one(app: App, item: Any, *, where: str) -> Any:
    kind = named(item)
    if kind == "file":
        return {"blob": item["file"], **({"name": item["name"]} if "name" in item else {})}
    if kind == "url":
        fetched = await asyncio.to_thread(fetch_input, app, item["url"], where=where)
        return Medium(fetched.data, fetched.name)
    return item


def _names(value: Any) -> bool:
    return any(named(item) for item in _items(value))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
