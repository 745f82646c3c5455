"""Runway's own npm package, unmodified, in three programs that all come while the model sleeps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.settings import Settings
from tests.clients.npm import node_environment
from tests.server.program import Program, running

ASK = Path(__file__).parents[1] / "clients" / "runway" / "ask.cjs"
API = "/api/v1/deployments"
CODE = """
from __future__ import annotations
import time
from pathlib import Path
from gesso import Model

class Poet(Model):
    def setup(self) -> None:
        with (Path("NOTE")).open("a") as note:
            note.write("setup ")
        time.sleep(1.5)

    def run(self, prompt: str = "") -> str:
        if prompt == "fail":
            raise RuntimeError("no rhyme")
        return f"{prompt}, said the poet"
"""
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def home_with_poet(warm_home: Path, tmp_path: Path) -> Path:
    """A home with a model that takes a while to wake, and notes each time that it does."""
    folder = tmp_path / "poet"
    folder.mkdir()
    (folder / "gesso.toml").write_text('name = "poet"\n')
    (folder / "model.py").write_text(CODE.replace("NOTE", str(tmp_path / "note")))
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        app.trust.trust(app.registry.add(str(folder)))
    return warm_home


@pytest.fixture
def program(home_with_poet: Path) -> Iterator[Program]:
    with running(home_with_poet) as program:
        yield program


@pytest.fixture
async def owner(program: Program) -> AsyncIterator[httpx.AsyncClient]:
    """The deployment's owner, who has put it to sleep."""
    async with httpx.AsyncClient(base_url=program.address, timeout=90) as client:
        assert (await client.post(API, json={"model": "poet"})).status_code == 201
        async with asyncio.timeout(60):
            while (await client.get(f"{API}/poet")).json()["status"]["state"] != "awake":
                await asyncio.sleep(0.05)
        assert (await client.post(f"{API}/poet/sleep")).json()["status"]["state"] == "asleep"
        yield client


async def secret(owner: httpx.AsyncClient, **wanted: Any) -> str:
    answer = await owner.post(f"{API}/poet/tokens", json={"name": "sketch", **wanted})
    return str(answer.json()["token"])


async def ask(
    address: str, token: str | None, *steps: list[Any], name: str = "poet", end: str = ""
) -> list[dict[str, Any]]:
    """Run the npm package in a program of its own. Returns what it has printed for each step."""
    asked = {"url": f"{address}/m/{name}.runwayml.cloud/v1{end}", "token": token, "steps": steps}
    node = await asyncio.create_subprocess_exec(
        "node", str(ASK), json.dumps(asked), env=node_environment("runway"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complained = await node.communicate()
    assert node.returncode == 0, complained.decode()
    return [json.loads(line) for line in said.splitlines()]


async def test_all_three_are_answered_and_it_wakes_once(
    program: Program, owner: httpx.AsyncClient, tmp_path: Path
) -> None:
    token = await secret(owner)
    first, second, third = await asyncio.gather(
        ask(program.address, token, ["query", {"prompt": "one"}]),
        ask(program.address, token, ["isAwake"], ["waitUntilAwake", 50], ["query", {"prompt": "two"}]),
        ask(program.address, token, ["info"], ["query", {"prompt": "three"}], end="/"),
    )
    assert first == [{"value": {"output": "one, said the poet"}}]
    assert second[-1] == {"value": {"output": "two, said the poet"}}
    info = third[0]["value"]
    assert (info["name"], [field["type"] for field in info["inputs"]]) == ("run", ["text"])
    assert third[1] == {"value": {"output": "three, said the poet"}}
    assert (tmp_path / "note").read_text() == "setup setup "  # when it was hosted, and once for all three
    figures = (await owner.get(f"{API}/poet/figures")).json()["total"]
    assert (figures["requests"], figures["errors"]) == (3, 0)


async def test_it_is_told_in_its_own_words_what_goes_wrong(program: Program, owner: httpx.AsyncClient) -> None:
    token, capped = await secret(owner), await secret(owner, max_requests=1)
    hi = ["query", {"prompt": "hi"}]
    failed = await ask(program.address, token, ["query", {"prompt": "fail"}], hi)
    assert "The model experienced an error" in failed[0]["error"]
    assert "value" in failed[1]
    for wrong in ("wrong", None):
        told = await ask(program.address, wrong, hi, ["info"], ["isAwake"])
        assert ["Permission denied" in each["error"] for each in told] == [True] * 3
    told = await ask(program.address, token, hi, name="nobody")
    assert "Model not found" in told[0]["error"]
    spent = await ask(program.address, capped, hi, hi)
    assert "value" in spent[0]
    assert "unexpected" in spent[1]["error"].lower()  # 403: it does not ask on for ever
    await owner.patch(f"{API}/poet", json={"is_active": False})
    assert "Model not found" in (await ask(program.address, token, hi))[0]["error"]


async def test_too_many_requests_are_asked_again_until_they_are_allowed(
    program: Program, owner: httpx.AsyncClient
) -> None:
    """The package asks again without a pause; each time it is held for a second, and in the end it is let in."""
    first, token = await secret(owner), await secret(owner, requests_per_minute=6)
    await ask(program.address, first, ["query", {}])  # it is awake from here on
    for _ in range(6):
        answer = await owner.post("/m/poet/v1/query", json={}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
    told = await ask(program.address, token, ["query", {"prompt": "late"}])
    assert told == [{"value": {"output": "late, said the poet"}}]
    refused = (await owner.get(f"{API}/poet/figures")).json()["total"]["refused"]
    assert 1 <= refused <= 12  # in ten seconds
