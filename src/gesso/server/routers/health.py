"""How the server is: open to everybody whom the gate lets in."""

from __future__ import annotations

from fastapi import APIRouter

from gesso.server.rooms import House
from gesso.server.schemas.health import Health
from gesso.version import VERSION

router = APIRouter(tags=["health"])
"""`/health`."""


@router.get("/health")
async def get_health(house: House) -> Health:
    """Say that the server answers, and whether it asks who you are."""
    return Health(version=VERSION, needs_key=house.key is not None)
