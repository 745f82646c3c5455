"""A server without a network: requests go straight into it, as from a program on this computer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gesso.app import App
from gesso.server.application import create_app
from gesso.settings import Settings

ADDRESS = "http://127.0.0.1:5142"


@pytest.fixture
async def app(warm_home: Path) -> AsyncIterator[App]:
    """A Gesso whose home is empty but for environments."""
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        await app.start_jobs()
        yield app


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """A program that speaks to its server."""
    transport = httpx.ASGITransport(create_app(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client
