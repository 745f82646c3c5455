"""Runway's daemon: what its plug-ins for Unity and Photoshop ask at port 5142 to find, start and stop models."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Literal

from fastapi import APIRouter, Request

from gesso.app import App
from gesso.errors import GessoError, NotFoundError
from gesso.registry.registry import Listed
from gesso.server.protocols.runway_errors import RESPONSES
from gesso.server.protocols.runway_fields import command_of, fields_of
from gesso.server.protocols.runway_near import NearRoute, check_near
from gesso.server.protocols.runway_sessions import Session, Started, version_number
from gesso.server.protocols.runway_values import given_of
from gesso.server.rooms import House, Rooms
from gesso.server.schemas.runway import (
    RunwayCommand,
    RunwayField,
    RunwayModel,
    RunwayProvider,
    RunwaySession,
    RunwaySessionList,
    RunwaySessionMade,
    RunwaySessionOrder,
    RunwaySessionShown,
    RunwayStop,
    RunwaySuccess,
)
from gesso.spec.model import ModelSpec

router = APIRouter(prefix="/v1", tags=["runway"], route_class=NearRoute, responses=RESPONSES)
"""`/v1/healthcheck` and `/v1/model_sessions`; `/v1/models` is shared with other protocols: see `bare_models.py`."""
_EVERYBODY: Final = RunwayStop()


@router.get("/healthcheck")
async def get_runway_health() -> RunwaySuccess:
    """Say that Gesso runs."""
    return RunwaySuccess()


@router.get("/model_sessions")
async def list_runway_sessions(
    request: Request, sessions: Started, *, show: Literal["active", "all"] = "all"
) -> RunwaySessionList:
    """List the models that plug-ins have started."""
    found = [each for each in sessions.all() if show == "all" or each.is_active]
    return RunwaySessionList(model_sessions=[shown(each, request) for each in found])


@router.get("/model_sessions/{session_id}")
async def get_runway_session(session_id: str, request: Request, *, sessions: Started) -> RunwaySessionShown:
    """Say how a model stands that a plug-in has started."""
    return RunwaySessionShown(model_session=shown(sessions.find(session_id), request))


@router.post("/model_sessions")
async def start_runway_session(
    order: RunwaySessionOrder, request: Request, *, house: House, sessions: Started
) -> RunwaySessionMade:
    """Begin to get a model ready."""
    name, spec = await _find(house.app, order.model_version_id)
    session = await sessions.start(
        name,
        options={} if spec is None else given_of(spec.options, order.model_options or {}),
        application=order.application,
        provider=order.provider_options.model_dump(),
    )
    return RunwaySessionMade(model_session=shown(session, request), id=session.id)


@router.delete("/model_sessions/{session_id}")
async def stop_runway_session(session_id: str, request: Request, *, sessions: Started) -> RunwaySessionShown:
    """Stop a model that a plug-in has started."""
    session = sessions.find(session_id)
    sessions.end(session)
    return RunwaySessionShown(model_session=shown(session, request))


@router.post("/model_sessions/stop_all")
async def stop_runway_sessions(sessions: Started, whose: RunwayStop = _EVERYBODY) -> RunwaySuccess:
    """Stop all models that a plug-in has started."""
    for session in sessions.all():
        if whose.application in {None, session.application}:
            sessions.end(session)
    return RunwaySuccess()


async def share(rooms: Rooms, request: Request) -> dict[str, Any]:
    """Return what Runway's plug-ins look for at `/v1/models`. Nothing is installed or run for that."""
    check_near(request, rooms.key)
    listed = await asyncio.to_thread(rooms.app.registry.models)
    models = [await _model(rooms.app, line) for line in listed]
    return {"models": [model.model_dump(by_alias=True) for model in models]}


def shown(session: Session, request: Request) -> RunwaySession:
    """Describe a session; its address is at the name by which this Gesso was asked."""
    return RunwaySession(
        id=session.id,
        created_at=session.created_at,
        started_running_at=session.running_at,
        ended_at=session.ended_at,
        running_status=session.status,
        url=f"{request.url.scheme}://{request.url.netloc}/runway/sessions/{session.id}",
        application=session.application,
        model_version_id=version_number(session.model),
        provider_options=RunwayProvider.model_validate(session.provider),
        model=_shown_model(session.model, session.spec),
        error=session.error,
    )


async def _model(app: App, listed: Listed) -> RunwayModel:
    return _shown_model(listed.name, await _known_spec(app, listed))


async def _known_spec(app: App, listed: Listed) -> ModelSpec | None:
    try:
        return None if listed.source is None else await app.registry.known_spec(listed.source)
    except GessoError:  # a broken one is shown without commands
        return None


def _shown_model(name: str, spec: ModelSpec | None) -> RunwayModel:
    about = spec.description if spec else ""
    commands = spec.commands if spec else ()
    return RunwayModel(
        name=name,
        description=about,
        default_version_id=version_number(name),
        options=[RunwayField.model_validate(each) for each in fields_of(spec.options if spec else ())],
        commands=[RunwayCommand.model_validate(command_of(each, description=about)) for each in commands],
    )


async def _find(app: App, number: int) -> tuple[str, ModelSpec | None]:
    for listed in await asyncio.to_thread(app.registry.models):
        if version_number(listed.name) == number:
            return listed.name, await _known_spec(app, listed)
    raise NotFoundError(f"There is no model version {number}.", hint="GET /v1/models lists those that there are.")
