"""Errors in the shape that a protocol has for them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from gesso.errors import GessoError
from gesso.server.errors import Refusal, problem_of, problem_of_invalid, status_of
from gesso.server.schemas.problem import Problem


class Refuse(Protocol):
    """Makes an answer of an error of the tree, or of a refusal without one, in words and as a status."""

    def __call__(self, error: GessoError | None, status: int, *, problem: Problem) -> Response:
        """Return it."""
        ...


def shaped(refuse: Refuse) -> type[APIRoute]:
    """Return the class of routes whose errors have this shape."""

    class Route(APIRoute):
        """A route of one protocol."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """Return what answers."""
            handle = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    return await handle(request)
                except GessoError as error:
                    return refuse(error, status_of(error), problem=problem_of(error))
                except RequestValidationError as error:
                    wrong = [{**each, "loc": each["loc"][1:] or each["loc"]} for each in error.errors()]
                    return refuse(None, 422, problem=problem_of_invalid(wrong))
                except Refusal as refusal:
                    return refuse(None, refusal.status_code, problem=refusal.problem)
                except HTTPException as error:  # a body that cannot be read
                    problem = Problem(code="broken", message=str(error.detail))
                    return refuse(None, error.status_code, problem=problem)

            return answer

    return Route
