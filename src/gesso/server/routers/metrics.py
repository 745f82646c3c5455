"""Figures for Prometheus."""

from __future__ import annotations

import asyncio
import shutil

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from gesso.server.memory import memory_bytes
from gesso.server.metrics import CONTENT_TYPE, Metrics
from gesso.server.rooms import House
from gesso.storage.durable import explained

router = APIRouter(tags=["metrics"])
"""`/metrics`."""


@router.get("/metrics", response_class=PlainTextResponse)
async def get_metrics(request: Request, house: House) -> PlainTextResponse:
    """Return the figures as Prometheus reads them."""
    metrics: Metrics = request.app.state.metrics
    workers, home = house.app.runtime.workers(), house.app.settings.home

    def look() -> tuple[list[tuple[str, int]], int]:
        with explained(home):
            return [(model, memory_bytes(process_id)) for model, process_id in workers], shutil.disk_usage(home).free

    metrics.set_jobs(await house.app.jobs.open_counts())
    memory, free_bytes = await asyncio.to_thread(look)
    metrics.set_workers(memory)
    metrics.set_disk_free(free_bytes)
    return PlainTextResponse(metrics.text(), media_type=CONTENT_TYPE)
