"""Direct runs: a model runs while its client waits."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gesso.server.direct.answer import DirectAnswer
from gesso.server.direct.described import EXTRA, RESPONSES
from gesso.server.direct.opening import ByName
from gesso.server.rooms import Rooms

router = APIRouter(prefix="/models", tags=["runs"])
"""`/models/{name}/run`."""


@router.post("/{name}/run", response_class=Response, openapi_extra=EXTRA, responses=RESPONSES)
async def run_model(request: Request) -> Response:
    """Run a model and answer with what it makes. Nothing is kept, and a closed connection ends the run.

    Inputs come as a form (a field for each), as JSON, or one by itself as the body with its own Content-Type; small
    ones also in the address (`?colours=4`). `Accept` says what comes back: JSON with all outputs, one output as its own
    bytes (`image/jpeg`), or events as they happen (`text/event-stream`). The seed is in `Gesso-Seed`, where the time
    went in `Server-Timing`.
    """
    rooms: Rooms = request.app.state.rooms
    opening = ByName(rooms.direct.models, request.path_params["name"])
    return DirectAnswer(rooms.direct, request, opening=opening)
