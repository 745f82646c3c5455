"""Gesso's client for JavaScript, handed out to every page: a sketch needs one script tag and no other server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gesso.server.serving import WholeOrPart

PATHS: Final = frozenset({"/gesso.js", "/gesso.mjs"})
"""Where it lies. It is the same for everybody, so that pages of everybody may load it."""
_PLACES: Final = (
    Path(__file__).parent / "clients",  # in a wheel
    Path(__file__).parents[3] / "clients" / "javascript",  # in a checkout
)


def install(app: FastAPI) -> None:
    """Have the app hand it out; before the studio, which has every address that is nothing else's."""
    for path in sorted(PATHS):
        app.add_api_route(path, _get(path.removeprefix("/")), include_in_schema=False, response_class=Response)


def find(name: str) -> Path | None:
    """Return where a file of the client lies."""
    return next((place / name for place in _PLACES if (place / name).is_file()), None)


def _get(name: str) -> Callable[[], Awaitable[Response]]:
    async def get_client_script() -> Response:
        """Return the client as it was written."""
        found = find(name)
        if found is None:
            raise HTTPException(404)
        return WholeOrPart(
            found,
            headers={"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"},
            media_type="text/javascript; charset=utf-8",
        )

    return get_client_script
