"""Settings: as they are, and those that can be changed here."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter

from gesso import settings
from gesso.server.rooms import House
from gesso.server.schemas.settings import SettingsChange, SettingsShown

router = APIRouter(prefix="/settings", tags=["settings"])
"""`/settings`."""


@router.get("")
async def get_settings(house: House) -> SettingsShown:
    """Return the settings, and which of them can be changed, and when a change takes effect."""
    return SettingsShown.of(house.app.settings, fixed=settings.fixed())


@router.patch("")
async def change_settings(change: SettingsChange, house: House) -> SettingsShown:
    """Change settings for the future, and where `after_restart` says nothing else, at once.

    One that an environment variable says cannot be changed here.
    """
    changes = change.model_dump(exclude_none=True)
    house.app.settings = await asyncio.to_thread(settings.change, house.app.settings, changes)
    return SettingsShown.of(house.app.settings, fixed=settings.fixed())
