"""docs/clients/runway.md: what it has people type is run, with Runway's own package."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

from gesso.server.protocols.runway_errors import RESPONSES
from tests.clients.npm import node_environment
from tests.conftest import ROOT
from tests.docs.clients import paint_wall, size_of, snippets
from tests.server.program import running


def last_json(said: str) -> dict[str, object]:
    """Return the last of several JSON objects, one behind the other."""
    found: dict[str, object] = {}
    while said.strip():
        found, end = json.JSONDecoder().raw_decode(said := said.strip())
        said = said[end:]
    return found


@pytest.mark.timeout(300)
def test_the_page_works_as_it_stands(warm_home: Path, tmp_path: Path) -> None:
    paint_wall(tmp_path)
    with running(warm_home) as program:

        def shell(text: str, **more: str) -> str:
            text = text.replace("http://127.0.0.1:5142", program.address)
            done = subprocess.run(
                ["sh", "-ec", text], cwd=tmp_path, env=os.environ | more, capture_output=True, text=True, timeout=120,
                check=True,
            )  # fmt: skip
            return done.stdout

        hosting, for_a_page, asking = snippets("runway.md", "sh")
        token = str(last_json(shell(hosting))["token"])
        (sketch,) = snippets("runway.md", "js")
        (tmp_path / "sketch.cjs").write_text(sketch.replace("http://127.0.0.1:5142", program.address))
        node = subprocess.run(
            ["node", "sketch.cjs"], cwd=tmp_path, env=node_environment("runway") | {"TOKEN": token},
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        assert node.stdout == "[ 'output' ]\n"
        assert size_of(tmp_path / "remixed.jpg") == (96, 64)
        shell(asking, TOKEN=token)
        output = json.loads((tmp_path / "answer.json").read_text())["output"]
        assert output.startswith("data:image/")
        (tmp_path / "answer.png").write_bytes(base64.b64decode(output.partition(",")[2]))
        assert size_of(tmp_path / "answer.png") == (96, 64)
        assert last_json(shell(for_a_page))["origins"] == ["https://preview.p5js.org"]


def test_the_statuses_are_the_real_ones() -> None:
    page = (ROOT / "docs/clients/runway.md").read_text(encoding="utf-8")
    told = {int(line.split("|")[1]) for line in page.splitlines() if line.startswith(("| 2", "| 4", "| 5"))}
    assert told == {200, 503, *(int(status) for status in RESPONSES)}
