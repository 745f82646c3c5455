"""Looking: lists of jobs, searches, figures, small pictures."""

from __future__ import annotations

from tests.soak.stage import API, Stage


async def list_jobs(stage: Stage) -> None:
    """List some jobs: the newest first, and none left out that was accepted before."""
    known = sorted(job.id for job in stage.book.free())
    before = stage.chance.choice(known) if known and stage.chance.random() < 0.7 else None
    asked = {"limit": stage.chance.choice((1, 10, 200)), **({"before": before} if before else {})}
    answer = await stage.visitor.ask("GET /jobs", f"{API}/jobs", params=asked)
    if answer.status_code != 200:
        stage.expect(answer.status_code == 503, f"a list: {answer.text[:300]}")
        return
    page = answer.json()
    ids = [job["id"] for job in page["jobs"]]
    stage.expect(ids == sorted(set(ids), reverse=True), "a list of jobs is not in order")
    oldest = ids[-1] if page["next_before"] else ""
    deleted = {job.id for job in stage.book.jobs.values() if job.is_delete_asked}
    wanted = {one for one in known if one >= oldest and (before is None or one < before)} - deleted
    stage.expect(wanted <= set(ids), f"not in the list: {sorted(wanted - set(ids))[:5]}")


async def search(stage: Stage) -> None:
    """Find a job by its note."""
    if job := stage.take():
        try:
            note = job.order.note
            answer = await stage.visitor.ask("GET /jobs?search", f"{API}/jobs", params={"search": note})
        finally:
            job.is_taken = False
        if answer.status_code == 200:
            found = {one["id"] for one in answer.json()["jobs"]}
            stage.expect(job.id in found, f"{job.id} is not found by {note}: {sorted(found)}")


async def look_around(stage: Stage) -> None:
    """Ask how the server is and what it has, as a studio does when it opens."""
    for noun in ("health", "models", "models/mirror", "settings", "metrics"):
        answer = await stage.visitor.ask(f"GET /{noun}", f"{API}/{noun}")
        stage.expect(answer.status_code in {200, 503}, f"{noun}: {answer.text[:300]}")


async def see_small(stage: Stage) -> None:
    """Look at the small picture of a result."""
    answer = await stage.visitor.ask(
        "GET /jobs", f"{API}/jobs", params={"model": "mirror", "status": "succeeded", "limit": 20}
    )
    if answer.status_code == 200 and (jobs := answer.json()["jobs"]):
        blob = stage.chance.choice(jobs)["outputs"][0]["files"][0]["blob"]
        small = await stage.visitor.ask("GET /files/{id}/thumbnail", f"{API}/files/{blob}/thumbnail?size=128")
        stage.expect(
            small.status_code in {200, 404, 503}, f"the thumbnail of {blob}: {small.text[:300]}"
        )  # 404: deleted
