"""Figures for Prometheus."""

from __future__ import annotations

import asyncio
import shutil

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from gesso.server.metrics import CONTENT_TYPE, Metrics
from gesso.server.rooms import House
from gesso.storage.durable import explained

router = APIRouter(tags=["metrics"])
"""`/metrics`."""


@router.get("/metrics", response_class=PlainTextResponse)
async def get_metrics(request: Request, house: House) -> PlainTextResponse:
    """Return the figures as Prometheus reads them."""
    metrics: Metrics = request.app.state.metrics
    home = house.app.settings.home

    def free_bytes() -> int:
        with explained(home):
            return shutil.disk_usage(home).free

    metrics.set_jobs(await house.app.jobs.open_counts())
    metrics.set_workers(await house.app.runtime.figures())
    metrics.set_disk_free(await asyncio.to_thread(free_bytes))
    return PlainTextResponse(metrics.text(), media_type=CONTENT_TYPE)
