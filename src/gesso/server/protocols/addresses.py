"""Where OpenAI's, Replicate's and Cog's protocols are: at addresses of their own, bare, and below each deployment.

Their interfaces are described by their makers. They stand in no description of ours, and are checked against their own.
"""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from gesso.errors import NotFoundError
from gesso.server.errors import problem_of
from gesso.server.hosted.text_answer import refuse as refuse_as_openai
from gesso.server.protocols import cog, openai, replicate, replicate_models
from gesso.server.protocols.shaping import Refuse
from gesso.server.rooms import Rooms

_OPENAI = ("/openai/v1", "/m/{name}/v1")
_REPLICATE = "/replicate/v1"
_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]


def install(server: FastAPI, *, is_described: bool = False) -> None:
    """Have a server speak them."""
    for prefix, router in routers():
        server.include_router(router, prefix=prefix, include_in_schema=is_described)
    for prefix, refuse in (("/openai", refuse_as_openai), ("/replicate", replicate.refuse)):
        server.include_router(_nothing_else(refuse), prefix=prefix, include_in_schema=False)


def introduce(house: Rooms) -> None:
    """Tell those who send webhooks how each protocol shows a prediction."""
    forms = {"replicate": partial(replicate.form, house), "cog": partial(cog.form, house)}
    house.app.predictions.speak(forms)


def routers() -> list[tuple[str, APIRouter]]:
    """Return what answers, each with the beginning of its addresses."""
    return [
        *((prefix, openai.listing) for prefix in _OPENAI),
        *((prefix, openai.router) for prefix in _OPENAI),
        *((prefix, openai.bare) for prefix in (*_OPENAI, "/v1")),
        (_REPLICATE, replicate_models.listing),
        *((prefix, router) for prefix in (_REPLICATE, "/v1") for router in (replicate.router, replicate_models.router)),
        ("", cog.router),
    ]


def _nothing_else(refuse: Refuse) -> APIRouter:
    """Return what answers wherever a protocol has nothing: without it, the studio's page would."""
    router = APIRouter()

    async def answer(request: Request) -> Response:
        error = NotFoundError(f"There is nothing at {request.url.path[:100]}.", hint="Is it spelt right?")
        return refuse(error, 404, problem=problem_of(error))

    for path in ("", "/{path:path}"):
        router.add_api_route(path, answer, methods=_METHODS)
    return router
