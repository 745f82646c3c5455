"""How much memory Gesso takes: the server with nothing to do, one worker, ten of them; and how soon it is there.

Memory is what a process and its descendants take for themselves alone (USS); what they share counts once, for the
first. A worker's includes its guard.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.figures import Figure, table
from gesso.app import App
from gesso.runtime.host import memory_use
from gesso.settings import Settings

MODEL = '''"""Returns what it is given."""
from gesso import Json, Model

class Identity(Model):
    def run(self, value: Json = None) -> Json:
        return value
'''
WORKERS = 10
_GESSO = Path(sys.executable).parent / "gesso"


def _variables(home: Path) -> dict[str, str]:
    return os.environ | {"GESSO_HOME": str(home)}


@dataclass(frozen=True)
class Server:
    """A server in a process of its own, with a home of its own."""

    process: subprocess.Popen[str]
    url: str
    start_ms: float

    def get(self, path: str) -> Any:
        """Ask for something."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return json.loads(answer.read())

    def run(self, model: str) -> None:
        """Run a model once, as a job, and wait for its end."""
        order = json.dumps({"model": model, "inputs": {}}).encode()
        asked = urllib.request.Request(
            f"{self.url}/api/v1/jobs", data=order, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            job = json.loads(answer.read())
        while job["status"] not in {"succeeded", "failed", "canceled"}:
            time.sleep(0.02)
            job = self.get(f"/api/v1/jobs/{job['id']}")
        assert job["status"] == "succeeded", job

    def megabytes(self) -> float:
        """Return what the server and all its workers take."""
        return memory_use.of_process(self.process.pid) / 1e6

    def own_megabytes(self) -> float:
        """Return what the server itself takes."""
        return float(psutil.Process(self.process.pid).memory_full_info().uss / 1e6)


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """Start a server and end it."""
    began = time.perf_counter()
    with subprocess.Popen(
        [str(_GESSO), "serve", "--port", "0"],
        env=_variables(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        announced = home / "server.json"
        while not announced.exists():
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            time.sleep(0.002)
        url = json.loads(announced.read_text(encoding="utf-8"))["address"]
        server = Server(process, url, 0.0)
        while True:
            try:
                server.get("/api/v1/health")
                break
            except urllib.error.URLError:
                time.sleep(0.002)
        try:
            yield Server(process, url, (time.perf_counter() - began) * 1000)
        finally:
            process.terminate()
            process.wait(timeout=30)


def measure() -> tuple[list[Figure], list[tuple[str, float]]]:
    """Return the times to start, and megabytes by what takes them."""
    starts = []
    with tempfile.TemporaryDirectory() as name:
        for number in range(5):
            with serving(Path(name) / f"home-{number}") as server:
                starts.append(server.start_ms)
        home = Path(name) / "home"
        for number in range(WORKERS):
            folder = Path(name) / f"identity-{number}"
            folder.mkdir(parents=True)
            (folder / "model.py").write_text(MODEL, encoding="utf-8")
            (folder / "gesso.toml").write_text(f'name = "identity-{number}"\n', encoding="utf-8")
            subprocess.run([str(_GESSO), "add", str(folder)], env=_variables(home), check=True, capture_output=True)
            app = App(Settings(home=home), report=lambda _: None)
            app.trust.trust(app.registry.find(str(folder)))
        with serving(home) as server:
            idle = server.own_megabytes()
            server.run("identity-0")
            one = server.megabytes() - server.own_megabytes()
            for number in range(1, WORKERS):
                server.run(f"identity-{number}")
            ten = server.megabytes()
            served = server.own_megabytes()
    figures = [Figure("`gesso serve`, to its first answer", starts)]
    sizes = [
        ("the server, with nothing to do", idle),
        ("a worker with an identity model", one),
        (f"the server after {WORKERS} models were run", served),
        (f"the server and {WORKERS} workers", ten),
    ]
    return figures, sizes


def main() -> str:
    """Measure, and return the tables."""
    figures, sizes = measure()
    rows = "".join(f"| {what} | {size:.0f} MB |\n" for what, size in sizes)
    return f"{table(figures)}\n| what | memory |\n|---|---:|\n{rows}"
