"""Models elsewhere, for people who do not write `async`: a server of its own, and calls from this thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import gesso
from gesso.app import App
from gesso.errors import AccessError, InputError, NotFoundError
from gesso.remote.connected import Connected
from gesso.remote.gesso import RemoteGesso
from gesso.settings import Settings
from gesso.spec.runnable import Event, Log, Request, Result
from tests.remote.conftest import CODE
from tests.server.program import Program, running

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def program(warm_home: Path, tmp_path: Path) -> Iterator[Program]:
    (tmp_path / "many.py").write_text(CODE)
    app = App(Settings(home=warm_home), report=lambda _: None)
    app.trust.trust(app.registry.add(str(tmp_path / "many.py")))
    with running(warm_home) as program:
        yield program


@pytest.fixture
def whole(program: Program) -> RemoteGesso:
    found = gesso.connect(program.address)
    assert isinstance(found, RemoteGesso)
    return found


@pytest.fixture
def deployed(program: Program, whole: RemoteGesso) -> Connected:
    """The command that takes and gives everything, with a token."""

    async def deploy() -> str:
        await whole.server.ask("POST", "/deployments", body={"model": "many", "command": "all", "name": "all"})
        made = await whole.server.ask("POST", "/deployments/all/tokens", body={"name": "a test"})
        return str(made["token"])

    model = gesso.connect(f"{program.address}/m/all", asyncio.run(deploy()))
    assert isinstance(model, Connected)
    return model


def test_a_deployment_is_called_as_a_function(deployed: Connected, tmp_path: Path) -> None:
    PIL.Image.new("RGB", (8, 4), "red").save(tmp_path / "red.png")
    heard: list[Event] = []
    made = deployed(photo=tmp_path / "red.png", text="hare", seed=3, hear=heard.append)
    assert made["text"] == "HARE"
    assert made["picture"].pil.getpixel((0, 0)) == (255, 0, 0)
    assert Log("I was told hare") in heard
    assert deployed(photo=np.zeros((4, 4, 3), np.uint8))["text"] == "FOX"
    *_, last = deployed.events(photo=PIL.Image.new("L", (2, 2)), seed=9)
    assert isinstance(last, Result)
    assert last.seed == 9
    with pytest.raises(InputError, match="photo"):
        deployed(photo="red.png")  # a text is never a path


async def test_it_works_where_a_loop_runs_already(deployed: Connected) -> None:
    assert deployed(photo=np.zeros((4, 4), np.uint8))["text"] == "FOX"  # as in a notebook
    events = [event async for event in deployed.run(Request(inputs={"photo": np.zeros((4, 4), np.uint8)}))]
    assert isinstance(events[-1], Result)


def test_a_whole_gesso_has_its_models_by_name(whole: RemoteGesso) -> None:
    assert {"many", "pose"} <= set(whole.models())
    many = whole["many"]
    assert "".join(many.stream(command="tell")) == "once upon"
    made = many(command="all", photo=np.zeros((4, 4, 3), np.uint8))
    assert made["notes"].bytes() == b"1,2"
    with pytest.raises(NotFoundError):
        whole["nothing"]


def test_leaving_the_loop_early_cancels(whole: RemoteGesso) -> None:
    began = time.monotonic()
    for _ in whole["many"].events(command="wait", seconds=60):
        break
    assert time.monotonic() - began < 50
    jobs = asyncio.run(whole.server.ask("GET", "/jobs"))["jobs"]
    assert [job["status"] for job in jobs] == ["canceled"]


def test_a_wrong_token_is_told_at_once(program: Program, deployed: Connected) -> None:
    with pytest.raises(AccessError):
        gesso.connect(f"{program.address}/m/all", "gesso_wrong")
