"""The command line without a server, the command line with one, and HTTP: one job, one recipe, one result."""

from __future__ import annotations

import hashlib
import json
import os
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import write_model, write_picture
from tests.cli.serving import Served, run, serving

NOISE = """
@dataclass
class Made:
    noise: Image
    points: Json
    words: str

class Noise(Model):
    def run(self, photos: list[Image], notes: File, prompt: str = "", plus: Json = None) -> Made:
        noise = np.random.randint(0, 255, photos[0].rgb.shape, np.uint8)
        return Made(Image(noise), {"first": int(noise[0, 0, 0])}, prompt.upper())
"""
LONG = "a fox and a hare " * 700  # too long to stand in a job


@pytest.fixture
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_picture(Path("a.png"))
    write_picture(Path("b.png"), width=8)
    Path("notes.csv").write_text("1,2", encoding="utf-8")
    write_model(NOISE, "noise.py")
    assert run("add", "./noise.py").returncode == 0
    return tmp_path


def by_command_line(name: str, *words: str) -> tuple[Any, Any]:
    inputs = [
        "-i",
        "photos=@a.png",
        "-i",
        "photos=@b.png",
        "-i",
        "notes=@notes.csv",
        "-i",
        f"prompt={LONG}",
        "-i",
        "plus=[1]",
    ]
    ended = run("run", "noise", "--trust", *inputs, "--seed", "7", "-o", f"{name}.png", "--json", *words)
    assert ended.returncode == 0, ended.stderr
    recipe = run("recipe", f"{name}.png", "--json")
    outputs = json.loads(ended.stdout)
    assert outputs.pop("noise") == f"{name}.png"
    return json.loads(recipe.stdout), outputs


def by_http(served: Served) -> Any:
    def ask(path: str, body: bytes, media_type: str = "application/json") -> Any:
        request = urllib.request.Request(f"{served.address}/api/v1{path}", body, {"Content-Type": media_type})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def file(name: str) -> dict[str, str]:
        kept = ask(f"/files?name={name}", Path(name).read_bytes(), "application/octet-stream")
        assert kept["blob"] == hashlib.sha256(Path(name).read_bytes()).hexdigest()
        return dict(kept)

    inputs = {"photos": [file("a.png"), file("b.png")], "notes": file("notes.csv"), "prompt": LONG, "plus": [1]}
    job = ask("/jobs", json.dumps({"model": "noise", "inputs": inputs, "seed": 7}).encode())
    with urllib.request.urlopen(f"{served.address}/api/v1/jobs/{job['id']}/events") as told:
        *_, last = [json.loads(line[5:]) for line in told if line.startswith(b"data:")]
    assert last["job"]["status"] == "succeeded", last
    return last["job"]["recipe"]


@pytest.mark.timeout(300)
def test_one_job_one_recipe(folder: Path, home: Path, nothing_left: None) -> None:
    here, printed_here = by_command_line("here")
    with serving(home) as served:
        there, printed_there = by_command_line("there")
        past, _ = by_command_line("past", "--here")
        over_http = by_http(served)
        kept = json.loads(run("jobs", "--json").stdout)
    assert here == there == past == over_http
    assert len(kept) == 2  # what ran --here is no job
    assert printed_here == printed_there
    assert Path("here.png").read_bytes() == Path("there.png").read_bytes()
    assert os.environ["GESSO_HOME"] == str(home)
