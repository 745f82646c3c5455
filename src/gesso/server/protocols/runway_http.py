"""The local HTTP server of one running model: `/query`, `/data`, `/error`, `/info`, as Runway's app had it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gesso.server.direct.room import Direct
from gesso.server.gate import Gate
from gesso.server.protocols.runway_answer import RunwayAnswer
from gesso.server.protocols.runway_errors import RAISED, refuse
from gesso.server.protocols.runway_fields import fields_of
from gesso.server.protocols.runway_outcomes import Outcomes
from gesso.server.protocols.runway_target import Target
from gesso.server.visitors import Visitors
from gesso.types.base import Json

_PACKED_FROM_BYTES: Final = 500
_FRESH: Final = {"Cache-Control": "no-store"}
_ROUTES: Final = {"query": "POST /query", "data": "GET /data", "error": "GET /error", "info": "GET /info"}


def local_app(direct: Direct, target: Target, *, outcomes: Outcomes, visitors: Callable[[], Visitors]) -> ASGIApp:
    """Return the server as an ASGI application, behind a gate of its own."""

    async def get_root(_: Request) -> Response:
        return JSONResponse({"name": target.name, "routes": _ROUTES})

    async def query(request: Request) -> Response:
        return await _query(direct, request, target=target, outcomes=outcomes)

    async def get_data(_: Request) -> Response:
        return Response(outcomes.data, media_type="application/json", headers=_FRESH)

    async def get_error(_: Request) -> Response:
        return JSONResponse({"error": outcomes.error}, headers=_FRESH)

    async def get_info(_: Request) -> Response:
        try:
            return JSONResponse(await info_of(target))
        except RAISED as error:
            return await refuse(error)

    routes = [
        Route("/", get_root),
        Route("/query", query, methods=["POST"]),
        Route("/data", get_data),
        Route("/error", get_error),
        Route("/info", get_info),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _answer_http})
    app.router.redirect_slashes = False
    return Gate(GZipMiddleware(app, minimum_size=_PACKED_FROM_BYTES), visitors)


async def info_of(target: Target) -> dict[str, Json]:
    """Return what a model takes and gives. Raises what keeps it from being known."""
    command = await target.command()
    return {"inputs": fields_of(command.inputs), "outputs": fields_of(command.outputs)}


async def _query(direct: Direct, request: Request, *, target: Target, outcomes: Outcomes) -> Response:
    try:
        command = (await target.command()).name
    except RAISED as error:
        outcomes(None, error=error)
        return await refuse(error)
    return RunwayAnswer(direct, request, opening=target.opening, command=command, heard=outcomes)


async def _answer_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = "Method not allowed." if error.status_code == 405 else "Not found."  # Runway's own
    return JSONResponse({"error": words}, error.status_code, error.headers)
