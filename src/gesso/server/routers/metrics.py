"""Figures for Prometheus."""

from __future__ import annotations

from typing import Final, get_args

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from gesso.jobs.job import ENDS, Status
from gesso.server.metrics import CONTENT_TYPE, Metrics
from gesso.server.rooms import House

router = APIRouter(tags=["metrics"])
"""`/metrics`."""
_OPEN: Final[tuple[Status, ...]] = tuple(status for status in get_args(Status) if status not in ENDS)
_MOST: Final = 200


@router.get("/metrics", response_class=PlainTextResponse)
async def get_metrics(request: Request, house: House) -> PlainTextResponse:
    """Return the figures as Prometheus reads them. More than 200 jobs in one status are shown as 200."""
    metrics: Metrics = request.app.state.metrics
    counts = {status: len(await house.app.jobs.list(status=(status,), limit=_MOST)) for status in _OPEN}
    metrics.set_jobs(counts)
    return PlainTextResponse(metrics.text(), media_type=CONTENT_TYPE)
