"""Jobs: none lost, none twice, each ended in a way that fits what was asked and what was done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from tests.soak.accepted import Accepted, Book
from tests.soak.acts.jobs import ENDS
from tests.soak.orders import Order
from tests.soak.server import Server

_CLOCK_S: Final = 1.0
_BEFORE_S: Final = 5.0  # a worker that was killed while it rested may be noticed by the next job


def faults_of_list(book: Book, listed: Iterable[Mapping[str, Any]]) -> list[str]:
    """Compare all jobs that the server has with those that the clients know."""
    by_id = {job["id"]: job for job in listed}
    lost = [job for job in book.jobs.values() if job.id not in by_id and not job.is_delete_asked]
    faults = [f"lost: {job.id}, {job.order}" for job in lost]
    faults += [f"deleted, and there: {job.id}" for job in book.jobs.values() if job.is_deleted and job.id in by_id]
    strangers = Counter(job["inputs"].get("note", "no note") for job in by_id.values() if job["id"] not in book.jobs)
    for note, count in strangers.items():
        if count > book.unsure[note]:
            faults.append(f"{count} jobs of {note} that nobody has made, {book.unsure[note]} expected")
    return faults


def fault_of_end(job: Accepted, said: Mapping[str, Any], *, server: Server) -> str:
    """Say what is wrong with the end of a job, or "" if nothing is. Its files are looked at elsewhere."""
    status, error = said["status"], said["error"]
    if status not in ENDS:
        return f"{job.id} is still {status}"
    if status == "canceled":
        return "" if job.is_cancel_asked or job.is_delete_asked else f"{job.id} was canceled, and nobody wanted it"
    if status == "succeeded":
        return _fault_of_outputs(job.order, said)
    if _may_fail(job.order, said, server=server):
        return ""
    return f"{job.id} ({job.order}) failed: {error}; started {said['started_at']}, completed {said['completed_at']}"


def _fault_of_outputs(order: Order, said: Mapping[str, Any]) -> str:
    if order.error or order.is_endless:
        return f"{said['id']} ({order}) cannot have succeeded"
    output = said["outputs"][0]
    if order.model == "scribe":
        size_bytes = output["files"][0]["size_bytes"]
        return "" if size_bytes == order.value else f"{said['id']}: a file of {size_bytes} bytes, not {order.value}"
    if output["files"]:  # a picture, or a long text
        return ""
    return "" if output["value"] == order.value else f"{said['id']} ({order}): {output['value']!r:.300}"


def _may_fail(order: Order, said: Mapping[str, Any], *, server: Server) -> bool:
    code = said["error"]["code"]
    began, ended = _seconds(said["started_at"] or said["created_at"]), _seconds(said["completed_at"])
    if code == "interrupted":
        return any(began - _CLOCK_S <= at <= ended + _CLOCK_S for at in server.kills)
    if code == "worker_died" and order.error != "worker_died":
        times = [at for at, model in server.worker_kills if model == order.model]
        return any(began - _BEFORE_S <= at <= ended + _CLOCK_S for at in times)
    return bool(code == order.error or (code == "deadline" and order.deadline_s is not None))


def _seconds(said: str) -> float:
    return datetime.fromisoformat(said).timestamp()
