"""Errors as Runway's clients know them: `{"error": "..."}`, and statuses that its npm package does not stumble over.

That one asks again for ever, and without a pause, after 429 and 502. So 502 is never said, a cap that is used up is
403, and whoever asks too often waits a second for each 429.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gesso import errors
from gesso.server.errors import Refusal, headers_of, problem_of, problem_of_invalid
from gesso.server.schemas.problem import Problem
from gesso.server.schemas.runway import RunwayProblem

Trouble: TypeAlias = errors.GessoError | HTTPException | RequestValidationError
"""What may keep somebody from an answer."""
RAISED: Final = (errors.GessoError, HTTPException, RequestValidationError)
"""The same, to be caught."""
RATE_WAIT_S: Final = 1.0
"""How long whoever asks too often waits to be told so."""
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": RunwayProblem, "description": words}
    for status, words in (
        (400, "The inputs are not what the model takes."),
        (401, "There is no token, or a wrong one."),
        (403, "Not with this token, or not from this page; or its cap is used up."),
        (404, "There is no such model, or it is switched off."),
        (429, "Too many requests a minute."),
        (500, "The model has failed."),
    )
}
"""What Runway's protocol may answer besides."""

_STATUS: Final[dict[type[errors.GessoError], int]] = {
    errors.InputError: 400,
    errors.FetchError: 400,
    errors.ConflictError: 409,
    errors.NotFoundError: 404,
    errors.AccessError: 403,
    errors.TrustError: 403,
    errors.QueueFullError: 503,
    errors.DiskFullError: 507,
    errors.GessoError: 500,
}


def status_of(error: Trouble) -> int:
    """Return the status that an error has in Runway's protocol."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RequestValidationError):
        return 400
    if isinstance(error, errors.AccessError) and error.is_unknown:
        return 401
    if isinstance(error, errors.LimitError):
        return 403 if error.retry_after_s is None else 429
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def as_runway(error: Trouble) -> RunwayProblem:
    """Return an error in the shape of Runway's."""
    problem = _problem(error)
    return RunwayProblem(**problem.model_dump(), error=f"{problem.message} {problem.hint}".strip())


def _problem(error: Trouble) -> Problem:
    if isinstance(error, Refusal):
        return error.problem
    if isinstance(error, HTTPException):
        return Problem(code="broken", message="The request cannot be read.")
    if isinstance(error, RequestValidationError):
        return problem_of_invalid([{**wrong, "loc": wrong["loc"][1:] or wrong["loc"]} for wrong in error.errors()])
    return problem_of(error)


async def refuse(error: Trouble) -> Response:
    """Return the answer to an error, at once unless somebody asks too often."""
    status = status_of(error)
    if status == 429:
        await asyncio.sleep(RATE_WAIT_S)
    headers = error.headers if isinstance(error, HTTPException) else None
    headers = headers_of(error) if isinstance(error, errors.GessoError) else headers
    return JSONResponse(as_runway(error).model_dump(exclude_none=True), status, headers)


class RunwayRoute(APIRoute):
    """A route whose errors are Runway's."""

    async def admit(self, request: Request) -> None:
        """Look at who asks before their request is read. Raises what keeps them out."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with its errors caught."""
        handle = super().get_route_handler()

        async def handle_in_words(request: Request) -> Response:
            try:
                await self.admit(request)
                return await handle(request)
            except RAISED as error:
                return await refuse(error)

        return handle_in_words
