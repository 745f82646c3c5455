"""Deployments, as their owner sees them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gesso.errors import ConflictError
from gesso.hosting.figures import Minute, this_minute
from gesso.server.hosted.address import base_of
from gesso.server.rooms import House
from gesso.server.schemas.deployment import (
    DeploymentChange,
    DeploymentList,
    DeploymentShown,
    FiguresList,
    FiguresShown,
    HostedLine,
    HostedLog,
    NewDeployment,
    NewRelease,
    NewToken,
    Switch,
    TokenList,
    TokenMade,
    TokenShown,
    WebhookSecret,
)

router = APIRouter(prefix="/deployments", tags=["deployments"])
"""`/deployments`."""


def _shown(house: House, name: str, *, request: Request) -> DeploymentShown:
    base, hosting = base_of(request, house.app.settings), house.hosting
    return DeploymentShown.of(hosting.get(name), hosting.status(name), base=base, shares_with=hosting.sharing(name))


@router.get("")
async def list_deployments(house: House, request: Request) -> DeploymentList:
    """List all deployments by name."""
    return DeploymentList(deployments=[_shown(house, each.name, request=request) for each in house.hosting.all()])


@router.post("", status_code=201)
async def create_deployment(wanted: NewDeployment, house: House, *, request: Request) -> DeploymentShown:
    """Host a model: it has an address at once, and begins to wake. Nobody but tokens' owners may use it, if not public.

    The version is kept as it is now, whatever becomes of the model's files.
    """
    made = await house.hosting.create(wanted.order(), name=wanted.name, is_public=wanted.is_public)
    return _shown(house, made.name, request=request)


@router.get("/{name}")
async def get_deployment(name: str, house: House, *, request: Request) -> DeploymentShown:
    """Return a deployment and how it stands, at once."""
    return _shown(house, name, request=request)


@router.patch("/{name}")
async def change_deployment(name: str, change: DeploymentChange, *, house: House, request: Request) -> DeploymentShown:
    """Change what holds for a deployment."""
    await house.hosting.change(name, change.changes())
    return _shown(house, name, request=request)


@router.delete("/{name}", status_code=204, response_class=Response)
async def delete_deployment(name: str, house: House) -> None:
    """Remove a deployment with its tokens, figures and log. The model itself stays."""
    await house.hosting.delete(name)


@router.post("/{name}/wake")
async def wake_deployment(name: str, house: House, *, request: Request) -> DeploymentShown:
    """Begin to wake a deployment, and say how it stands. One that is switched off is not woken."""
    if not house.hosting.get(name).is_active:
        raise ConflictError(f"{name} is switched off, so it is not woken.", hint="Switch it on first.")
    house.hosting.wake(name)
    return _shown(house, name, request=request)


@router.post("/{name}/sleep")
async def sleep_deployment(name: str, house: House, *, request: Request) -> DeploymentShown:
    """Put a deployment to sleep, and those that share its workers: the memory is free. The next request wakes it."""
    await house.hosting.sleep(name)
    return _shown(house, name, request=request)


@router.post("/{name}/releases", status_code=201)
async def add_release(name: str, wanted: NewRelease, *, house: House, request: Request) -> DeploymentShown:
    """Put a new version beside the one that answers. It answers nobody until it is switched to."""
    await house.hosting.deploy(name, wanted.order())
    return _shown(house, name, request=request)


@router.post("/{name}/switch")
async def switch_release(name: str, switch: Switch, *, house: House, request: Request) -> DeploymentShown:
    """Have another version answer, newer or older, as soon as it is awake. No request is dropped meanwhile."""
    await house.hosting.switch(name, switch.release)
    return _shown(house, name, request=request)


@router.get("/{name}/tokens")
async def list_tokens(name: str, house: House) -> TokenList:
    """List the tokens of a deployment and what they have spent."""
    purses = house.hosting.door.purses(house.hosting.get(name).name)
    return TokenList(tokens=[TokenShown.of(purse) for purse in purses])


@router.post("/{name}/tokens", status_code=201)
async def make_token(name: str, wanted: NewToken, *, house: House) -> TokenMade:
    """Make a token. It is in this answer, and nowhere else ever again."""
    token, secret = await house.hosting.make_token(name, wanted.order())
    purse = next(each for each in house.hosting.door.purses(name) if each.token.id == token.id)
    return TokenMade(**TokenShown.of(purse).model_dump(), token=secret)


@router.delete("/{name}/tokens/{token_id}", status_code=204, response_class=Response)
async def revoke_token(name: str, token_id: str, *, house: House) -> None:
    """Take a token back. What is under way with it ends."""
    await house.hosting.revoke(name, token_id)


@router.post("/{name}/webhook-secret", status_code=201)
async def renew_webhook_secret(name: str, house: House) -> WebhookSecret:
    """Make a secret that signs the webhooks of a deployment. It is in this answer alone; the one before is no more."""
    return WebhookSecret(secret=await house.hosting.renew_secret(name))


@router.get("/{name}/figures")
async def get_figures(
    name: str,
    house: House,
    *,
    minutes: Annotated[int, Query(ge=1, le=129_600, description="How far back.")] = 1440,
    step: Annotated[int, Query(ge=1, le=1440, description="How many minutes make one step.")] = 30,
) -> FiguresList:
    """Return what was asked of a deployment over time, in steps: empty ones too, so that they can be drawn."""
    end = this_minute() + 1
    begin = (end - minutes) // step * step
    found = await house.hosting.minutes(name, since=begin)
    total, steps = Minute(), [Minute() for _ in range(begin, end, step)]
    for minute, each in found.items():
        total.add(each)
        steps[(minute - begin) // step].add(each)
    return FiguresList(
        total=FiguresShown.of(total, begin=begin, minutes=end - begin),
        steps=[FiguresShown.of(each, begin=begin + i * step, minutes=step) for i, each in enumerate(steps)],
    )


@router.get("/{name}/log")
async def get_deployment_log(
    name: str,
    house: House,
    *,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> HostedLog:
    """Return lines of a deployment's log, the newest first. What was asked and answered is not in it."""
    lines = await house.hosting.log(name, before=before, limit=limit)
    return HostedLog(lines=[HostedLine.of(number, entry) for number, entry in lines])
