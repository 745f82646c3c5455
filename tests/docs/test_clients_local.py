"""docs/clients/processing.md and osc.md: what they have people type is run against a model that is served locally."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gesso.app import App
from gesso.server.direct.room import Direct
from gesso.server.metrics import Metrics
from gesso.server.protocols.runway_local import HTTP_PORT, OSC_PORT, LocalAddresses, RunwayLocal
from gesso.server.protocols.runway_osc import LISTENERS_PORT
from gesso.server.protocols.runway_target import find_target
from gesso.settings import Settings
from tests.conftest import ROOT
from tests.docs.clients import paint_wall, size_of, snippets


@pytest.fixture
async def served(warm_home: Path, tmp_path: Path) -> AsyncIterator[LocalAddresses]:
    """The model of the pages, at ports that are free."""
    paint_wall(tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        listeners_port = free.getsockname()[1]
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        await app.start_jobs()
        direct = Direct(app, metrics=Metrics())
        local = RunwayLocal(direct, await find_target(direct, "remix"))
        yield await local.start(http_port=0, osc_port=0, listeners_port=listeners_port)
        await local.stop()


async def run(*words: str, folder: Path) -> str:
    """Run a program, and return what it has said."""
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(120):
        said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    return said.decode()


@pytest.mark.timeout(300)
async def test_the_shell_asks_over_http(served: LocalAddresses, tmp_path: Path) -> None:
    (asking,) = snippets("processing.md", "sh")
    said = await run("sh", "-ec", asking.replace("http://127.0.0.1:8000", served.http_url), folder=tmp_path)
    assert json.loads(said) == {"error": None}
    answer, last = (json.loads((tmp_path / name).read_text()) for name in ("answer.json", "last.json"))
    assert answer == last
    assert answer["output"].startswith("data:image/jpeg;base64,")


async def test_the_sketch_for_processing_asks_for_what_there_is() -> None:
    """There is no Processing here to run it: its address and its names are looked at."""
    (sketch,) = snippets("processing.md", "java")
    spec = json.loads((ROOT / "src/gesso/models/remix/spec.json").read_text())["commands"][0]
    assert set(re.findall(r'set(?:String|Int)\("(\w+)"', sketch)) <= {port["name"] for port in spec["inputs"]}
    assert re.findall(r'outputs\.get\w+\("(\w+)"', sketch) == [port["name"] for port in spec["outputs"]]
    assert "http://127.0.0.1:8000/query" in sketch
    assert sketch.count("{") == sketch.count("}")
    assert sketch.count("(") == sketch.count(")")


@pytest.mark.timeout(300)
async def test_python_osc_asks_and_listens(served: LocalAddresses, tmp_path: Path) -> None:
    (sketch,) = snippets("osc.md", "python")
    for port, here in ((57100, served.osc_port), (57200, served.listeners_port)):
        sketch = sketch.replace(str(port), str(here))
    await run(sys.executable, "-c", sketch, folder=tmp_path)
    assert size_of(tmp_path / "remixed.jpg") == (96, 64)


def test_the_ports_are_the_ones_that_the_pages_name() -> None:
    assert (HTTP_PORT, OSC_PORT, LISTENERS_PORT) == (8000, 57100, 57200)
