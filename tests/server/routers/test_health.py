from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx
import PIL.Image
import pytest

from gesso.app import App
from gesso.jobs.events import Logged
from gesso.spec.runnable import Event, Request, Result
from gesso.types import picture
from gesso.version import VERSION
from tests.server.models import add_echo
from tests.server.routers.test_files import png


async def test_it_says_that_it_is_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/health")).json() == {"status": "ok", "version": VERSION, "needs_key": False}


class Patience:
    """Decoding that goes on until `end`: whoever asks for it on the event loop waits in vain."""

    def __init__(self) -> None:
        self.begun, self._end = threading.Event(), threading.Event()
        self._decode = picture._open_header

    def __call__(self, *given: Any, **limits: Any) -> PIL.Image.Image:
        self.begun.set()
        assert self._end.wait(60), "the event loop stood still"
        return self._decode(*given, **limits)

    def end(self) -> None:
        self._end.set()


@pytest.fixture
def decoding(monkeypatch: pytest.MonkeyPatch) -> Patience:
    slow = Patience()
    monkeypatch.setattr(picture, "_open_header", slow)
    return slow


async def answers_meanwhile(client: httpx.AsyncClient, work: asyncio.Task[Any], decoding: Patience) -> Any:
    assert await asyncio.to_thread(decoding.begun.wait, 60)
    assert (await client.get("/api/v1/health")).status_code == 200
    assert not work.done()
    decoding.end()
    return await work


@pytest.mark.timeout(300)
async def test_it_answers_while_a_photo_of_a_job_is_decoded(
    app: App, client: httpx.AsyncClient, tmp_path: Path, decoding: Patience
) -> None:
    add_echo(app, tmp_path / "echo")
    kept = (await client.post("/api/v1/files", content=png())).json()
    asked = client.post("/api/v1/jobs", json={"model": "echo", "inputs": {"image": kept}})
    answer = await answers_meanwhile(client, asyncio.create_task(asked), decoding)
    assert answer.status_code == 201


@pytest.mark.timeout(300)
async def test_it_answers_while_a_photo_of_a_direct_run_is_decoded(
    app: App, client: httpx.AsyncClient, tmp_path: Path, decoding: Patience
) -> None:
    add_echo(app, tmp_path / "echo")
    model = await app.open("echo")

    async def run() -> list[Event]:
        return [event async for event in model.run(Request(inputs={"image": png(), "text": "snow"}))]

    *_, result = await answers_meanwhile(client, asyncio.create_task(run()), decoding)
    assert isinstance(result, Result)
    assert result.outputs["text"] == "SNOW"


@pytest.mark.timeout(300)
async def test_it_answers_while_the_photos_of_a_batch_are_decoded(
    app: App, client: httpx.AsyncClient, tmp_path: Path, decoding: Patience
) -> None:
    add_echo(app, tmp_path / "echo")
    model = await app.open("echo")
    requests = [Request(inputs={"image": png()})] * 2
    work = asyncio.create_task(model.run_batch(requests, lambda _: None))
    await answers_meanwhile(client, work, decoding)


async def test_figures_are_for_prometheus(client: httpx.AsyncClient) -> None:
    await client.get("/api/v1/health")
    await client.get("/api/v1/models/nobody")
    await client.get("/made/up/by/somebody")
    answer = await client.get("/api/v1/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'gesso_http_requests_total{operation="get_health",status="200"} 1.0' in answer.text
    assert 'gesso_http_requests_total{operation="get_model",status="404"} 1.0' in answer.text
    assert 'gesso_jobs{status="queued"} 0.0' in answer.text
    assert "made" not in answer.text


@pytest.mark.timeout(300)
async def test_figures_tell_of_jobs_workers_and_the_disk(app: App, client: httpx.AsyncClient, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo")
    kept = (await client.post("/api/v1/files", content=png())).json()
    first, waiting = [
        (await client.post("/api/v1/jobs", json={"model": "echo", "inputs": {"image": kept, "wait_s": wait_s}})).json()
        for wait_s in (0, 60)
    ]
    async for _ in app.jobs.events(first["id"]):
        pass
    async for event in app.jobs.events(waiting["id"]):
        if isinstance(event, Logged):
            break
    figures = read(await client.get("/api/v1/metrics"))
    assert figures['gesso_jobs{status="processing"}'] == 1
    assert figures['gesso_jobs{status="queued"}'] == 0
    assert figures['gesso_model_jobs{model="echo",status="processing"}'] == 1
    assert figures['gesso_jobs_ended_total{model="echo",status="succeeded"}'] == 1
    for phase in ("queue", "setup", "run", "total"):
        assert figures[f'gesso_job_seconds_count{{model="echo",phase="{phase}"}}'] == 1
        assert figures[f'gesso_job_seconds_bucket{{le="+Inf",model="echo",phase="{phase}"}}'] == 1
    assert figures['gesso_workers{model="echo"}'] == 1
    assert figures['gesso_worker_memory_bytes{model="echo"}'] > 10_000_000
    assert figures["gesso_disk_free_bytes"] > 0
    await client.post(f"/api/v1/jobs/{waiting['id']}/cancel")
    figures = read(await client.get("/api/v1/metrics"))
    assert figures['gesso_jobs{status="processing"}'] == 0
    assert 'gesso_model_jobs{model="echo",status="processing"}' not in figures
    assert figures['gesso_jobs_ended_total{model="echo",status="canceled"}'] == 1


def read(answer: httpx.Response) -> dict[str, float]:
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}
