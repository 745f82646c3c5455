"""A session as a model that runs Runway's SDK: `/meta`, and a POST to the name of each command."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gesso.errors import NotFoundError
from gesso.server.direct.opening import ByName
from gesso.server.protocols.runway_answer import RunwayAnswer
from gesso.server.protocols.runway_errors import RESPONSES
from gesso.server.protocols.runway_fields import command_of, fields_of
from gesso.server.protocols.runway_hosted import BODY, OUTPUTS
from gesso.server.protocols.runway_near import NearRoute
from gesso.server.protocols.runway_sessions import Session, Started
from gesso.server.protocols.runway_values import given_of
from gesso.server.rooms import Rooms
from gesso.server.schemas.runway import (
    RunwayCommand,
    RunwayField,
    RunwayHealth,
    RunwayInputs,
    RunwayMeta,
    RunwaySuccess,
)
from gesso.spec.model import Command

router = APIRouter(prefix="/runway/sessions", tags=["runway"], route_class=NearRoute, responses=RESPONSES)
"""`/runway/sessions/{session_id}`: the address of a session."""


@router.get("/{session_id}")
@router.get("/{session_id}/", include_in_schema=False)
@router.get("/{session_id}/meta", include_in_schema=False)
async def get_runway_meta(session_id: str, sessions: Started) -> RunwayMeta:
    """Say what a model takes and gives, as it is and as `/meta`."""
    session = sessions.find(session_id)
    spec = session.spec
    return RunwayMeta(
        millis_running=_millis_since(session.running_since),
        millis_since_last_command=_millis_since(session.asked_at),
        options=[RunwayField.model_validate(each) for each in fields_of(spec.options)],
        commands=[_shown(command) for command in spec.commands],
    )


@router.get("/{session_id}/healthcheck")
async def get_runway_readiness(session_id: str, sessions: Started) -> RunwayHealth:
    """Say whether a model is ready."""
    is_running = sessions.find(session_id).status == "RUNNING"
    return RunwayHealth(status="RUNNING" if is_running else "STARTING")


@router.post("/{session_id}/setup")
async def set_up_runway_session(session_id: str, options: RunwayInputs, *, sessions: Started) -> RunwaySuccess:
    """Get a model ready with other options."""
    session = sessions.active(session_id)
    await sessions.set_up(session, given_of(session.spec.options, options.root))
    return RunwaySuccess()


@router.get("/{session_id}/{command}")
async def get_runway_command(session_id: str, command: str, *, sessions: Started) -> RunwayCommand:
    """Say what a command takes and gives."""
    return _shown(_command(sessions.find(session_id), command))


@router.post("/{session_id}/{command}", response_class=Response, openapi_extra=BODY, responses=OUTPUTS)
async def run_runway_command(session_id: str, command: str, *, sessions: Started, request: Request) -> Response:
    """Run a command: inputs by name in, outputs by name out."""
    rooms: Rooms = request.app.state.rooms
    session = sessions.active(session_id)
    name = _command(session, command).name
    session.asked_at = time.monotonic()
    return RunwayAnswer(
        rooms.direct,
        request,
        opening=lambda: ByName(rooms.direct.models, session.model),
        command=name,
        options=session.options,
    )


def _command(session: Session, name: str) -> Command:
    try:
        return session.spec.command(name)
    except NotFoundError as error:
        raise NotFoundError(f"Unknown command: {name[:80]}.", hint=error.hint) from error


def _shown(command: Command) -> RunwayCommand:
    return RunwayCommand.model_validate(command_of(command))


def _millis_since(moment: float | None) -> int | None:
    return None if moment is None else round((time.monotonic() - moment) * 1000)
