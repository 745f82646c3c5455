"""Code to copy that uses a deployment."""

from __future__ import annotations

from fastapi import APIRouter, Request

from gesso.hosting.snippets.kinds import KINDS
from gesso.hosting.snippets.target import Target
from gesso.server.hosted.address import base_of
from gesso.server.rooms import House
from gesso.server.schemas.snippet import SnippetList, SnippetShown

router = APIRouter(prefix="/deployments", tags=["deployments"])
"""`/deployments/{name}/snippets`."""


@router.get("/{name}/snippets")
async def list_snippets(name: str, house: House, *, request: Request) -> SnippetList:
    """Return code to copy that uses a deployment, one for each kind of client. Where a token goes stands YOUR_TOKEN."""
    base, deployment = base_of(request, house.app.settings), house.hosting.get(name)
    target = Target(
        base=base,
        name=name,
        model=deployment.release.model,
        command=await house.hosting.command(name),
        is_public=deployment.is_public,
    )
    return SnippetList(url=target.url, snippets=[SnippetShown.of(kind, target) for kind in KINDS if kind.fits(target)])
