"""A model is hosted, and a persona speaks through its URL: in rehearsal in the terminal, and over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import httpx
import pytest

from gesso.app import App
from gesso.settings import Settings
from tests.bots.poet import add_poet
from tests.cli.serving import GESSO, run, serving


@pytest.mark.timeout(400)  # the first time, an environment is made
def test_a_persona_speaks_through_a_url_in_the_terminal(warm_home: Path, tmp_path: Path) -> None:
    add_poet(App(Settings(home=warm_home), report=lambda _: None), tmp_path / "poet")
    with serving(warm_home):
        hosted = json.loads(run("host", "poet", "--name", "verse", "--json", GESSO_HOME=str(warm_home)).stdout)
        refused = rehearse(warm_home, "--model", hosted["url"])
        assert refused.returncode != 0
        assert "--token" in refused.stderr
        said = rehearse(warm_home, "--model", hosted["url"], "--token", hosted["token"])
        assert said.stdout.startswith("verse: "), said.stderr


def rehearse(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GESSO, "bot", "rehearse", *words],
        input="hello\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"GESSO_HOME": str(home)},
    )


@pytest.mark.timeout(400)  # as above
def test_its_token_may_come_from_a_variable(warm_home: Path, tmp_path: Path) -> None:
    add_poet(App(Settings(home=warm_home), report=lambda _: None), tmp_path / "poet")
    with serving(warm_home) as served:
        hosted = json.loads(run("host", "poet", "--name", "verse", "--json", GESSO_HOME=str(warm_home)).stdout)
        body = {"name": "far", "persona": {"name": "Verse", "model": hosted["url"]}}
        with httpx.Client(base_url=f"{served.address}/api/v1", timeout=120) as client:
            assert client.post("/bots", json=body).status_code == 201
            refusal = client.post("/bots/far/rehearse", json={"text": "hello"})
            assert (refusal.status_code, refusal.json()["code"]) == (401, "access")
    again = ("serve", "--port", served.address.rpartition(":")[2])
    with serving(warm_home, again, GESSO_BOT_FAR_MODEL_TOKEN=hosted["token"]):
        with httpx.Client(base_url=f"{served.address}/api/v1", timeout=120) as client:
            told = client.post("/bots/far/rehearse", json={"text": "hello"}).text
            notes = [json.loads(line[5:]) for line in told.splitlines() if line.startswith("data:")]
            assert notes[-1]["kind"] == "said", notes
