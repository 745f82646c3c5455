"""Jobs: made, made twice, waited for, listened to, canceled, made again, deleted."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any, Final

from tests.soak.accepted import Accepted
from tests.soak.orders import Order, draw_order
from tests.soak.stage import API, Stage
from tests.soak.visitor import Away

ENDS: Final = frozenset({"succeeded", "failed", "canceled"})
"""The statuses that a job never leaves."""
_BUSY_S: Final = 0.5


async def make_and_wait(stage: Stage) -> None:
    """Make a job and wait for its end: by events, over a WebSocket, or by asking again and again."""
    if job := await make(stage):
        await wait(stage, job)
        job.is_taken = False


async def make_and_forget(stage: Stage) -> None:
    """Make a job and leave."""
    if job := await make(stage):
        job.is_taken = False


async def make_twice(stage: Stage) -> None:
    """Send one order with a key twice at once: the book sees to it that one job comes of it."""
    note = stage.note()
    order = draw_order(stage.chance, note, is_quick=True)
    while order.key is None:
        order = draw_order(stage.chance, note, is_quick=True)
    for job in await asyncio.gather(submit(stage, order), submit(stage, order)):
        if job:
            job.is_taken = False


async def make_and_cancel(stage: Stage) -> None:
    """Make a job, and cancel it at any moment of its life."""
    if job := await make(stage):
        await asyncio.sleep(stage.chance.choice((0, 0.05, 0.3, 1, 2.5)))
        await cancel(stage, job)
        job.is_taken = False


async def listen_and_leave(stage: Stage) -> None:
    """Listen to a job, and break the connection off without a word."""
    if job := stage.take() or await make(stage):
        listening = asyncio.create_task(stage.chance.choice((_by_events, _by_socket))(stage, job))
        await asyncio.wait([listening], timeout=stage.chance.choice((0.05, 0.3, 1)))
        listening.cancel()
        with suppress(asyncio.CancelledError, Away):
            await listening
        job.is_taken = False


async def make_again(stage: Stage) -> None:
    """Have a job made again. One that has not ended is not."""
    if job := stage.take():
        stage.book.unsure[job.order.note] += 1
        try:
            answer = await stage.visitor.ask("POST /jobs/{id}/retry", f"{API}/jobs/{job.id}/retry")
        finally:
            job.is_taken = False
        stage.book.unsure[job.order.note] -= 1
        if answer.status_code == 201:
            stage.book.accept(answer.json()["id"], job.order, retry_of=job.id)
        stage.expect(answer.status_code in {201, 409, 503}, f"a retry of {job.id}: {answer.text[:300]}")


async def delete_one(stage: Stage) -> None:
    """Delete a job, wherever it stands. Then it is gone."""
    if job := stage.take():
        job.is_delete_asked = True
        status = await _until_answered(stage, "DELETE /jobs/{id}", f"{API}/jobs/{job.id}")
        stage.expect(status in {204, 404}, f"deleting {job.id}: {status}")
        job.is_deleted = True
        status = await _until_answered(stage, "GET /jobs/{id}", f"{API}/jobs/{job.id}")
        stage.expect(status == 404, f"{job.id} was deleted, but is answered with {status}")


# -- what these are made of -------------------------------------------------------------------------------------------


async def make(stage: Stage) -> Accepted | None:
    """Draw an order and submit it."""
    return await submit(stage, draw_order(stage.chance, stage.note()))


async def submit(stage: Stage, order: Order) -> Accepted | None:
    """Send an order; if it has a key, until it is answered. Returns the job, taken; None if nobody knows of any."""
    stage.book.unsure[order.note] += 1
    while True:
        try:
            answer = await stage.visitor.ask("POST /jobs", f"{API}/jobs", json=order.body)
        except Away:
            if order.key is None:
                return None
            continue
        if answer.status_code != 503 or order.key is None:
            break
        await asyncio.sleep(_BUSY_S)
    stage.book.unsure[order.note] -= 1
    if answer.status_code != 201:
        stage.expect(answer.status_code == 503, f"a right order was refused: {answer.text[:500]}")
        return None
    job = stage.book.accept(answer.json()["id"], order)
    job.is_taken = True
    return job


async def cancel(stage: Stage, job: Accepted) -> None:
    """Cancel a job. When this is answered, it has ended."""
    job.is_cancel_asked = True
    while True:
        with suppress(Away):
            answer = await stage.visitor.ask("POST /jobs/{id}/cancel", f"{API}/jobs/{job.id}/cancel")
            said = answer.json()
            is_ended = answer.status_code == 200 and said["status"] in ENDS
            is_stopping = stage.visitor.is_away()  # then a job goes back into the queue
            stage.expect(is_ended or is_stopping, f"{job.id} was canceled, but: {answer.text[:300]}")
            if is_ended:
                return
        if not stage.visitor.is_away():
            return


async def wait(stage: Stage, job: Accepted) -> None:
    """Wait for the end of a job, also across the ends of servers."""
    how = stage.chance.choice((_by_events, _by_socket, _by_asking))
    while True:
        with suppress(Away):
            if await how(stage, job):
                return
            if not stage.visitor.is_away():
                stage.faults.append(f"{job.id}: the events ended before the job did")
                return


async def _by_events(stage: Stage, job: Accepted) -> bool:
    """Listen to server-sent events. Says whether the end of the job was told."""
    has_ended = False
    async with stage.visitor.stream(f"{API}/jobs/{job.id}/events") as answer:
        stage.expect(answer.status_code == 200, f"no events of {job.id}: {answer.status_code}")
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                has_ended = _heard(stage, job, message=json.loads(line[6:]), has_ended=has_ended)
    return has_ended


async def _by_socket(stage: Stage, job: Accepted) -> bool:
    has_ended = False
    async with stage.visitor.socket(f"{API}/jobs/{job.id}/events") as socket:
        async for text in socket:
            has_ended = _heard(stage, job, message=json.loads(text), has_ended=has_ended)
    return has_ended


async def _by_asking(stage: Stage, job: Accepted) -> bool:
    while True:
        answer = await stage.visitor.ask("GET /jobs/{id}", f"{API}/jobs/{job.id}")
        if answer.status_code != 200:
            stage.faults.append(
                f"{job.id} was accepted, and is answered with {answer.status_code}: {answer.text[:300]}"
            )
            return True
        if answer.json()["status"] in ENDS:
            return True
        await asyncio.sleep(stage.chance.choice((0.05, 0.3, 1)))


def _heard(stage: Stage, job: Accepted, *, message: dict[str, Any], has_ended: bool) -> bool:
    """Take a message of a job's. Says whether it has told the end, after which nothing more may come."""
    stage.expect(not has_ended, f"{job.id}: told {message['type']} after its end")
    if message["type"] == "progress":
        stage.expect(0 <= message["fraction"] <= 1, f"{job.id}: progress of {message['fraction']}")
    if message["type"] != "job":
        return False
    stage.expect(message["job"]["id"] == job.id, f"{job.id}: told of {message['job']['id']}")
    return message["job"]["status"] in ENDS


async def _until_answered(stage: Stage, what: str, path: str) -> int:
    while True:
        with suppress(Away):
            return (await stage.visitor.ask(what, path)).status_code
