"""A direct run ends with its connection: the client that leaves, the server that stops."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from gesso.app import App
from gesso.settings import Settings
from tests.server.direct.models import add_many
from tests.server.program import running

PATH = "/api/v1/models/many/run"
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def peopled(warm_home: Path, tmp_path: Path) -> Path:
    """A home with a model that can be told to wait."""
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        add_many(app, tmp_path / "theirs")
    return warm_home


def text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def until(path: Path, text: str) -> None:
    async with asyncio.timeout(60):
        while text_of(path) != text:
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_client_that_leaves_ends_its_run(peopled: Path, tmp_path: Path, accept: str) -> None:
    note = tmp_path / "note"
    with running(peopled) as program:
        async with httpx.AsyncClient(base_url=program.address, timeout=90) as client:
            asked = {"command": "wait", "inputs": {"seconds": 600, "note": str(note)}}

            async def leave() -> None:
                async with client.stream("POST", PATH, json=asked, headers={"Accept": accept}) as answered:
                    async for _ in answered.aiter_bytes():
                        pass

            leaving = asyncio.create_task(leave())
            await until(note, "began")
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
            await until(note, "ended")
            answered = await client.post(f"{PATH}?command=repeat&words=b")
            assert answered.json()["outputs"] == {"output": "bb"}
            assert answered.json()["metrics"]["setup_s"] == 0  # the worker has stayed
            assert 'outcome="canceled"} 1.0' in (await client.get("/api/v1/metrics")).text
        assert await asyncio.to_thread(program.stop) == (0, "done\n")


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_server_that_stops_ends_the_runs(peopled: Path, tmp_path: Path, accept: str) -> None:
    note = tmp_path / "note"
    with running(peopled) as program:
        async with httpx.AsyncClient(base_url=program.address, timeout=90) as client:
            asked = {"command": "wait", "inputs": {"seconds": 600, "note": str(note)}}
            waiting = asyncio.create_task(client.post(PATH, json=asked, headers={"Accept": accept}))
            await until(note, "began")
            assert await asyncio.to_thread(program.stop) == (0, "done\n")
            answered = await waiting
            if "json" in accept:
                assert (answered.status_code, answered.json()["code"]) == (503, "stopping")
            else:
                assert '"code":"stopping"' in answered.text.splitlines()[-2]
    assert text_of(note) == "ended"


async def test_a_key_is_asked_for_and_pages_stay_out(home: Path) -> None:
    with running(home, GESSO_NEEDS_KEY="1") as program:
        key = httpx.URL(program.link).params["key"]
        async with httpx.AsyncClient(base_url=program.address) as client:
            address = "/api/v1/models/nobody/run"
            assert (await client.post(address)).status_code == 401
            assert (await client.post(address, headers={"Authorization": f"Bearer {key}"})).status_code == 404
            assert (await client.post(address, headers={"Origin": "https://evil.example"})).status_code == 403
