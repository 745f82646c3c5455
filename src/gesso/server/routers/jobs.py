"""Jobs: submit, list, look at, cancel, retry, delete. What they tell meanwhile is in `job_events.py`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from gesso.jobs.job import Job, JobOrder, Status
from gesso.server.inputs import bring, check_name
from gesso.server.rooms import House
from gesso.server.schemas.job import JobPage, JobRequest

router = APIRouter(prefix="/jobs", tags=["jobs"])
"""`/jobs`."""


@router.post("", status_code=201)
async def create_job(
    request: JobRequest,
    house: House,
    *,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Job:
    """Accept work. The job is durable when this answers; the same idempotency key gives the same job again."""
    model = check_name(request.model)
    inputs = await bring(house.app, request.inputs, model=model, command=request.command)
    order = JobOrder(
        model=model,
        command=request.command,
        inputs=inputs,
        options=request.options,
        device=request.device,
        seed=request.seed,
        priority=request.priority,
        deadline_s=request.deadline_s,
        idempotency_key=request.idempotency_key or idempotency_key,
    )
    job = await house.app.jobs.submit(order)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return job


@router.get("")
async def list_jobs(
    house: House,
    *,
    search: Annotated[str, Query(max_length=500, description="Words that must occur.")] = "",
    status: Annotated[list[Status] | None, Query(description="One or several.")] = None,
    model: Annotated[str | None, Query(max_length=200)] = None,
    before: Annotated[str | None, Query(max_length=100, description="Only jobs older than this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JobPage:
    """List jobs, the newest first, without logs and previews."""
    jobs = await house.app.jobs.list(search=search, status=tuple(status or ()), model=model, before=before, limit=limit)
    return JobPage(jobs=list(jobs), next_before=jobs[-1].id if len(jobs) == limit else None)


@router.get("/{job_id}")
async def get_job(job_id: str, house: House) -> Job:
    """Return a job as it stands, with its logs and previews."""
    return await house.app.jobs.get(job_id)


@router.post("/{job_id}/cancel")
async def cancel_job(job_id: str, house: House) -> Job:
    """Cancel a job, and answer when it has ended. One that has ended already stays as it is."""
    return await house.app.jobs.cancel(job_id)


@router.post("/{job_id}/retry", status_code=201)
async def retry_job(job_id: str, house: House, *, response: Response) -> Job:
    """Submit a job that has ended once more, with the same inputs and seed: a new job."""
    job = await house.app.jobs.retry(job_id)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return job


@router.delete("/{job_id}", status_code=204)
async def delete_job(job_id: str, house: House) -> None:
    """Forget a job, and the files that nothing else refers to. One that has not ended is canceled first."""
    await house.app.jobs.delete(job_id)
    house.thumbnails.sweep_soon()
