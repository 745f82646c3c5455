"""From errors to answers: which status, and the one shape `Problem`. No traceback of Gesso's own leaves the server."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gesso import errors
from gesso.server.schemas.problem import Problem
from gesso.types.given import describe

_LOG: Final = logging.getLogger("gesso.server")

# The nearest class in the tree decides. A failed run is 500 nowhere: jobs carry their errors inside.
_STATUS: Final[dict[type[errors.GessoError], int]] = {
    errors.InputError: 422,
    errors.NotFoundError: 404,
    errors.TrustError: 403,
    errors.FetchError: 422,
    errors.SettingsError: 422,
    errors.DeclarationError: 422,
    errors.InstallError: 422,
    errors.RunError: 422,
    errors.ConflictError: 409,
    errors.AccessError: 403,
    errors.LimitError: 429,
    errors.QueueFullError: 503,
    errors.DiskFullError: 507,
    errors.StorageError: 500,
    errors.GessoError: 500,
}
_WORDS: Final = {
    400: ("broken", "The request cannot be read.", ""),
    404: ("not_found", "There is nothing at this address.", "Is it spelt right?"),
    405: ("method", "This address does not take this method.", "Its description says which: /api/v1/openapi.json."),
}

RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "default": {"model": Problem, "description": "It was refused, or has failed."}
}
"""What every operation may answer besides its own."""


class Refusal(HTTPException):
    """The server itself refuses a request: too large, not signed in, at the wrong place in a file."""

    def __init__(self, status: int, problem: Problem, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail=problem.message, headers=headers)
        self.problem = problem


def install(app: FastAPI) -> None:
    """Have every error of the app answered as a `Problem`."""
    app.add_exception_handler(errors.GessoError, _answer_ours)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unforeseen)


def status_of(error: errors.GessoError) -> int:
    """Return the status that an error of the tree is answered with."""
    if isinstance(error, errors.AccessError) and error.is_unknown:
        return 401
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def problem_of(error: errors.GessoError) -> Problem:
    """Return an error of the tree as a `Problem`."""
    return Problem.of(error)


def problem_of_invalid(wrong: Sequence[Mapping[str, Any]]) -> Problem:
    """Say what is wrong with the first field that is: pydantic lists all, a person mends one after the other."""
    first = wrong[0]
    if first["type"] == "json_invalid":
        return Problem(code="input", message="The body is not JSON.", hint="Is a quote or comma missing?")
    where = ".".join(str(part) for part in first["loc"]) or "message"
    return problem_of(errors.InputError(_expected(first), _given(first), where=where))


def answer(status: int, problem: Problem, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a response with a problem."""
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers)


async def _answer_ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.GessoError)
    status = status_of(error)
    if status == 500:
        _LOG.error("refused with 500: %s", error, exc_info=error)
    return answer(status, problem_of(error), headers=headers_of(error))


def headers_of(error: errors.GessoError) -> dict[str, str]:
    """Return the headers that go with an error of the tree: when to come again, what to bring."""
    if isinstance(error, errors.LimitError) and error.retry_after_s is not None:
        return {"Retry-After": str(math.ceil(error.retry_after_s))}
    if isinstance(error, errors.AccessError) and error.is_unknown:
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": "5"} if isinstance(error, errors.QueueFullError) else {}


async def _answer_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error, Refusal):
        return answer(error.status_code, error.problem, headers=error.headers)
    code, message, hint = _WORDS.get(error.status_code, ("refused", str(error.detail), ""))
    return answer(error.status_code, Problem(code=code, message=message, hint=hint), headers=error.headers)


async def _answer_invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return answer(
        422, problem_of_invalid([{**wrong, "loc": wrong["loc"][1:] or wrong["loc"]} for wrong in error.errors()])
    )


async def _answer_unforeseen(request: Request, error: Exception) -> JSONResponse:
    """Answer with a number that stands in the log beside the traceback, and with nothing else."""
    number = secrets.token_hex(4)
    _LOG.error("error %s at %s %s", number, request.method, request.url.path, exc_info=error)
    message = f"Something went wrong inside Gesso (error {number})."
    hint = "The log of the server says more under this number. If it happens again, please report it."
    return answer(500, Problem(code="internal", message=message, hint=hint))


def _expected(wrong: Mapping[str, Any]) -> str:
    """Return pydantic's words as the second half of "expected ..."."""
    if wrong["type"] == "missing":
        return "a value"
    if wrong["type"] == "extra_forbidden":
        return "only what is known"
    words = str(wrong["msg"]).removeprefix("Input should be ").removeprefix("Value error, ")
    return words if words[:2].isupper() else words[:1].lower() + words[1:]  # "JSON" stays


def _given(wrong: Mapping[str, Any]) -> str:
    if wrong["type"] == "missing":
        return "nothing"
    if wrong["type"] == "extra_forbidden":
        return "a field of that name"
    return describe(wrong.get("input"))
